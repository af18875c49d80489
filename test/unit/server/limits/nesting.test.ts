import { expect, it } from 'vitest';
import { isNestedDeeper } from '../../../../server/limits/nesting.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);

it.each([
  [{}, 1, false],
  [{ a: { b: [] } }, 3, false],
  [{ a: { b: [] } }, 2, true],
  [nested(64), 64, false],
  [nested(65), 64, true],
  [nested(100_000), 64, true],
  [null, 0, false],
])('sees exactly how deep data nests (%#)', (value, max, deeper) => {
  expect(isNestedDeeper(value, max)).toBe(deeper);
});
