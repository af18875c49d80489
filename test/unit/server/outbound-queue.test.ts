import { describe, expect, it } from 'vitest';
import { createOutboundQueue, QUEUE_BYTES, QUEUE_EVENTS } from '../../../server/outbound-queue.ts';

function queueOf() {
  const done: (() => void)[] = [];
  let full = 0;
  const queue = createOutboundQueue(
    (_bytes, written) => done.push(written),
    () => full++,
  );
  return { queue, done, full: () => full };
}
const isReady = (ready: Promise<void>): Promise<boolean> => Promise.race([ready.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);

describe('createOutboundQueue', () => {
  it('holds exactly 1,000 events', () => {
    const { queue, done, full } = queueOf();
    for (let i = 0; i < QUEUE_EVENTS; i++) queue.send(Buffer.from('x'));
    expect([done.length, full()]).toEqual([1_000, 0]);
    queue.send(Buffer.from('x'));
    queue.send(Buffer.from('x'));
    expect([done.length, full()]).toEqual([1_000, 1]);
  });

  it('holds exactly 1 MiB, and a larger event when it is alone', () => {
    const { queue, done, full } = queueOf();
    queue.send(Buffer.alloc(QUEUE_BYTES - 1));
    queue.send(Buffer.from('x'));
    expect([done.length, full()]).toEqual([2, 0]);
    queue.send(Buffer.from('x'));
    expect([done.length, full()]).toEqual([2, 1]);
    const alone = queueOf();
    alone.queue.send(Buffer.alloc(3 * QUEUE_BYTES));
    expect([alone.done.length, alone.full()]).toEqual([1, 0]);
  });

  it('lets a replay go on at half', async () => {
    const { queue, done } = queueOf();
    for (let i = 0; i <= QUEUE_EVENTS / 2; i++) queue.send(Buffer.from('x'));
    const ready = queue.ready();
    expect(await isReady(ready)).toBe(false);
    done[0]?.();
    expect(await isReady(ready)).toBe(true);
    for (let i = 0; i < 100; i++) queue.send(Buffer.from('x'));
    const late = queue.ready();
    queue.end();
    expect(await isReady(late)).toBe(true);
  });
});
