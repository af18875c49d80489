import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dependenciesOf, namesIn, usesClock } from '../../../../schema/api/dependencies.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const { model } = parseSdl([{ text: readFileSync(new URL('model.graphql', import.meta.url), 'utf8'), file: 'model.graphql' }]);

describe('dependenciesOf', () => {
  it('follows expressions, measures with their filters, and fields of the holder', () => {
    expect(dependenciesOf(model!, 'Project', 'late')).toEqual([{ type: 'Project', path: 'plannedEnd' }]);
    expect(dependenciesOf(model!, 'Project', 'funds.paidRate')).toEqual([
      { type: 'Project', path: 'paid' },
      { type: 'Project', path: 'approved' },
    ]);
    expect(dependenciesOf(model!, 'Project', 'paid')).toEqual([
      { type: 'Payment', path: 'amount' },
      { type: 'Payment', path: 'status' },
    ]);
    expect(dependenciesOf(model!, 'Project', 'name')).toEqual([]);
  });

  it('reads names outside strings and comments, with their members', () => {
    expect(namesIn("a.b > 1 && size(c) > 2 || d == \"asOf\" + 'x\\'now' // now\n && [1].e")).toEqual(['a.b', 'size', 'c', 'd']);
  });
});

describe('usesClock', () => {
  it('is true of what is computed by the day, however far away', () => {
    expect(usesClock(model!, 'Project', 'late')).toBe(true);
    expect(usesClock(model!, 'Project', 'funds.late')).toBe(true);
    expect(usesClock(model!, 'Project', 'funds.paidRate')).toBe(false);
    expect(usesClock(model!, 'Project', 'paid')).toBe(false);
  });
});
