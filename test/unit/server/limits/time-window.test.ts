import { expect, it } from 'vitest';
import { createTimeWindow } from '../../../../server/limits/time-window.ts';

const HOUR = 3_600_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('allows exactly so many points, of each key alone, whether at once or one by one', () => {
  const window = createTimeWindow(3, HOUR);
  expect(window.use('a', 4)).toBeGreaterThan(HOUR - 10_000);
  expect([window.use('a', 2), window.use('a', 1), window.use('b', 3)]).toEqual([0, 0, 0]);
  expect(window.use('a', 1)).toBeGreaterThan(0);
  expect(window.use('b', 1)).toBeGreaterThan(0);
});

it('allows what was given back, and never more than that', () => {
  const window = createTimeWindow(2, HOUR);
  window.giveBack('a', 5);
  window.use('a', 2);
  window.giveBack('a', 1);
  expect(window.use('a', 1)).toBe(0);
  window.giveBack('a', 9);
  expect(window.use('a', 3)).toBeGreaterThan(0);
  expect(window.use('a', 2)).toBe(0);
});

it('begins anew when the time is over, and says how long that is', async () => {
  const window = createTimeWindow(1, 80);
  expect(window.use('a', 1)).toBe(0);
  const waitMs = window.use('a', 1);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(80);
  await pause(waitMs + 5);
  expect(window.use('a', 1)).toBe(0);
});

it('knows 20,000 keys; the next one makes the oldest begin anew, and no other', () => {
  const window = createTimeWindow(1, HOUR);
  for (let i = 0; i < 20_000; i++) expect(window.use(`k${i}`, 1)).toBe(0);
  expect(window.use('k0', 1)).toBeGreaterThan(0);
  window.use('new', 1);
  expect(window.use('k1', 1)).toBeGreaterThan(0);
  expect(window.use('new', 1)).toBeGreaterThan(0);
  expect(window.use('k0', 1)).toBe(0);
});
