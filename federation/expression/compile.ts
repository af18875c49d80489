import type { Canonical } from '../../schema/model/canonical.ts';
import { rfc3339ToZoned, zonedToRfc3339 } from '../../schema/model/date.ts';
import { asFloats, checkExpression, type CheckedExpression } from './check.ts';
import { isNullLiteral, pathOf, type Expression } from './expression.ts';
import { FUNCTIONS } from './functions.ts';
import { calculation, choice, comparison, concatenation, each, logic, MAX_VISITS, membership, negation, type Evaluate } from './operators.ts';
import { resultOf } from './result.ts';
import { DATE, DATE_TIME, kindOf, scalarType, type ExpressionTypes } from './types.ts';
import { comparatorOf, decimalOf } from './values.ts';

export interface ExpressionClock {
  readonly asOf: string; // YYYY-MM-DD
  readonly now: string; // RFC 3339
}

export interface ExpressionOptions {
  /** IANA name of the hub's zone, in which times that are written in the expression come out. */
  readonly timeZone: string;
  /** Scalar of the result; default: what the expression gives. Int and BigInt: a number that is not whole, or too large, is null. */
  readonly scalar?: string;
  /** A decimal result is rounded to so many places, halves away from zero. */
  readonly scale?: number;
}

export type Values = Readonly<Record<string, unknown>>;

/** What every expression may read beside the values it is given. */
export const CLOCK_TYPES: ExpressionTypes = { asOf: DATE, now: DATE_TIME };

/**
 * Compiles an expression over named values. Numbers are exact decimals. Null is unknown: an operator with an unknown operand is null, `&&` and `||`
 * decide as far as the known side allows, `?:` on unknown is null, `== null` and `has` test for it.
 * @throws {HubError} MAPPING_INVALID for an unknown name or operands that do not fit; the function that is returned, LIMIT_COST past `MAX_VISITS`
 */
export function compileExpression(
  expression: Expression,
  types: ExpressionTypes,
  options: ExpressionOptions,
): (values: Values, clock: ExpressionClock) => Canonical {
  const { scalar } = options;
  const checked = checkExpression(expression, { ...types, ...CLOCK_TYPES }, scalar === undefined ? undefined : scalarType(scalar));
  const compute = compileChecked(checked, options);
  return (values, clock) => compute({ ...values, asOf: clock.asOf, now: clock.now });
}

/** As `compileExpression`, over exactly the values given. */
export function compileChecked(checked: CheckedExpression, { timeZone, scalar, scale }: ExpressionOptions): (values: Values) => Canonical {
  const evaluate = compile(checked.expression, checked, timeZone);
  const type = checked.typeOf(checked.expression);
  const finish = resultOf(scalar !== undefined && kindOf(type) === 'number' ? scalarType(scalar) : type, scale);
  return (values) => finish(evaluate({ values: { ...values }, visits: MAX_VISITS }));
}

function compile(e: Expression, checked: CheckedExpression, timeZone: string): Evaluate {
  const inner = (part: Expression): Evaluate => compile(part, checked, timeZone);
  const { typeOf } = checked;
  switch (e.op) {
    case 'literal': {
      const value = kindOf(typeOf(e)) === 'moment' ? momentIn(String(e.value), timeZone) : e.value;
      return () => value;
    }
    case 'name':
    case 'member':
      return read(e, checked, inner);
    case 'index': {
      const [of, index] = [inner(e.of), inner(e.index)];
      return (run) => ((of(run) as unknown[] | null)?.[Number(index(run) ?? -1)] ?? null) as unknown;
    }
    case 'list': {
      const items = e.items.map(inner);
      return (run) => items.map((item) => item(run));
    }
    case 'not':
      return negation(inner(e.of));
    case 'negate':
      return calculation('-', () => '0', inner(e.of));
    case 'and':
    case 'or':
      return logic(e.op === 'or', inner(e.left), inner(e.right));
    case 'choose':
      return choice(inner(e.if), inner(e.then), inner(e.else));
    case 'each':
      return each(e.macro, inner(e.of), e.variable, inner(e.body));
    case 'call':
      return call(e.name, e.args, checked, inner);
    case '+':
    case '-':
    case '*':
    case '/':
      return kindOf(typeOf(e)) === 'text' ? concatenation(inner(e.left), inner(e.right)) : calculation(e.op, inner(e.left), inner(e.right));
    case 'in': {
      const [type, list] = [typeOf(e.left), typeOf(e.right)];
      return membership(inner(e.left), inner(e.right), comparatorOf(kindOf(type), list.kind === 'list' && asFloats(type, list.of)));
    }
    default: {
      const [left, right] = [inner(e.left), inner(e.right)];
      if (isNullLiteral(e.left) || isNullLiteral(e.right)) {
        if (e.op === '==' || e.op === '!=') return nullTest(left, right, e.op === '==');
      }
      return comparison(e.op, left, right, comparatorOf(kindOf(typeOf(e.left)), asFloats(typeOf(e.left), typeOf(e.right))));
    }
  }
}

/** A written time in canonical form. */
const momentIn = (text: string, timeZone: string): string => zonedToRfc3339(rfc3339ToZoned(text, timeZone) ?? text);

const nullTest =
  (left: Evaluate, right: Evaluate, wanted: boolean): Evaluate =>
  (run) =>
    (left(run) === null && right(run) === null) === wanted;

function read(e: Extract<Expression, { op: 'name' | 'member' }>, checked: CheckedExpression, compileInner: (part: Expression) => Evaluate): Evaluate {
  // A path that stands for one value gives its inner parts no type.
  if (e.op === 'member' && checked.typeOf(e.of).kind === 'object') {
    const of = compileInner(e.of);
    return (run) => (of(run) as Values | null)?.[e.name] ?? null;
  }
  const name = pathOf(e) ?? '';
  return (run) => run.values[name] ?? null;
}

function call(name: string, args: readonly Expression[], checked: CheckedExpression, compileInner: (part: Expression) => Evaluate): Evaluate {
  const operands = args.map((arg): Evaluate => {
    const evaluate = compileInner(arg);
    return kindOf(checked.typeOf(arg)) === 'number' ? (run) => decimalOf(evaluate(run)) : evaluate;
  });
  if (name === 'has') return (run) => operands[0]?.(run) !== null;
  const definition = FUNCTIONS.get(name);
  return (run) => {
    const values = operands.map((operand) => operand(run));
    return values.includes(null) ? null : (definition?.run(...(values as NonNullable<unknown>[])) ?? null);
  };
}
