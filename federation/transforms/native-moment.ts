import type { Expr } from '../../connectors/spi/ir.ts';
import type { MomentType } from '../../schema/model/physical-type.ts';
import { isDay, isTime, isZonedTime } from '../../schema/model/wire-moment.ts';
import { both, compare, exactly, isPresent } from './predicates.ts';
import { literal, type Value } from './value.ts';

/**
 * What a column of dates or timestamps holds. Databases keep days that do not exist (MariaDB's `0000-00-00`, any text in SQLite, `infinity` in PostgreSQL):
 * such a cell is null and BAD_DATE, and null to the source itself, whose cast to the column's own type leaves them out.
 */
export function nativeMoment(column: Expr, type: MomentType): Pick<Value, 'expr' | 'sargable'> & { readonly isReal: (text: string) => boolean } {
  const real: Expr = { kind: 'cast', value: column, type };
  const isThere = exactly(isPresent(real));
  return {
    isReal: type.kind === 'date' ? isDay : type.zoned ? isZonedTime : isTime,
    expr: real,
    sargable: (op, constant) => {
      const found = exactly(compare(op, column, literal(constant, type)));
      // What equals a real moment is one.
      return op === 'eq' ? found : both(found, isThere);
    },
  };
}
