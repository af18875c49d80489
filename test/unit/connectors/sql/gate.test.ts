import { expect, it } from 'vitest';
import { Ending } from '../../../../connectors/sql/ending.ts';
import { createGate } from '../../../../connectors/sql/gate.ts';

it('lets in as many as there are places, then in order of arrival', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 2, acquireMs: 1000 });
  const order: number[] = [];
  const leave = await gate.enter(new Ending());
  const second = gate.enter(new Ending()).then((leaveSecond) => (order.push(2), leaveSecond()));
  const third = gate.enter(new Ending()).then((leaveThird) => (order.push(3), leaveThird()));
  leave();
  await Promise.all([second, third]);
  expect(order).toEqual([2, 3]);
});

it('refuses who comes when the queue is full', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(new Ending());
  const waiting = gate.enter(new Ending());
  await expect(gate.enter(new Ending())).rejects.toMatchObject({ code: 'SOURCE_BUSY', source: 's' });
  leave();
  (await waiting)();
});

it('refuses who has waited too long, and gives their turn to the next', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 5, acquireMs: 20 });
  const leave = await gate.enter(new Ending());
  await expect(gate.enter(new Ending())).rejects.toMatchObject({ code: 'SOURCE_BUSY' });
  leave();
  (await gate.enter(new Ending()))();
});

it('forgets who gives up waiting', async () => {
  const gate = createGate({ source: 's', max: 1, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(new Ending());
  const call = new Ending();
  const waiting = gate.enter(call);
  call.end(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  const next = gate.enter(new Ending());
  leave();
  (await next)();
});

it('tells when everybody has left', async () => {
  const gate = createGate({ source: 's', max: 2, queue: 1, acquireMs: 1000 });
  const leave = await gate.enter(new Ending());
  let isEmpty = false;
  const empty = gate.empty().then(() => (isEmpty = true));
  await Promise.resolve();
  expect(isEmpty).toBe(false);
  leave();
  leave();
  await empty;
  expect(isEmpty).toBe(true);
});
