import { describe, expect, it } from 'vitest';
import type { Expr, Predicate, Query } from '../../../../connectors/spi/ir.ts';
import { simplify } from '../../../../connectors/sql/simplify.ts';

const TEXT = { kind: 'text' } as const;
const code: Expr = { kind: 'column', column: 'code', type: TEXT };
const text = (value: string): Expr => ({ kind: 'literal', value, type: TEXT });
const guard: Predicate = { kind: 'compare', op: 'ne', left: code, right: text('') };
const present: Expr = { kind: 'case', branches: [{ if: guard, then: code }] };
const rows = { kind: 'table', table: 't', columns: [{ name: 'code', type: TEXT }] } as const;

function simplified(query: Partial<Query>): Query {
  const request = simplify({ kind: 'rows', query: { rows, columns: [], orderBy: [], children: [], ...query } });
  return request.query;
}

describe('simplify', () => {
  it('compares what is behind a guard, and asks for the guard besides', () => {
    const where: Predicate = { kind: 'compare', op: 'eq', left: present, right: text('a') };
    expect(simplified({ where }).where).toEqual({ kind: 'and', predicates: [guard, { ...where, left: code }] });
  });

  it('asks for the guard alone where a value must be present', () => {
    expect(simplified({ where: { kind: 'isNull', value: present, negated: true } }).where).toEqual(guard);
  });

  it('leaves a question for absence alone', () => {
    const where: Predicate = { kind: 'isNull', value: present, negated: false };
    expect(simplified({ where }).where).toEqual(where);
  });

  it('orders by the column itself where the filter keeps absent values out, and only there', () => {
    const orderBy = [{ value: present, direction: 'asc', nulls: 'first' }] as const;
    const where: Predicate = { kind: 'isNull', value: present, negated: true };
    expect(simplified({ where, orderBy }).orderBy).toEqual([{ value: code, direction: 'asc', nulls: 'first', present: true }]);
    expect(simplified({ orderBy }).orderBy).toEqual(orderBy);
    expect(simplified({ where: { kind: 'or', predicates: [where, guard] }, orderBy }).orderBy).toEqual(orderBy);
  });

  it('leaves values that are shown alone', () => {
    expect(simplified({ columns: [present] }).columns).toEqual([present]);
  });
});
