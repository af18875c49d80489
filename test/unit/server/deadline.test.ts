import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../server/deadline.ts';

const waiting = (): AbortSignal => new AbortController().signal;

describe('createDeadline', () => {
  it('leaves work alone that is done in time', async () => {
    using deadline = createDeadline(waiting(), 10_000);
    expect(await deadline.race(Promise.resolve('done'))).toBe('done');
    expect(deadline.signal.aborted).toBe(false);
  });

  it('takes what work that heeds the signal still has to say', async () => {
    using deadline = createDeadline(waiting(), 20);
    const partial = new Promise((resolve) => deadline.signal.addEventListener('abort', () => resolve('partial')));
    expect(await deadline.race(partial)).toBe('partial');
  });

  it('gives up on work that does not heed the signal', async () => {
    using deadline = createDeadline(waiting(), 20);
    await expect(deadline.race(new Promise(() => undefined))).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT', message: expect.stringContaining('20 ms') });
  });

  it('aborts when the client goes away, and no longer once it is disposed', async () => {
    const gone = new AbortController();
    const deadline = createDeadline(gone.signal, 10_000);
    gone.abort();
    expect(deadline.signal.aborted).toBe(true);
    const short = createDeadline(waiting(), 20);
    short[Symbol.dispose]();
    await sleep(40);
    expect(short.signal.aborted).toBe(false);
  });
});
