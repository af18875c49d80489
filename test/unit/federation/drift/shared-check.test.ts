import { describe, expect, it, vi } from 'vitest';
import { createSharedCheck } from '../../../../federation/drift/shared-check.ts';

const ask = async (): Promise<string[]> => [];

describe('a check that runs share', () => {
  it('is made at once for an answer that nobody else could share it with', async () => {
    let checks = 0;
    const shared = createSharedCheck(async () => ++checks > 0);
    const { mine, outcome } = shared.begin().arrive(ask);
    await mine;
    expect(checks).toBe(1);
    expect(await outcome).toBe(true);
  });

  it('is made once, by the first, for all whose rows are read before it begins; who comes later has another', async () => {
    const started: PromiseWithResolvers<boolean>[] = [];
    const shared = createSharedCheck(() => {
      const check = Promise.withResolvers<boolean>();
      started.push(check);
      return check.promise;
    });
    const runs = Array.from({ length: 4 }, () => shared.begin());
    const first = runs[0]!.arrive(ask);
    const second = runs[1]!.arrive(ask);
    await Promise.resolve();
    expect(first.mine).toBeDefined();
    expect(second.mine).toBeUndefined();
    expect(started).toHaveLength(1);
    const third = runs[2]!.arrive(ask);
    expect(third.mine).toBeDefined();
    runs[3]!.end();
    await Promise.resolve();
    expect(started).toHaveLength(2);
    started[0]!.resolve(false);
    started[1]!.resolve(true);
    expect(await Promise.all([first.outcome, second.outcome, third.outcome])).toEqual([false, false, true]);
  });

  it('waits no longer than a moment for runs that take long', async () => {
    let checks = 0;
    const shared = createSharedCheck(async () => ++checks > 0);
    shared.begin();
    shared.begin();
    shared.begin();
    const { mine } = shared.begin().arrive(ask);
    expect(checks).toBe(0);
    await mine;
    expect(checks).toBe(1);
  });

  it.each([
    [0, 1],
    [20, 5],
    [40, 10],
    [10_000, 10],
  ])('waits a quarter of what the rows of the first took, at least one millisecond and at most ten: %d ms, %d ms', async (took, waits) => {
    vi.useFakeTimers();
    try {
      let checks = 0;
      const shared = createSharedCheck(async () => ++checks > 0);
      const [first] = [shared.begin(), shared.begin(), shared.begin(), shared.begin()];
      await vi.advanceTimersByTimeAsync(took);
      first.arrive(ask);
      await vi.advanceTimersByTimeAsync(waits - 1);
      expect(checks).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(checks).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('fails for all when it cannot be made, and the next one is made anew', async () => {
    let checks = 0;
    const shared = createSharedCheck(async () => {
      if (++checks === 1) throw new Error('gone');
      return false;
    });
    const [one, two] = [shared.begin(), shared.begin(), shared.begin()];
    const [a, b] = [one.arrive(ask), two.arrive(ask)];
    await expect(a.mine).rejects.toThrow('gone');
    await expect(b.outcome).rejects.toThrow('gone');
    expect(await one.arrive(ask).outcome).toBe(false);
  });
});
