import type { Canonical } from '../../schema/model/canonical.ts';
import { addDecimal, compareDecimal, decimalOfNumber, divideDecimal, multiplyDecimal, normalizeDecimal, roundDecimal, subtractDecimal } from '../../schema/model/decimal.ts';
import { invalid, type Expression, type Macro } from './parse.ts';

/** What an expression may read: canonical values by scalar, objects and lists of them. */
export type ExpressionType =
  | { readonly kind: 'scalar'; readonly scalar: string }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, ExpressionType>> }
  | { readonly kind: 'list'; readonly of: ExpressionType };

export interface ExpressionClock {
  readonly asOf: string; // YYYY-MM-DD
  readonly now: string; // RFC 3339
}

/** Digits after the point that a quotient keeps before it is rounded further. */
const QUOTIENT_SCALE = 12;
const NUMBER: ExpressionType = { kind: 'scalar', scalar: 'Decimal' };
const TEXT: ExpressionType = { kind: 'scalar', scalar: 'String' };
const BOOLEAN: ExpressionType = { kind: 'scalar', scalar: 'Boolean' };
const DATE: ExpressionType = { kind: 'scalar', scalar: 'Date' };
const NUMERIC: ReadonlySet<string> = new Set(['Decimal', 'BigInt', 'Int', 'Float']);

type Scope = Readonly<Record<string, unknown>>;
type Evaluate = (scope: Scope) => unknown;
interface Compiled {
  readonly type: ExpressionType;
  readonly run: Evaluate;
}

/**
 * Compiles an expression over named values. Numbers are exact decimals. Null is unknown: an operator with an unknown operand is null, `&&` and `||`
 * decide as far as the known side allows, `?:` on unknown is null, `== null` and `has` test for it.
 * @throws {HubError} MAPPING_INVALID for an unknown name or operands that do not fit
 */
export function compileExpression(expression: Expression, types: Readonly<Record<string, ExpressionType>>, options: { readonly scale?: number } = {}): (values: Scope, clock: ExpressionClock) => Canonical {
  const compiled = compile(expression, { ...types, asOf: DATE, now: { kind: 'scalar', scalar: 'DateTime' } });
  const { scale } = options;
  const numeric = isNumeric(compiled.type);
  return (values, clock) => {
    const result = compiled.run({ ...values, asOf: clock.asOf, now: clock.now });
    if (result === null || result === undefined) return null;
    if (!numeric) return result as Canonical;
    const decimal = decimalOf(result);
    if (decimal === null) return null;
    return normalizeDecimal(scale === undefined ? decimal : roundDecimal(decimal, scale));
  };
}

const isNumeric = (type: ExpressionType): boolean => type.kind === 'scalar' && NUMERIC.has(type.scalar);

function decimalOf(value: unknown): string | null {
  return typeof value === 'number' ? decimalOfNumber(value) : typeof value === 'string' ? value : null;
}

