import { parse, type ASTNode } from '@marcbachmann/cel-js';
import { HubError } from '../../schema/errors/hub-error.ts';

/** A CEL expression as a small tree of our own: what the hub evaluates, and, where it can, hands to a source. */
export type Expression =
  | { readonly op: 'literal'; readonly value: string | boolean | null; readonly numeric: boolean }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'member'; readonly of: Expression; readonly name: string }
  | { readonly op: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'not' | 'negate'; readonly of: Expression }
  | { readonly op: 'and' | 'or' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | 'in'; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'choose'; readonly if: Expression; readonly then: Expression; readonly else: Expression }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly op: 'each'; readonly macro: Macro; readonly of: Expression; readonly variable: string; readonly body: Expression };

export type Macro = 'exists' | 'all' | 'filter' | 'map';
const MACROS: ReadonlySet<string> = new Set<Macro>(['exists', 'all', 'filter', 'map']);
const BINARY: Readonly<Record<string, Extract<Expression, { left: Expression }>['op']>> = {
  '&&': 'and', '||': 'or', '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=', '+': '+', '-': '-', '*': '*', '/': '/', in: 'in',
};
/** Function → number of arguments (for methods the receiver is the first). */
export const FUNCTIONS: Readonly<Record<string, number>> = { size: 1, has: 1, contains: 2, startsWith: 2, endsWith: 2, days: 2, sum: 1, string: 1, round: 2, lowerAscii: 1, upperAscii: 1 };

const MAX_LENGTH = 4_000;
const known = new Map<string, Expression>();
const KNOWN_MAX = 2_000;

/**
 * Parses CEL. Supported: literals, names, `.`, `[]`, lists, `! - && || == != < <= > >= + - * / in ?:`, `exists all filter map`, and the functions above.
 * @throws {HubError} MAPPING_INVALID with what is wrong
 * @see https://github.com/google/cel-spec
 */
export function parseExpression(text: string): Expression {
  const found = known.get(text);
  if (found) return found;
  if (text.length > MAX_LENGTH) throw invalid(`the expression is longer than ${MAX_LENGTH} characters`);
  let ast: ASTNode;
  try {
    ast = parse(text).ast;
  } catch (error) {
    throw invalid(`the expression cannot be read: ${(error instanceof Error ? error.message : '').split('\n')[0] ?? ''}`);
  }
  const expression = convert(ast);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(text, expression);
  return expression;
}

interface Node {
  readonly op: string;
  readonly args: unknown;
}

function convert(ast: unknown): Expression {
  const { op, args } = ast as Node;
  const list = args as unknown[];
  const binary = BINARY[op];
  if (binary) return { op: binary, left: convert(list[0]), right: convert(list[1]) };
  switch (op) {
    case 'value':
      return literal(args);
    case 'id':
      return { op: 'name', name: args as string };
    case '.':
      return { op: 'member', of: convert(list[0]), name: list[1] as string };
    case '[]':
      return { op: 'index', of: convert(list[0]), index: convert(list[1]) };
    case 'list':
      return { op: 'list', items: list.map(convert) };
    case '!_':
      return { op: 'not', of: convert(args) };
    case '-_':
      return { op: 'negate', of: convert(args) };
    case '?:':
      return { op: 'choose', if: convert(list[0]), then: convert(list[1]), else: convert(list[2]) };
    case 'call':
      return call(list[0] as string, (list[1] as unknown[]).map(convert));
    case 'rcall': {
      const [name, receiver, rest] = list as [string, unknown, unknown[]];
      if (!MACROS.has(name)) return call(name, [convert(receiver), ...rest.map(convert)]);
      const [variable, body] = rest.map(convert);
      if (variable?.op !== 'name' || !body) throw invalid(`${name} takes a name and a condition: list.${name}(x, …)`);
      return { op: 'each', macro: name as Macro, of: convert(receiver), variable: variable.name, body };
    }
    default:
      throw invalid(`"${op}" is not supported in expressions`);
  }
}

function literal(value: unknown): Expression {
  if (typeof value === 'bigint' || typeof value === 'number') return { op: 'literal', value: String(value), numeric: true };
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return { op: 'literal', value, numeric: false };
  throw invalid('only numbers, texts, booleans and null can stand in an expression');
}

function call(name: string, args: readonly Expression[]): Expression {
  const wanted = FUNCTIONS[name];
  if (wanted === undefined) throw invalid(`there is no function "${name}"; there are ${Object.keys(FUNCTIONS).join(', ')}`);
  if (args.length !== wanted) throw invalid(`${name} takes ${wanted} value${wanted === 1 ? '' : 's'}, not ${args.length}`);
  return { op: 'call', name, args };
}

/** Names that the expression reads from outside, each once. */
export function expressionNames(expression: Expression): string[] {
  const names = new Set<string>();
  const walk = (e: Expression, bound: ReadonlySet<string>): void => {
    switch (e.op) {
      case 'name':
        if (!bound.has(e.name)) names.add(e.name);
        return;
      case 'literal':
        return;
      case 'each':
        walk(e.of, bound);
        walk(e.body, new Set([...bound, e.variable]));
        return;
      default:
        for (const child of children(e)) walk(child, bound);
    }
  };
  walk(expression, new Set());
  return [...names];
}

function children(e: Exclude<Expression, { op: 'name' | 'literal' | 'each' }>): readonly Expression[] {
  switch (e.op) {
    case 'member':
    case 'not':
    case 'negate':
      return [e.of];
    case 'index':
      return [e.of, e.index];
    case 'list':
      return e.items;
    case 'choose':
      return [e.if, e.then, e.else];
    case 'call':
      return e.args;
    default:
      return [e.left, e.right];
  }
}

export const invalid = (message: string): HubError => new HubError('MAPPING_INVALID', message);
