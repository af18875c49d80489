import type { ColumnDef, CompareOp, Expr, Predicate, TextOp } from '../../connectors/spi/ir.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { upperText } from '../transforms/text.ts';
import { comparisonOf, plainForm, type Known } from './comparison.ts';

export type Values = readonly WireValue[];
export type Test = (values: Values) => boolean;

/** A predicate over columns in their plain form: true for exactly the rows for which it is true. */
export function compileTest(predicate: Predicate, columns: readonly ColumnDef[]): Test {
  switch (predicate.kind) {
    case 'and': {
      const tests = predicate.predicates.map((p) => compileTest(p, columns));
      return (values) => tests.every((test) => test(values));
    }
    case 'or': {
      const tests = predicate.predicates.map((p) => compileTest(p, columns));
      return (values) => tests.some((test) => test(values));
    }
    case 'isNull': {
      const read = compileRead(predicate.value, columns);
      const { negated } = predicate;
      return (values) => (read(values) === null) !== negated;
    }
    case 'compare': {
      const [left, right] = [compileRead(predicate.left, columns), compileRead(predicate.right, columns)];
      const compare = comparisonOf(typeOf(predicate.left));
      const holds = COMPARE[predicate.op];
      return (values) => {
        const [a, b] = [left(values), right(values)];
        return a !== null && b !== null && holds(compare(a, b));
      };
    }
    case 'in': {
      const read = compileRead(predicate.value, columns);
      const compare = comparisonOf(typeOf(predicate.value));
      const listed = predicate.values.map((value) => compileRead(value, columns)([])).filter((value): value is Known => value !== null);
      const { negated } = predicate;
      return (values) => {
        const value = read(values);
        return value !== null && listed.some((other) => compare(value, other) === 0) !== negated;
      };
    }
    case 'text': {
      const [read, pattern] = [compileRead(predicate.value, columns), compileRead(predicate.pattern, columns)];
      const holds = TEXT[predicate.op];
      const { negated } = predicate;
      return (values) => {
        const [value, wanted] = [read(values), pattern(values)];
        return value !== null && wanted !== null && holds(String(value), String(wanted)) !== negated;
      };
    }
    default:
      throw new Error(`the hub does not evaluate ${predicate.kind}`);
  }
}

const COMPARE: Record<CompareOp, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

const TEXT: Record<TextOp, (value: string, pattern: string) => boolean> = {
  contains: (value, pattern) => value.includes(pattern),
  startsWith: (value, pattern) => value.startsWith(pattern),
  endsWith: (value, pattern) => value.endsWith(pattern),
  iContains: (value, pattern) => upperText(value).includes(upperText(pattern)),
};

/** Only columns and literals stand in what the hub evaluates: all else is a column already. */
export function compileRead(expr: Expr, columns: readonly ColumnDef[]): (values: Values) => WireValue {
  if (expr.kind === 'literal') {
    const value = plainForm(expr.type)(expr.value);
    return () => value;
  }
  if (expr.kind !== 'column') throw new Error(`the hub does not evaluate ${expr.kind}`);
  const at = columns.findIndex((column) => column.name === expr.column);
  if (at < 0) throw new Error(`no column ${expr.column}`);
  return (values) => values[at] ?? null;
}

function typeOf(expr: Expr): ColumnDef['type'] {
  if (expr.kind === 'column' || expr.kind === 'literal') return expr.type;
  throw new Error(`the hub does not evaluate ${expr.kind}`);
}
