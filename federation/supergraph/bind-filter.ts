import type { CompareOp, Expr, Predicate } from '../../connectors/spi/ir.ts';
import { isRealTimestamp, naiveToZoned, parseDateByFormat } from '../../schema/model/date.ts';
import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { RawValue, RowCondition, RowFilter } from '../../schema/model/mapping.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { integerLiteral } from '../transforms/column.ts';
import { fitsInteger } from '../transforms/integer-bounds.ts';
import { literal, MappingFault, TEXT, textLiteral, typeName, within } from '../transforms/value.ts';

type TypedColumn = Expr & { readonly kind: 'column' };

/** Looks a column up. @throws {MappingFault} */
export type FindColumn = (name: string) => TypedColumn;

/** Rows that meet every condition; `ne` and `notIn` keep rows whose column is null. */
export function keepWhere(filter: RowFilter, find: FindColumn, timeZone: string): Predicate {
  return all(conditionsOf(filter, find, timeZone).map(({ when }) => when));
}

/** Rows that do not meet every condition: one of unknown truth keeps its row. */
export function dropWhere(filter: RowFilter, find: FindColumn, timeZone: string): Predicate {
  const parts = conditionsOf(filter, find, timeZone).map(({ unless }) => unless);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', predicates: parts };
}

interface Condition {
  readonly when: Predicate;
  /** Its opposite, true also where the column is null and the condition is not about that. */
  readonly unless: Predicate;
}

const OPPOSITE: Record<CompareOp, CompareOp> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };

function conditionsOf(filter: RowFilter, find: FindColumn, timeZone: string): Condition[] {
  return Object.entries(filter).flatMap(([name, condition]) =>
    within(name, () => {
      const column = find(name);
      return conditionsOn(column, condition, (value) => rawLiteral(value, column, timeZone));
    }),
  );
}

function conditionsOn(column: TypedColumn, condition: RowCondition, literalOf: (value: RawValue) => Expr): Condition[] {
  const left = operandOf(column);
  const isNull: Predicate = { kind: 'isNull', value: column, negated: false };
  const orNull = (predicate: Predicate): Predicate => ({ kind: 'or', predicates: [isNull, predicate] });
  const compare = (op: CompareOp, value: RawValue): Predicate => ({ kind: 'compare', op, left, right: literalOf(value) });
  const member = (values: readonly RawValue[], negated: boolean): Predicate => ({ kind: 'in', value: left, values: values.map(literalOf), negated });
  const conditions: Condition[] = [];
  const { eq, ne, in: among, notIn, isNull: wantsNull } = condition;
  if (eq !== undefined) conditions.push({ when: compare('eq', eq), unless: orNull(compare('ne', eq)) });
  if (ne !== undefined) conditions.push({ when: orNull(compare('ne', ne)), unless: compare('eq', ne) });
  if (among !== undefined) conditions.push({ when: member(among, false), unless: orNull(member(among, true)) });
  if (notIn !== undefined) conditions.push({ when: orNull(member(notIn, true)), unless: member(notIn, false) });
  for (const op of ['lt', 'lte', 'gt', 'gte'] as const) {
    const value = condition[op];
    if (value !== undefined) conditions.push({ when: compare(op, value), unless: orNull(compare(OPPOSITE[op], value)) });
  }
  if (wantsNull !== undefined) conditions.push({ when: { ...isNull, negated: !wantsNull }, unless: { ...isNull, negated: wantsNull } });
  return conditions;
}

const all = (predicates: readonly Predicate[]): Predicate =>
  predicates.length === 1 && predicates[0] !== undefined ? predicates[0] : { kind: 'and', predicates };

/** Types that the hub knows only as text compare as text. */
function operandOf(column: TypedColumn): Expr {
  return column.type.kind === 'other' ? { kind: 'cast', value: column, type: TEXT } : column;
}

/** A value as YAML gives it (`false`, `1`, "9") in the column's own type. @throws {MappingFault} when the column cannot hold it. */
export function rawLiteral(value: RawValue, column: TypedColumn, timeZone: string): Expr {
  const made = literalOf(value, column.type, timeZone);
  if (made === undefined)
    throw new MappingFault(`column "${column.column}" holds ${typeName(column.type)}, not ${JSON.stringify(value)}`, 'compare it with a value of its own kind');
  return made;
}

function literalOf(value: RawValue, type: PhysicalType, timeZone: string): Expr | undefined {
  switch (type.kind) {
    case 'text':
    case 'other':
      return textLiteral(typeof value === 'number' ? (decimalOfNumber(value) ?? '') : String(value));
    case 'integer': {
      const digits = digitsOf(value);
      return digits === undefined || digits.includes('.') || !fitsInteger(digits, type.bits) ? undefined : integerLiteral(digits, type.bits);
    }
    case 'decimal': {
      const digits = digitsOf(value);
      return digits === undefined ? undefined : literal(digits, { kind: 'decimal' });
    }
    case 'float': {
      const digits = digitsOf(value);
      return digits === undefined ? undefined : literal(Number(digits), type);
    }
    case 'boolean': {
      const truth = ({ true: true, '1': true, false: false, '0': false } as const)[String(value)];
      return truth === undefined ? undefined : literal(truth, type);
    }
    case 'date':
      return parseDateByFormat(String(value), 'yyyy-MM-dd') === null ? undefined : literal(String(value), type);
    case 'timestamp':
      return timestampLiteral(String(value), type, timeZone);
    case 'uuid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value)) ? literal(String(value).toLowerCase(), type) : undefined;
    case 'time':
      return /^\d\d:\d\d:\d\d(\.\d{1,6})?$/.test(String(value)) ? literal(String(value), type) : undefined;
    default:
      return undefined;
  }
}

function digitsOf(value: RawValue): string | undefined {
  if (typeof value === 'boolean') return undefined;
  return (typeof value === 'number' ? decimalOfNumber(value) : normalizeDecimal(value)) ?? undefined;
}

function timestampLiteral(text: string, type: PhysicalType & { readonly kind: 'timestamp' }, timeZone: string): Expr | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?))?$/.exec(text);
  const naive = `${match?.[1] ?? ''} ${match?.[2] ?? '00:00:00'}`;
  if (match === null || !isRealTimestamp(naive)) return undefined;
  return literal(type.zoned ? naiveToZoned(naive, timeZone) : naive, type);
}
