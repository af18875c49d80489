import type { CompareOp, Expr, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { CheckedExpression } from './check.ts';
import { isNullLiteral, pathOf, type CompareOperator, type Expression } from './expression.ts';
import { day, fits, formOfScalar, literal } from './physical.ts';
import { isFloat, kindOf, type Kind } from './types.ts';

export interface ToExprOptions {
  /** The canonical value of a name as an expression of the source; undefined when the source cannot compute it. */
  readonly resolve: (name: string) => Expr | undefined;
  /** What `asOf` means, `YYYY-MM-DD`; absent: `asOf` is a name like any other. */
  readonly asOf?: string;
  /** IANA name of the hub's zone: times are written in it for the source. */
  readonly timeZone: string;
  /** Scalar of the result, whose natural type the expression then has. */
  readonly scalar: string;
  readonly scale?: number;
}

const BOOLEAN: PhysicalType = { kind: 'boolean' };
const TEXT: PhysicalType = { kind: 'text' };
const COMPARE: Readonly<Record<CompareOperator, CompareOp>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
const COMPLEMENT: Readonly<Record<CompareOp, CompareOp>> = { eq: 'ne', ne: 'eq', lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' };
const TEXT_TESTS: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith']);

/**
 * The expression as a source would compute it, equal to `compileExpression` on every row; undefined when some part has no such form: division, rounding,
 * lists, days, calculations with floats. Unlike numbers, dates are never compared with text, so that no engine has to guess.
 */
export function toExpr(checked: CheckedExpression, options: ToExprOptions): Expr | undefined {
  if (options.scale !== undefined) return undefined;
  const expr = createTranslator(checked, options).value(checked.expression);
  return expr && formOfScalar(expr, options.scalar);
}

interface Translator {
  value(e: Expression): Expr | undefined;
}

function createTranslator({ typeOf }: CheckedExpression, options: ToExprOptions): Translator {
  const kind = (e: Expression): Kind => kindOf(typeOf(e));

  /** Of the physical kind that stands for the part's own; a literal null takes any. */
  function value(e: Expression): Expr | undefined {
    switch (e.op) {
      case 'literal':
        return literal(e, typeOf(e), options.timeZone);
      case 'name':
      case 'member': {
        const expr = read(e);
        return expr && fits(expr, typeOf(e)) ? expr : undefined;
      }
      case 'negate':
        return arithmetic('-', { kind: 'literal', value: 0, type: { kind: 'integer', bits: 32 } }, value(e.of));
      case '+':
        if (kind(e) === 'text') return all([value(e.left), value(e.right)], (values) => ({ kind: 'concat', values }));
        return arithmetic(e.op, value(e.left), value(e.right));
      case '-':
      case '*':
        return arithmetic(e.op, value(e.left), value(e.right));
      case 'choose': {
        if (isFloat(typeOf(e)) && !(isFloatly(e.then) && isFloatly(e.else))) return undefined;
        const [then, otherwise] = [value(e.then), value(e.else)];
        const [yes, no] = [predicate(e.if, true), predicate(e.if, false)];
        if (!yes || !no || !then || !otherwise) return undefined;
        return {
          kind: 'case',
          branches: [
            { if: yes, then: typedLike(then, otherwise) },
            { if: no, then: typedLike(otherwise, then) },
          ],
        };
      }
      case 'call':
        return call(e.name, e.args, e);
      case 'index':
      case 'list':
      case 'each':
      case '/':
        return undefined;
      default:
        return truth(e);
    }
  }

  function read(e: Expression): Expr | undefined {
    const path = pathOf(e);
    if (path === undefined) return undefined;
    return path === 'asOf' && options.asOf !== undefined ? { kind: 'literal', value: options.asOf, type: { kind: 'date' } } : options.resolve(path);
  }

  const isFloatly = (e: Expression): boolean => isFloat(typeOf(e)) || isNullLiteral(e);

  function call(name: string, args: readonly Expression[], e: Expression): Expr | undefined {
    const [arg] = args;
    if (!arg) return undefined;
    switch (name) {
      case 'upperAscii':
        return all([value(arg)], ([of]) => ({ kind: 'upper', value: of }));
      case 'string':
        return text(arg);
      case 'date':
        return all([value(arg)], ([of]) => day(of));
      default:
        return name === 'has' || TEXT_TESTS.has(name) ? truth(e) : undefined;
    }
  }

  function text(e: Expression): Expr | undefined {
    switch (kind(e)) {
      case 'text':
      case 'month':
        return value(e);
      case 'boolean': {
        const [yes, no] = [predicate(e, true), predicate(e, false)];
        return (
          yes &&
          no && {
            kind: 'case',
            branches: [
              { if: yes, then: textLiteral('true') },
              { if: no, then: textLiteral('false') },
            ],
          }
        );
      }
      case 'number':
        return isFloat(typeOf(e)) ? undefined : all([value(e)], ([of]) => ({ kind: 'cast', value: of, type: TEXT }));
      case 'date':
        return all([value(e)], ([of]) => ({ kind: 'cast', value: of, type: TEXT }));
      default:
        return undefined;
    }
  }

  /** True, false, or null where neither can be said. */
  function truth(e: Expression): Expr | undefined {
    const [yes, no] = [predicate(e, true), predicate(e, false)];
    return (
      yes &&
      no && {
        kind: 'case',
        branches: [
          { if: yes, then: truthLiteral(true) },
          { if: no, then: truthLiteral(false) },
        ],
      }
    );
  }

  /** A predicate that holds exactly where the expression is `is`. */
  function predicate(e: Expression, is: boolean): Predicate | undefined {
    switch (e.op) {
      case 'literal':
        return { kind: e.value === is ? 'and' : 'or', predicates: [] };
      case 'and':
      case 'or':
        return all([predicate(e.left, is), predicate(e.right, is)], (predicates) => ({ kind: (e.op === 'and') === is ? 'and' : 'or', predicates }));
      case 'not':
        return predicate(e.of, !is);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return comparison(e.op, e.left, e.right, is);
      case 'in':
        return e.right.op === 'list' ? membership(e.left, e.right.items, is) : undefined;
      case 'call':
        if (e.name === 'has') return e.args[0] && nullTest(e.args[0], !is);
        if (TEXT_TESTS.has(e.name)) {
          return all(e.args.map(value), ([of, pattern]) => pattern && { kind: 'text', op: e.name as 'contains', value: of, pattern, negated: !is });
        }
        return undefined;
      default:
        return all([value(e)], ([of]) => ({ kind: 'compare', op: 'eq', left: of, right: truthLiteral(is) }));
    }
  }

  function nullTest(e: Expression, isNull: boolean): Predicate | undefined {
    if (isNullLiteral(e)) return { kind: isNull ? 'and' : 'or', predicates: [] };
    // Any value can be tested for null, also one that is read in no other way.
    const of = read(e) ?? value(e);
    return of && { kind: 'isNull', value: of, negated: !isNull };
  }

  function comparison(op: CompareOperator, leftOf: Expression, rightOf: Expression, is: boolean): Predicate | undefined {
    const other = isNullLiteral(leftOf) ? rightOf : isNullLiteral(rightOf) ? leftOf : undefined;
    if (other && (op === '==' || op === '!=')) return nullTest(other, (op === '==') === is);
    if (other) return { kind: 'or', predicates: [] };
    const compare = is ? COMPARE[op] : COMPLEMENT[COMPARE[op]];
    return all(operands([leftOf, rightOf]), ([left, right]) => right && { kind: 'compare', op: compare, left, right });
  }

  function membership(valueOf: Expression, items: readonly Expression[], is: boolean): Predicate | undefined {
    if (isNullLiteral(valueOf)) return { kind: 'or', predicates: [] };
    const present = items.filter((item) => !isNullLiteral(item));
    return all(operands([valueOf, ...present]), ([of, ...values]) => ({ kind: 'in', value: of, values, negated: !is }));
  }

  /** Values to be compared. Floats meet only floats and written numbers, which then become floats. */
  function operands(parts: readonly Expression[]): readonly (Expr | undefined)[] {
    if (!parts.some((part) => isFloat(typeOf(part)))) return parts.map(value);
    return parts.map((part) => {
      if (part.op === 'literal') return { kind: 'literal', value: Number(part.value), type: { kind: 'float' } };
      return isFloat(typeOf(part)) ? value(part) : undefined;
    });
  }

  return { value };
}

function arithmetic(op: '+' | '-' | '*', left: Expr | undefined, right: Expr | undefined): Expr | undefined {
  return all([left, right], ([a, b]) => {
    if (!b || [a, b].some((side) => typeOfExpr(side).kind === 'float')) return undefined;
    return { kind: 'arithmetic', op, left: a, right: b };
  });
}

/** A literal null takes the type of what it stands beside. */
const typedLike = (expr: Expr, other: Expr): Expr => (expr.kind === 'literal' && expr.value === null ? { ...expr, type: typeOfExpr(other) } : expr);
const textLiteral = (value: string): Expr => ({ kind: 'literal', value, type: TEXT });
const truthLiteral = (value: boolean): Expr => ({ kind: 'literal', value, type: BOOLEAN });

function all<T, R>(parts: readonly (T | undefined)[], make: (parts: readonly [T, ...T[]]) => R | undefined): R | undefined {
  return parts.length > 0 && parts.every((part) => part !== undefined) ? make(parts as unknown as [T, ...T[]]) : undefined;
}
