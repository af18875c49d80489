import { parse } from '@marcbachmann/cel-js';
import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { invalid, type BinaryOperator, type Expression, type Macro } from './expression.ts';
import { FUNCTIONS } from './functions.ts';

export const MAX_EXPRESSION_LENGTH = 4_000;
/** Operators, calls, members and parts of `a ? b : c` inside one another; a chain `a + b + c` counts each operator. */
export const MAX_EXPRESSION_DEPTH = 100;

const MACROS: ReadonlySet<string> = new Set<Macro>(['exists', 'all', 'filter', 'map']);
const BINARY: ReadonlyMap<string, BinaryOperator> = new Map([
  ['&&', 'and'],
  ['||', 'or'],
  ...(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', 'in'] as const).map((op) => [op, op] as const),
]);

const known = new Map<string, Expression>();
const KNOWN_MAX = 2_000;

/**
 * Parses CEL. Supported: literals, names, `.`, `[]`, lists, `! - && || == != < <= > >= + - * / in ?:`, the macros `exists all filter map`, and `FUNCTIONS`.
 * @throws {HubError} MAPPING_INVALID with what is wrong
 * @see https://github.com/google/cel-spec
 */
export function parseExpression(text: string): Expression {
  const found = known.get(text);
  if (found) return found;
  if (text.length > MAX_EXPRESSION_LENGTH) throw invalid(`the expression has ${text.length} characters; at most ${MAX_EXPRESSION_LENGTH} are allowed`);
  const expression = convert(read(text), 1);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(text, expression);
  return expression;
}

/** A node of the library's tree. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly input: string;
  readonly start: number;
  readonly end: number;
}

function read(text: string): Node {
  try {
    return parse(text).ast as Node;
  } catch (error) {
    const { code, summary, range } = error as { code?: unknown; summary?: unknown; range?: { start?: unknown } };
    if (code === 'limit_exceeded') throw tooDeep();
    const what = typeof summary === 'string' ? summary.slice(0, 120) : 'it is no CEL';
    throw invalid(`the expression cannot be read: ${what}${typeof range?.start === 'number' ? `, at character ${range.start + 1}` : ''}`);
  }
}

const tooDeep = (): Error => invalid(`the expression nests deeper than ${MAX_EXPRESSION_DEPTH} levels; split it`);

function convert(node: Node, depth: number): Expression {
  if (depth > MAX_EXPRESSION_DEPTH) throw tooDeep();
  const inner = (child: unknown): Expression => convert(child as Node, depth + 1);
  const list = node.args as unknown[];
  const binary = BINARY.get(node.op);
  if (binary) return { op: binary, left: inner(list[0]), right: inner(list[1]) };
  switch (node.op) {
    case 'value':
      return literal(node);
    case 'id':
      return { op: 'name', name: node.args as string };
    case '.':
      return { op: 'member', of: inner(list[0]), name: list[1] as string };
    case '[]':
      return { op: 'index', of: inner(list[0]), index: inner(list[1]) };
    case 'list':
      return { op: 'list', items: list.map(inner) };
    case '!_':
      return { op: 'not', of: inner(node.args) };
    case '-_':
      return { op: 'negate', of: inner(node.args) };
    case '?:':
      return { op: 'choose', if: inner(list[0]), then: inner(list[1]), else: inner(list[2]) };
    case 'call':
      return call(list[0] as string, (list[1] as unknown[]).map(inner));
    case 'rcall': {
      const [method, receiver, rest] = list as [string, unknown, unknown[]];
      if (!MACROS.has(method)) return call(method, [inner(receiver), ...rest.map(inner)]);
      const [variable, body] = rest.map(inner);
      if (variable?.op !== 'name' || !body || rest.length !== 2) throw invalid(`${method} takes a name and an expression: list.${method}(x, …)`);
      return { op: 'each', macro: method as Macro, of: inner(receiver), variable: variable.name, body };
    }
    default:
      throw invalid(`"${node.op}" is not supported in expressions`);
  }
}

function literal({ args: value, input, start, end }: Node): Expression {
  // The digits as written: a double would lose some.
  if (typeof value === 'number') return number(normalizeDecimal(input.slice(start, end)) ?? decimalOfNumber(value));
  if (typeof value === 'bigint') return number(String(value));
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return { op: 'literal', value, numeric: false };
  throw invalid('only numbers, texts, booleans and null can stand in an expression');
}

const number = (value: string | null): Expression => ({ op: 'literal', value, numeric: true });

function call(method: string, args: readonly Expression[]): Expression {
  const wanted = FUNCTIONS.get(method)?.parameters.length;
  if (wanted === undefined) {
    const macro = MACROS.has(method) ? `${method} follows a list: list.${method}(x, …)` : suggestion(method, [...FUNCTIONS.keys(), ...MACROS]);
    throw invalid(`there is no function "${method}"; ${macro}`);
  }
  if (args.length !== wanted) throw invalid(`${method} takes ${wanted} value${wanted === 1 ? '' : 's'}, not ${args.length}`);
  return { op: 'call', name: method, args };
}
