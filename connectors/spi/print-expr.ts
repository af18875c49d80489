import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expr, Measure, On, Order, Predicate, RowSet } from './ir.ts';

/** An expression on one line, for people: `scale(zje, 0.01)`, `case(zt = "9": null, else "PAID")`. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'column':
      return printName(expr.column);
    case 'literal':
      return printLiteral(expr.value, expr.type);
    case 'variable':
      return `$${expr.name}`;
    case 'jsonText':
      return `json(${printExpr(expr.value)}, ${printPath(expr.path)})`;
    case 'keep':
      return `keep(${printExpr(expr.value)}, ${expr.set})`;
    case 'replace':
      return `replace(${printExpr(expr.value)}, ${JSON.stringify(expr.from)}, ${JSON.stringify(expr.to)})`;
    case 'slice':
      return `slice(${printExpr(expr.value)}, ${expr.start}, ${expr.length})`;
    case 'part':
      return `part(${printExpr(expr.value)}, ${JSON.stringify(expr.separator)}, ${expr.index})`;
    case 'matching':
      return `matching(${printExpr(expr.value)}, /${expr.pattern}/)`;
    case 'extract':
      return `extract(${printExpr(expr.value)}, /${expr.pattern}/, ${expr.group})`;
    case 'rewrite':
      return `rewrite(${printExpr(expr.value)}, /${expr.pattern}/, ${expr.pieces.map((piece) => (typeof piece === 'string' ? JSON.stringify(piece) : `$${piece}`)).join(' ')})`;
    case 'concat':
    case 'coalesce':
      return `${expr.kind}(${list(expr.values)})`;
    case 'case': {
      const branches = expr.branches.map((branch) => `${printPredicate(branch.if)}: ${printExpr(branch.then)}`);
      return `case(${[...branches, ...(expr.else === undefined ? [] : [`else ${printExpr(expr.else)}`])].join(', ')})`;
    }
    case 'cast':
      return `cast(${printExpr(expr.value)}, ${printType(expr.type)})`;
    case 'scale':
      return `scale(${printExpr(expr.value)}, ${expr.factor})`;
    case 'arithmetic':
      return `(${printExpr(expr.left)} ${expr.op} ${printExpr(expr.right)})`;
    case 'parseDate':
      return `parseDate(${printExpr(expr.value)}, ${expr.formats.join(' | ')})`;
    case 'truncate':
      return `truncate(${printExpr(expr.value)}, ${expr.unit})`;
    case 'related': {
      const value = 'fn' in expr.value ? printMeasure(expr.value) : printExpr(expr.value);
      return `related(${value} of ${printRows(expr.rows)}${related(expr.on, expr.where)}${expr.orderBy ? ` order by ${printOrder(expr.orderBy)}` : ''})`;
    }
    default:
      return `${expr.kind}(${printExpr(expr.value)})`;
  }
}

const COMPARE = { eq: '=', ne: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** A predicate on one line; of nothing, `true` or `false`. */
export function printPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'and':
    case 'or': {
      const { predicates, kind } = predicate;
      if (predicates.length === 0) return String(kind === 'and');
      const parts = predicates.map((part) =>
        (part.kind === 'and' || part.kind === 'or') && part.predicates.length > 1 && part.kind !== kind ? `(${printPredicate(part)})` : printPredicate(part),
      );
      return parts.join(` ${kind} `);
    }
    case 'isNull':
      return `${printExpr(predicate.value)} is ${not(predicate.negated)}null`;
    case 'compare':
      return `${printExpr(predicate.left)} ${COMPARE[predicate.op]} ${printExpr(predicate.right)}`;
    case 'in':
      return `${printExpr(predicate.value)} ${not(predicate.negated)}in [${list(predicate.values)}]`;
    case 'inList':
      return `${printExpr(predicate.value)} ${not(predicate.negated)}in $${predicate.list}`;
    case 'text':
      return `${printExpr(predicate.value)} ${not(predicate.negated)}${predicate.op} ${printExpr(predicate.pattern)}`;
    case 'exists':
      return `${not(predicate.negated)}exists(${printRows(predicate.rows)}${related(predicate.on, predicate.where)})`;
  }
}

