import { HubError } from '../../schema/errors/hub-error.ts';

/** A CEL expression as a small tree of our own: what the hub evaluates, and, where it can, hands to a source. */
export type Expression =
  | { readonly op: 'literal'; readonly value: string | boolean | null; readonly numeric: boolean } // numbers as plain decimal text
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'member'; readonly of: Expression; readonly name: string }
  | { readonly op: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'not' | 'negate'; readonly of: Expression }
  | { readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'choose'; readonly if: Expression; readonly then: Expression; readonly else: Expression }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly op: 'each'; readonly macro: Macro; readonly of: Expression; readonly variable: string; readonly body: Expression };

export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Calculation = '+' | '-' | '*' | '/';
export type BinaryOperator = 'and' | 'or' | 'in' | CompareOperator | Calculation;
export type Macro = 'exists' | 'all' | 'filter' | 'map';

/** `a.b.c` when the expression is nothing but a name and members of it. */
export function pathOf(e: Expression): string | undefined {
  if (e.op === 'name') return e.name;
  const of = e.op === 'member' ? pathOf(e.of) : undefined;
  return of === undefined || e.op !== 'member' ? undefined : `${of}.${e.name}`;
}

/** Names that the expression reads from outside, each once; members with their path: `location.longitude`. */
export function expressionNames(expression: Expression): string[] {
  const names = new Set<string>();
  const walk = (e: Expression, bound: ReadonlySet<string>): void => {
    const path = pathOf(e);
    if (path !== undefined) {
      if (!bound.has(path.split('.', 1)[0] ?? '')) names.add(path);
    } else if (e.op === 'each') {
      walk(e.of, bound);
      walk(e.body, new Set([...bound, e.variable]));
    } else {
      for (const child of childrenOf(e)) walk(child, bound);
    }
  };
  walk(expression, new Set());
  return [...names];
}

export function childrenOf(e: Expression): readonly Expression[] {
  switch (e.op) {
    case 'literal':
    case 'name':
      return [];
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
    case 'each':
      return [e.of, e.body];
    default:
      return [e.left, e.right];
  }
}

export const isNullLiteral = (e: Expression): boolean => e.op === 'literal' && e.value === null;

export const invalid = (message: string): HubError => new HubError('MAPPING_INVALID', message);
