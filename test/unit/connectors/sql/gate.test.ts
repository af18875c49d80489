import { expect, it } from 'vitest';
import { createGate } from '../../../../connectors/sql/gate.ts';

const never = new AbortController().signal;

it('lets in as many as there are places, then in order of arrival', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 2, acquireMs: 1000 });
  const order: number[] = [];
  const leave = await gate.enter(never);
  const second = gate.enter(never).then((leaveSecond) => (order.push(2), leaveSecond()));
  const third = gate.enter(never).then((leaveThird) => (order.push(3), leaveThird()));
  leave();
  await Promise.all([second, third]);
  expect(order).toEqual([2, 3]);
});

it('refuses who comes when the queue is full', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(never);
  const waiting = gate.enter(never);
  await expect(gate.enter(never)).rejects.toMatchObject({ code: 'SOURCE_BUSY', source: 's' });
  leave();
  (await waiting)();
});

it('refuses who has waited too long, and gives their turn to the next', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 5, acquireMs: 20 });
  const leave = await gate.enter(never);
  await expect(gate.enter(never)).rejects.toMatchObject({ code: 'SOURCE_BUSY' });
  leave();
  (await gate.enter(never))();
});

it('forgets who gives up waiting', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(never);
  const call = new AbortController();
  const waiting = gate.enter(call.signal);
  call.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  const next = gate.enter(never);
  leave();
  (await next)();
});

it('tells when everybody has left', async () => {
  const gate = createGate({ source: 's', max: 2, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(never);
  let isEmpty = false;
  const empty = gate.empty().then(() => (isEmpty = true));
  await Promise.resolve();
  expect(isEmpty).toBe(false);
  leave();
  leave();
  await empty;
  expect(isEmpty).toBe(true);
});
