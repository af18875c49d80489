import { expect, it } from 'vitest';
import { checkRowCount, countRows } from '../../../../connectors/spi/count-rows.ts';
import type { AggregateQuery, Child, Query, Request } from '../../../../connectors/spi/ir.ts';

const rows = { kind: 'table', table: 't', columns: [] } as const;
const id = { kind: 'column', column: 'id', type: { kind: 'integer', bits: 32 } } as const;
const query = (children: readonly Child[]): Query => ({ rows, columns: [id], orderBy: [], children });
const totals: AggregateQuery = { rows, measures: [{ fn: 'count' }] };
const request: Request = {
  kind: 'rows',
  query: query([
    { kind: 'many', on: [], query: query([{ kind: 'groups', on: [], query: totals }]) },
    { kind: 'one', on: [], query: query([]) },
    { kind: 'aggregate', on: [], query: totals },
  ]),
};

it('counts rows at every level, aggregates as none', () => {
  const answer = [
    [
      1,
      [
        [10, [[1], [2]]],
        [11, []],
      ],
      [5],
      [7],
    ],
    [2, [], null, [0]],
  ];
  expect(countRows(request, answer)).toBe(2 + 2 + 2 + 1);
  expect(() => checkRowCount(request, answer, 7, 's')).not.toThrow();
  expect(() => checkRowCount(request, answer, 6, 's')).toThrow(expect.objectContaining({ code: 'JOIN_TOO_LARGE', source: 's' }));
});
