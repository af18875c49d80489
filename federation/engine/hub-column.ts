import type { ColumnDef, Expr, Measure } from '../../connectors/spi/ir.ts';
import { typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';

/** The type in which the hub holds a scalar's values while it evaluates them. */
export function hubType(scalar: string): PhysicalType {
  switch (scalar) {
    case 'Int':
      return { kind: 'integer', bits: 32 };
    case 'BigInt':
      return { kind: 'integer', bits: 64 };
    case 'Float':
      return { kind: 'float' };
    case 'Decimal':
      return { kind: 'decimal' };
    case 'Boolean':
      return { kind: 'boolean' };
    case 'Date':
      return { kind: 'date' };
    case 'DateTime':
      return { kind: 'timestamp', zoned: true };
    default:
      return { kind: 'text' };
  }
}

/** The columns `c0 c1 …` of scalars. */
export function hubColumn(index: number, scalar: string): Extract<Expr, { kind: 'column' }> {
  return { kind: 'column', column: `c${index}`, type: hubType(scalar) };
}

/** The columns of a list's groups: `k0 k1 …`, then `m0 m1 …`. */
export function groupColumns(by: readonly PhysicalType[], measures: readonly Measure[]): ColumnDef[] {
  return [...by.map((type, i) => ({ name: `k${i}`, type })), ...measures.map((measure, i) => ({ name: `m${i}`, type: typeOfMeasure(measure) }))];
}
