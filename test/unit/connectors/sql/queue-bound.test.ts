import { expect, it } from 'vitest';
import { createQueueBound, type QueueBound } from '../../../../connectors/sql/queue-bound.ts';

const bounded = (took: readonly number[]): QueueBound => {
  const bound = createQueueBound({ max: 2, queue: 4, acquireMs: 1_000 });
  for (const ms of took) bound.took(ms);
  return bound;
};
const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

it('lets no more than its queue wait at a source that is slow or not known yet', () => {
  for (const bound of [bounded([]), bounded(times(7, 1)), bounded(times(64, 101))]) {
    expect([3, 4].map((waiting) => bound.admits(waiting, 0))).toEqual([true, false]);
  }
});

it('lets a burst wait that a quick source serves within a quarter of the longest wait', () => {
  const bound = bounded(times(20, 20));
  expect([24, 25].map((waiting) => bound.admits(waiting, 0))).toEqual([true, false]);
});

it('lets at most eight times its queue wait, however quick the source is', () => {
  const bound = bounded(times(20, 0.1));
  expect([31, 32].map((waiting) => bound.admits(waiting, 0))).toEqual([true, false]);
});

it('lets no burst wait behind a call that has waited long already, whatever the source took before', () => {
  const bound = bounded(times(20, 1));
  expect([500, 501].map((longestMs) => bound.admits(10, longestMs))).toEqual([true, false]);
});

it('does not take a source for slow because the hub was held up while it answered', () => {
  const bound = bounded([...times(20, 2), 400, 400]);
  expect(bound.admits(10, 200)).toBe(true);
});

it('notices within a few calls that a source is slow now', () => {
  const bound = bounded([...times(64, 2), ...times(40, 300)]);
  expect(bound.admits(4, 0)).toBe(false);
});

it('lets nobody wait where the queue is 0', () => {
  const bound = createQueueBound({ max: 1, queue: 0, acquireMs: 1_000 });
  for (const ms of times(20, 0.1)) bound.took(ms);
  expect(bound.admits(0, 0)).toBe(false);
});
