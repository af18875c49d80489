import type { Expr, Order, Predicate, Request } from '../spi/ir.ts';

/**
 * The same request in a form that indexes can serve. Mapped text is `case when x <> '' then x end`: a predicate on it is true where the guard holds and `x`
 * itself meets it, and where such a value must be present, rows are ordered by it as by `x`. Pure.
 */
export function simplify<T extends Request>(request: T): T {
  return visit(request, new WeakMap()) as T;
}

type Node = Readonly<Record<string, unknown>>;

function visit(node: unknown, known: WeakMap<object, unknown>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const seen = known.get(node);
  if (seen !== undefined) return seen;
  const made = Array.isArray(node) ? node.map((each) => visit(each, known)) : rewritten(node as Node, known);
  known.set(node, made);
  return made;
}

function rewritten(node: Node, known: WeakMap<object, unknown>): unknown {
  const inner: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) inner[key] = visit(value, known);
  // Orders of groups are over columns of their own.
  if (Array.isArray(node['orderBy']) && node['where'] !== undefined && node['measures'] === undefined) {
    const present = presentIn(node['where'] as Predicate);
    inner['orderBy'] = (node['orderBy'] as Order[]).map((order) => presentOrder(order, present) ?? (visit(order, known) as Order));
  }
  if (Array.isArray(node['by']) && node['where'] !== undefined) {
    const present = presentIn(node['where'] as Predicate);
    inner['by'] = (node['by'] as Expr[]).map((value) =>
      present.has(JSON.stringify(value)) ? (visit(guardOf(value)?.then ?? value, known) as Expr) : visit(value, known),
    );
  }
  if (node['kind'] === 'and') return conjunction(inner['predicates'] as readonly Predicate[]);
  return isPredicate(node) ? unguarded(inner as unknown as Predicate) : inner;
}

/** Each condition once: several of mapped text ask alike whether it is there. */
function conjunction(predicates: readonly Predicate[]): Predicate {
  const flat = predicates.flatMap((each) => (each.kind === 'and' ? each.predicates : [each]));
  const different = new Map(flat.map((each) => [JSON.stringify(each), each]));
  return different.size === 1 ? (flat[0] as Predicate) : { kind: 'and', predicates: [...different.values()] };
}

function isPredicate(node: Node): boolean {
  switch (node['kind']) {
    case 'compare':
    case 'in':
    case 'inList':
      return true;
    case 'isNull':
      return node['negated'] === true;
    case 'text': // also the name of a type
      return node['pattern'] !== undefined;
    default:
      return false;
  }
}

export interface Guard {
  readonly if: Predicate;
  readonly then: Expr;
}

/** A value that is there only where its guard holds. */
export function guardOf(expr: Expr): Guard | undefined {
  return expr.kind === 'case' && expr.branches.length === 1 && expr.else === undefined ? expr.branches[0] : undefined;
}

function unguarded(predicate: Predicate): Predicate {
  switch (predicate.kind) {
    case 'compare': {
      const [left, right] = [guardOf(predicate.left), guardOf(predicate.right)];
      if (!left && !right) return predicate;
      return all([left?.if, right?.if, { ...predicate, left: left?.then ?? predicate.left, right: right?.then ?? predicate.right }]);
    }
    case 'isNull': {
      const guard = guardOf(predicate.value);
      if (!guard) return predicate;
      return impliesPresent(guard.if, guard.then) ? guard.if : all([guard.if, { ...predicate, value: guard.then }]);
    }
    case 'in':
    case 'inList':
    case 'text': {
      const guard = guardOf(predicate.value);
      return guard ? all([guard.if, { ...predicate, value: guard.then }]) : predicate;
    }
    default:
      return predicate;
  }
}

/** What is compared and found true is no null. */
function impliesPresent(predicate: Predicate, value: Expr): boolean {
  return predicate.kind === 'compare' && JSON.stringify(predicate.left) === JSON.stringify(value);
}

function all(predicates: readonly (Predicate | undefined)[]): Predicate {
  return conjunction(predicates.filter((each) => each !== undefined));
}

/** Values that are not null in any row that meets the predicate, as text. */
function presentIn(where: Predicate): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (predicate: Predicate): void => {
    if (predicate.kind === 'and') predicate.predicates.forEach(add);
    else if (predicate.kind === 'isNull' && predicate.negated) found.add(JSON.stringify(predicate.value));
    else if (predicate.kind === 'compare') [predicate.left, predicate.right].forEach((each) => found.add(JSON.stringify(each)));
  };
  add(where);
  return found;
}

function presentOrder(order: Order, present: ReadonlySet<string>): Order | undefined {
  if (!present.has(JSON.stringify(order.value))) return undefined;
  return { ...order, value: guardOf(order.value)?.then ?? order.value, present: true };
}
