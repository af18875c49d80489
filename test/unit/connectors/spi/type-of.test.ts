import { expect, it } from 'vitest';
import type { Expr } from '../../../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../../../schema/model/physical-type.ts';

const column = (type: PhysicalType): Expr => ({ kind: 'column', column: 'c', type });
const int: PhysicalType = { kind: 'integer', bits: 32 };
const long: PhysicalType = { kind: 'integer', bits: 64 };
const decimal: PhysicalType = { kind: 'decimal', scale: 2 };
const float: PhysicalType = { kind: 'float' };
const text: PhysicalType = { kind: 'text' };
const coalesce = (...types: PhysicalType[]): Expr => ({ kind: 'coalesce', values: types.map(column) });

it('gives unlike numbers a common type', () => {
  expect(typeOfExpr(coalesce(int, int))).toEqual(int);
  expect(typeOfExpr(coalesce(int, long))).toEqual(long);
  expect(typeOfExpr(coalesce(int, decimal))).toEqual({ kind: 'decimal' });
  expect(typeOfExpr(coalesce(decimal, float))).toEqual(float);
});

it('lets a null literal fit any type', () => {
  expect(
    typeOfExpr({
      kind: 'case',
      branches: [{ if: { kind: 'and', predicates: [] }, then: { kind: 'literal', value: null, type: text } }],
      else: column(decimal),
    }),
  ).toEqual(decimal);
});

it('counts in numbers, sums exactly and keeps the type of extremes', () => {
  expect(typeOfMeasure({ fn: 'count' })).toEqual(int);
  expect(typeOfMeasure({ fn: 'sum', value: column(long) })).toEqual({ kind: 'decimal' });
  expect(typeOfMeasure({ fn: 'sum', value: column(float) })).toEqual(float);
  expect(typeOfMeasure({ fn: 'max', value: column(text) })).toEqual(text);
});