/** Where rows come from, on one line. */
export function printRows(rows: RowSet): string {
  switch (rows.kind) {
    case 'table':
      return rows.schema === undefined ? printName(rows.table) : `${printName(rows.schema)}.${printName(rows.table)}`;
    case 'union':
      return `union(${rows.branches.map((branch) => printRows(branch.rows) + named(branch.values)).join(', ')})`;
    case 'filter':
      return `filter(${printRows(rows.rows)} where ${printPredicate(rows.where)})`;
    case 'latest':
      return `latest(${printRows(rows.rows)} by ${list(rows.by)} order by ${printOrder(rows.orderBy)})`;
    case 'lookup':
      return `lookup(${printRows(rows.rows)}, ${printRows(rows.table)}${related(rows.on, undefined)}${named(rows.values)})`;
    case 'unpivot':
      return `unpivot(${printRows(rows.rows)}${rows.branches.map((branch) => `, ${branch.where ? `where ${printPredicate(branch.where)} ` : ''}${named(branch.values).trim()}`).join('')})`;
    case 'jsonRows':
      return `jsonRows(${printRows(rows.rows)}, ${printExpr(rows.value)}${rows.path.length > 0 ? `, ${printPath(rows.path)}` : ''} as ${printName(rows.element)})`;
    case 'splitRows':
      return `splitRows(${printRows(rows.rows)}, ${printExpr(rows.value)}, ${rows.separators.map((s) => JSON.stringify(s)).join(' ')} as ${printName(rows.part)})`;
    case 'extend':
      return `extend(${printRows(rows.rows)}${named(rows.values)})`;
    case 'grouped':
      return `grouped(${printRows(rows.rows)} by${named(rows.by)} measures {${rows.measures.map((m) => `${printName(m.as)}: ${printMeasure(m)}`).join(', ')}})`;
  }
}

export function printMeasure({ fn, value }: Measure): string {
  return value === undefined ? fn : `${fn}(${printExpr(value)})`;
}

/** Nulls are named only where they are not the smallest. */
export function printOrder(orders: readonly Order[]): string {
  return orders
    .map(({ value, direction, nulls }) => `${printExpr(value)} ${direction}${(nulls === 'first') === (direction === 'asc') ? '' : ` nulls ${nulls}`}`)
    .join(', ');
}

/** ` on xmdm = k0`; nothing where there is nothing to join by. */
export function printOn(on: On): string {
  if (on.length === 0) return '';
  return ` on ${on.map(({ outer, inner, distinct }) => `${printExpr(inner)} ${distinct ? '!=' : '='} outer ${printExpr(outer)}`).join(' and ')}`;
}

export function printType(type: PhysicalType): string {
  switch (type.kind) {
    case 'integer':
      return `integer${type.bits}`;
    case 'timestamp':
      return type.zoned ? 'timestamp with zone' : 'timestamp';
    default:
      return type.kind === 'other' ? type.native : type.kind;
  }
}

function printLiteral(value: string | number | boolean | null, type: PhysicalType): string {
  if (type.kind === 'integer' || type.kind === 'decimal' || value === null) return String(value);
  return type.kind === 'date' || type.kind === 'timestamp' ? `${type.kind} ${JSON.stringify(value)}` : JSON.stringify(value);
}

const printName = (name: string): string => (/^[\w\p{L}]+$/u.test(name) ? name : `"${name}"`);
const printPath = (path: readonly (string | number)[]): string => path.join('.');
const list = (values: readonly Expr[]): string => values.map(printExpr).join(', ');
const not = (negated: boolean): string => (negated ? 'not ' : '');
const related = (on: On, where: Predicate | undefined): string => `${printOn(on)}${where ? ` where ${printPredicate(where)}` : ''}`;
const named = (values: readonly { readonly as: string; readonly value: Expr }[]): string =>
  values.length === 0 ? '' : ` {${values.map(({ as, value }) => `${printName(as)}: ${printExpr(value)}`).join(', ')}}`;
