import type { CompareOp, Expr, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expression } from './parse.ts';

export interface ToExprOptions {
  /** The canonical value of a name as an expression of the source; undefined when the source cannot compute it. */
  readonly resolve: (name: string) => Expr | undefined;
  /** What `asOf` means, `YYYY-MM-DD`. */
  readonly asOf: string;
  readonly scale?: number;
}

const TEXT: PhysicalType = { kind: 'text' };
const BOOLEAN: PhysicalType = { kind: 'boolean' };
const NUMERIC: ReadonlySet<PhysicalType['kind']> = new Set(['integer', 'decimal', 'float']);
const COMPARE: Readonly<Record<string, CompareOp>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
const COMPLEMENT: Readonly<Record<CompareOp, CompareOp>> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };

/** The expression as a source would compute it, equal to `compileExpression` on every row; undefined when some part has no such form (division, rounding, lists). */
export function toExpr(expression: Expression, options: ToExprOptions): Expr | undefined {
  if (options.scale !== undefined) return undefined;
  return value(expression, options);
}

function value(e: Expression, options: ToExprOptions, wanted?: PhysicalType): Expr | undefined {
  switch (e.op) {
    case 'literal':
      if (e.value === null) return { kind: 'literal', value: null, type: wanted ?? TEXT };
      if (typeof e.value === 'boolean') return { kind: 'literal', value: e.value, type: BOOLEAN };
      if (e.numeric) return { kind: 'literal', value: e.value, type: { kind: 'decimal' } };
      return { kind: 'literal', value: e.value, type: wanted?.kind === 'date' ? wanted : TEXT };
    case 'name':
      if (e.name === 'asOf') return { kind: 'literal', value: options.asOf, type: { kind: 'date' } };
      return e.name === 'now' ? undefined : options.resolve(e.name);
    case '+':
    case '-':
    case '*': {
      const [left, right] = [value(e.left, options), value(e.right, options)];
      if (!left || !right) return undefined;
      const numbers = [left, right].every((side) => NUMERIC.has(typeOfExpr(side).kind) && typeOfExpr(side).kind !== 'float');
      if (numbers) return { kind: 'arithmetic', op: e.op, left, right };
      return e.op === '+' && [left, right].every((side) => typeOfExpr(side).kind === 'text') ? { kind: 'concat', values: [left, right] } : undefined;
    }
    case 'choose': {
      const [yes, no] = [predicate(e.if, options, true), predicate(e.if, options, false)];
      const then = value(e.then, options);
      const otherwise = value(e.else, options, then && typeOfExpr(then));
      if (!yes || !no || !then || !otherwise) return undefined;
      return { kind: 'case', branches: [{ if: yes, then }, { if: no, then: otherwise }] };
    }
    case 'and':
    case 'or':
    case 'not':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return booleanOf(e, options);
    case 'call':
      return ['contains', 'startsWith', 'endsWith', 'has'].includes(e.name) ? booleanOf(e, options) : undefined;
    default:
      return undefined;
  }
}

/** True, false, or null where neither can be said. */
function booleanOf(e: Expression, options: ToExprOptions): Expr | undefined {
  const [yes, no] = [predicate(e, options, true), predicate(e, options, false)];
  if (!yes || !no) return undefined;
  const literal = (is: boolean): Expr => ({ kind: 'literal', value: is, type: BOOLEAN });
  return { kind: 'case', branches: [{ if: yes, then: literal(true) }, { if: no, then: literal(false) }] };
}

/** A predicate that holds exactly where the expression is `is`. */
export function predicate(e: Expression, options: ToExprOptions, is: boolean): Predicate | undefined {
  switch (e.op) {
    case 'and':
    case 'or': {
      const [left, right] = [predicate(e.left, options, is), predicate(e.right, options, is)];
      return left && right ? { kind: (e.op === 'and') === is ? 'and' : 'or', predicates: [left, right] } : undefined;
    }
    case 'not':
      return predicate(e.of, options, !is);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(e.op, e.left, e.right, options, is);
    case 'in': {
      const left = value(e.left, options);
      if (!left || e.right.op !== 'list') return undefined;
      const items = e.right.items.map((item) => value(item, options, typeOfExpr(left)));
      return items.every((item) => item !== undefined) ? { kind: 'in', value: left, values: items, negated: !is } : undefined;
    }
    case 'call': {
      if (e.name === 'has') {
        const of = value(e.args[0] as Expression, options);
        return of && { kind: 'isNull', value: of, negated: is };
      }
      const [left, pattern] = e.args.map((arg) => value(arg, options));
      if (!left || !pattern || !['contains', 'startsWith', 'endsWith'].includes(e.name)) return undefined;
      return { kind: 'text', op: e.name as 'contains', value: left, pattern, negated: !is };
    }
    default: {
      const of = value(e, options);
      return of && typeOfExpr(of).kind === 'boolean' ? { kind: 'compare', op: 'eq', left: of, right: { kind: 'literal', value: is, type: BOOLEAN } } : undefined;
    }
  }
}

function comparison(op: string, leftOf: Expression, rightOf: Expression, options: ToExprOptions, is: boolean): Predicate | undefined {
  const nullSide = [leftOf, rightOf].find((side) => side.op === 'literal' && side.value === null);
  if (nullSide && (op === '==' || op === '!=')) {
    const other = value(nullSide === leftOf ? rightOf : leftOf, options);
    return other && { kind: 'isNull', value: other, negated: (op === '==') !== is };
  }
  const hint = value(leftOf, options);
  const right = value(rightOf, options, hint && typeOfExpr(hint));
  const left = value(leftOf, options, right && typeOfExpr(right));
  const compare = COMPARE[op];
  if (!left || !right || !compare) return undefined;
  return { kind: 'compare', op: is ? compare : COMPLEMENT[compare], left, right };
}