function compile(e: Expression, types: Readonly<Record<string, ExpressionType>>): Compiled {
  switch (e.op) {
    case 'literal': {
      const { value } = e;
      return { type: e.numeric ? NUMBER : typeof value === 'boolean' ? BOOLEAN : TEXT, run: () => value };
    }
    case 'name': {
      const type = types[e.name];
      if (!type) throw invalid(`there is no value "${e.name}"; there are ${Object.keys(types).join(', ')}`);
      const { name } = e;
      return { type, run: (scope) => scope[name] ?? null };
    }
    case 'member':
      return member(compile(e.of, types), e.name);
    case 'index': {
      const [of, index] = [compile(e.of, types), compile(e.index, types)];
      if (of.type.kind !== 'list') throw invalid('[ ] reads a place of a list');
      return { type: of.type.of, run: (scope) => ((of.run(scope) as unknown[] | null)?.[Number(index.run(scope))] ?? null) as unknown };
    }
    case 'list': {
      const items = e.items.map((item) => compile(item, types));
      return { type: { kind: 'list', of: items[0]?.type ?? TEXT }, run: (scope) => items.map((item) => item.run(scope)) };
    }
    case 'not': {
      const of = compile(e.of, types);
      return { type: BOOLEAN, run: (scope) => negated(of.run(scope)) };
    }
    case 'negate': {
      const of = compile(e.of, types);
      return { type: NUMBER, run: (scope) => arithmetic('-', '0', of.run(scope)) };
    }
    case 'and':
    case 'or': {
      const [left, right] = [compile(e.left, types), compile(e.right, types)];
      const decisive = e.op === 'or';
      return {
        type: BOOLEAN,
        run: (scope) => {
          const a = left.run(scope);
          if (a === decisive) return decisive;
          const b = right.run(scope);
          if (b === decisive) return decisive;
          return a === null || b === null ? null : !decisive;
        },
      };
    }
    case 'choose': {
      const [test, then, otherwise] = [compile(e.if, types), compile(e.then, types), compile(e.else, types)];
      const type = e.then.op === 'literal' && e.then.value === null ? otherwise.type : then.type;
      return {
        type,
        run: (scope) => {
          const result = test.run(scope);
          return result === null ? null : result === true ? then.run(scope) : otherwise.run(scope);
        },
      };
    }
    case 'each':
      return each(e.macro, compile(e.of, types), e.variable, e.body, types);
    case 'call':
      return call(e.name, e.args.map((arg) => compile(arg, types)));
    case '+':
    case '-':
    case '*':
    case '/':
      return calculate(e.op, compile(e.left, types), compile(e.right, types));
    case 'in': {
      const [value, list] = [compile(e.left, types), compile(e.right, types)];
      const equal = equality(value.type, list.type.kind === 'list' ? list.type.of : TEXT);
      return {
        type: BOOLEAN,
        run: (scope) => {
          const [v, all] = [value.run(scope), list.run(scope)];
          return v === null || !Array.isArray(all) ? null : all.some((item) => equal(v, item));
        },
      };
    }
    default:
      return comparison(e.op, e.left, e.right, types);
  }
}

function member(of: Compiled, name: string): Compiled {
  if (of.type.kind !== 'object') throw invalid(`.${name} reads a field of an object`);
  const type = of.type.fields[name];
  if (!type) throw invalid(`there is no field "${name}"; there are ${Object.keys(of.type.fields).join(', ')}`);
  return { type, run: (scope) => (of.run(scope) as Record<string, unknown> | null)?.[name] ?? null };
}

const negated = (value: unknown): boolean | null => (value === null ? null : value !== true);

function calculate(op: '+' | '-' | '*' | '/', left: Compiled, right: Compiled): Compiled {
  if (op === '+' && !isNumeric(left.type) && !isNumeric(right.type)) {
    return {
      type: TEXT,
      run: (scope) => {
        const [a, b] = [left.run(scope), right.run(scope)];
        return a === null || b === null ? null : String(a as string) + String(b as string);
      },
    };
  }
  if (!isNumeric(left.type) || !isNumeric(right.type)) throw invalid(`${op} takes two numbers; days(a, b) counts the days between dates`);
  return { type: NUMBER, run: (scope) => arithmetic(op, left.run(scope), right.run(scope)) };
}

function arithmetic(op: '+' | '-' | '*' | '/', left: unknown, right: unknown): string | null {
  const [a, b] = [decimalOf(left), decimalOf(right)];
  if (a === null || b === null) return null;
  if (op === '+') return addDecimal(a, b);
  if (op === '-') return subtractDecimal(a, b);
  return op === '*' ? multiplyDecimal(a, b) : divideDecimal(a, b, QUOTIENT_SCALE);
}

function equality(left: ExpressionType, right: ExpressionType): (a: unknown, b: unknown) => boolean {
  if (!isNumeric(left) && !isNumeric(right)) return (a, b) => a === b;
  return (a, b) => {
    const [x, y] = [decimalOf(a), decimalOf(b)];
    return x !== null && y !== null && compareDecimal(x, y) === 0;
  };
}

