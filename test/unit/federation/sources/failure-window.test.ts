import { CircuitState } from 'cockatiel';
import { describe, expect, it } from 'vitest';
import { createFailureWindow } from '../../../../federation/sources/failure-window.ts';

const { Closed, HalfOpen } = CircuitState;

function start(failurePercent = 50, minCalls = 10, windowMs = 10_000) {
  let at = 0;
  const window = createFailureWindow({ failurePercent, minCalls, windowMs }, () => at);
  return {
    wait: (ms: number) => (at += ms),
    ok: (times = 1, state = Closed) => Array.from({ length: times }, () => window.success(state)),
    /** Does the last of these failures open the circuit? */
    fail: (times = 1) => Array.from({ length: times }, () => window.failure(Closed)).at(-1),
  };
}

describe('createFailureWindow', () => {
  it('opens at the tenth call when half of the ten failed, not before', () => {
    const window = start();
    window.ok(5);
    expect(window.fail(4)).toBe(false);
    expect(window.fail()).toBe(true);
  });

  it('stays closed below the share, however many calls there are', () => {
    const window = start();
    window.ok(51);
    expect(window.fail(50)).toBe(false);
    expect(window.fail()).toBe(true);
  });

  it('stays closed below the fewest calls, even if all failed', () => {
    expect(start().fail(9)).toBe(false);
  });

  it('forgets calls older than the window, also when nothing was called meanwhile', () => {
    const window = start();
    window.fail(9);
    window.wait(10_000);
    expect(window.fail()).toBe(false);
    window.wait(9_000);
    expect(window.fail(8)).toBe(false);
    expect(window.fail()).toBe(true);
  });

  it('does not hold the time before its outage against a source that is back', () => {
    const window = start();
    window.fail(20);
    window.ok(1, HalfOpen);
    expect(window.fail(8)).toBe(false);
    expect(window.fail()).toBe(true);
  });
});
