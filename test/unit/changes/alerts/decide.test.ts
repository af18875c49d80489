import { describe, expect, it } from 'vitest';
import { decide, type Standing } from '../../../../changes/alerts/decide.ts';

const NOW = 1_000_000;
const at = (state: 'PENDING' | 'FIRING', agoMs: number): Standing => ({ state, sinceMs: NOW - agoMs });
const next = (standing: Standing, holds: boolean, { over = !holds, forMs = 0 } = {}) => decide({ forMs }, standing, { holds, over }, NOW);

describe('the state of an alert', () => {
  it('fires at once where the rule asks for no time', () => {
    expect(next(undefined, true)).toEqual({ kind: 'fire' });
    expect(next(undefined, false)).toEqual({ kind: 'none' });
  });

  it('is pending for as long as the rule asks, from when the condition began to hold', () => {
    expect(next(undefined, true, { forMs: 60_000 })).toEqual({ kind: 'pend', dueMs: NOW + 60_000 });
    expect(next(at('PENDING', 59_999), true, { forMs: 60_000 })).toEqual({ kind: 'wait', dueMs: NOW + 1 });
    expect(next(at('PENDING', 60_000), true, { forMs: 60_000 })).toEqual({ kind: 'fire' });
  });

  it('is forgotten when the condition ends before that', () => {
    expect(next(at('PENDING', 59_999), false, { forMs: 60_000 })).toEqual({ kind: 'withdraw' });
  });

  it('fires once while the condition holds', () => {
    expect(next(at('FIRING', 5), true)).toEqual({ kind: 'keep' });
  });

  it('ends when the condition does or, where the rule says when it is over, only then', () => {
    expect(next(at('FIRING', 5), false)).toEqual({ kind: 'resolve' });
    expect(next(at('FIRING', 5), false, { over: false })).toEqual({ kind: 'keep' });
    expect(next(at('FIRING', 5), true, { over: true })).toEqual({ kind: 'resolve' });
  });
});