function comparison(op: '==' | '!=' | '<' | '<=' | '>' | '>=', leftOf: Expression, rightOf: Expression, types: Readonly<Record<string, ExpressionType>>): Compiled {
  const [left, right] = [compile(leftOf, types), compile(rightOf, types)];
  const isNull = [leftOf, rightOf].some((side) => side.op === 'literal' && side.value === null);
  if (isNull && (op === '==' || op === '!=')) {
    return { type: BOOLEAN, run: (scope) => (left.run(scope) === null && right.run(scope) === null) === (op === '==') };
  }
  const numeric = isNumeric(left.type) || isNumeric(right.type);
  const order = (a: unknown, b: unknown): number => (numeric ? compareDecimal(decimalOf(a) ?? '0', decimalOf(b) ?? '0') : a === b ? 0 : String(a as string) < String(b as string) ? -1 : 1);
  const test: Record<typeof op, (n: number) => boolean> = { '==': (n) => n === 0, '!=': (n) => n !== 0, '<': (n) => n < 0, '<=': (n) => n <= 0, '>': (n) => n > 0, '>=': (n) => n >= 0 };
  const decide = test[op];
  return {
    type: BOOLEAN,
    run: (scope) => {
      const [a, b] = [left.run(scope), right.run(scope)];
      return a === null || b === null ? null : decide(order(a, b));
    },
  };
}

function each(macro: Macro, of: Compiled, variable: string, bodyOf: Expression, types: Readonly<Record<string, ExpressionType>>): Compiled {
  if (of.type.kind !== 'list') throw invalid(`${macro} goes over a list`);
  const item = of.type.of;
  const body = compile(bodyOf, { ...types, [variable]: item });
  const results = (scope: Scope, list: readonly unknown[]): unknown[] => list.map((value) => body.run({ ...scope, [variable]: value }));
  const over = (run: (scope: Scope, list: readonly unknown[]) => unknown): Evaluate => (scope) => {
    const list = of.run(scope);
    return Array.isArray(list) ? run(scope, list as unknown[]) : null;
  };
  switch (macro) {
    case 'exists':
      return { type: BOOLEAN, run: over((scope, list) => known(results(scope, list), true)) };
    case 'all':
      return { type: BOOLEAN, run: over((scope, list) => known(results(scope, list), false)) };
    case 'filter':
      return { type: of.type, run: over((scope, list) => list.filter((value) => body.run({ ...scope, [variable]: value }) === true)) };
    case 'map':
      return { type: { kind: 'list', of: body.type }, run: over(results) };
  }
}

/** Some result decides; without it the answer is unknown if any is. */
const known = (results: readonly unknown[], decisive: boolean): boolean | null => (results.includes(decisive) ? decisive : results.includes(null) ? null : !decisive);

function call(name: string, args: readonly Compiled[]): Compiled {
  const [first, second] = args as [Compiled, Compiled];
  const text = (run: (a: string, b: string) => unknown, type: ExpressionType): Compiled => ({
    type,
    run: (scope) => {
      const [a, b] = [first.run(scope), second === undefined ? '' : second.run(scope)];
      return a === null || b === null ? null : run(String(a as string), String(b as string));
    },
  });
  switch (name) {
    case 'size':
      return { type: NUMBER, run: (scope) => sizeOf(first.run(scope)) };
    case 'has':
      return { type: BOOLEAN, run: (scope) => first.run(scope) !== null };
    case 'contains':
      return text((a, b) => a.includes(b), BOOLEAN);
    case 'startsWith':
      return text((a, b) => a.startsWith(b), BOOLEAN);
    case 'endsWith':
      return text((a, b) => a.endsWith(b), BOOLEAN);
    case 'lowerAscii':
      return text((a) => a.replaceAll(/[A-Z]+/g, (s) => s.toLowerCase()), TEXT);
    case 'upperAscii':
      return text((a) => a.replaceAll(/[a-z]+/g, (s) => s.toUpperCase()), TEXT);
    case 'string':
      return text((a) => a, TEXT);
    case 'days':
      return text((a, b) => String(Math.round((Date.parse(b.slice(0, 10)) - Date.parse(a.slice(0, 10))) / 86_400_000)), NUMBER);
    case 'sum':
      return { type: NUMBER, run: (scope) => ((first.run(scope) as unknown[] | null) ?? []).reduce<string>((total, v) => addDecimal(total, decimalOf(v) ?? '0'), '0') };
    case 'round':
      return text((a, b) => roundDecimal(a, Number(b)), NUMBER);
    default:
      throw invalid(`there is no function "${name}"`);
  }
}

function sizeOf(value: unknown): string | null {
  if (Array.isArray(value)) return String(value.length);
  return typeof value === 'string' ? String([...value].length) : null;
}
