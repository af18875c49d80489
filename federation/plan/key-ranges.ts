import type { AggregateQuery, Expr, Predicate, Query, Request } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { bareText } from './bare-text.ts';
import type { KeyRanges, KeySet, KeyWrite, Parameter } from './plan.ts';
import { both } from './predicates.ts';

/**
 * The way for filters whose keys are too many to hold: ranges of the key, one after the other, each with the keys that lie in it. For keys that stand in
 * both sources as they are, so that both have them in the same order. Undefined where there are none, or where what is asked cannot be put together from
 * parts.
 */
export function planKeyRanges(request: Request, parameters: readonly Parameter[], rowsMax: number): KeyRanges | undefined {
  if (request.kind === 'batch' || !divisible(request)) return undefined;
  const { where } = request.query;
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const listed = (where ? listsIn(where) : []).flatMap(({ value, list }) => rangedSet(value, byName.get(list)));
  const [first] = listed;
  if (!first) return undefined;
  const value = bare(first.value);
  const sets = listed.filter((each) => JSON.stringify(bare(each.value)) === JSON.stringify(value));
  const type = typeOfExpr(value);
  const size = rowsMax - 1;
  const beyond = bound('gt', value, 'after', type);
  const upTo = bound('lte', value, 'upTo', type);
  const part = (range: Predicate): Request => partOf(request, range);
  return {
    size,
    keyType: type,
    sets: sets.map(({ parameter, to, keys }) => ({ parameter, to, keys, first: inOrder(keys, size), next: inOrder(keys, size, 'after') })),
    // A row without a key is below all keys.
    requests: {
      first: part({ kind: 'or', predicates: [{ kind: 'isNull', value, negated: false }, upTo] }),
      middle: part({ kind: 'and', predicates: [beyond, upTo] }),
      last: part(beyond),
    },
  };
}

/** Counts, sums and ends of parts add up; how many values differ cannot be told from parts. */
function divisible(request: Extract<Request, { kind: 'rows' | 'aggregate' }>): boolean {
  if (request.kind === 'rows') return request.query.orderBy.every(({ value }) => comparable(typeOfExpr(value)));
  const { by = [], measures } = request.query;
  return by.every((key) => comparable(typeOfExpr(key))) && measures.every((measure) => measure.fn !== 'countDistinct' && comparable(typeOfMeasure(measure)));
}

/** The hub has an order for it, that of the sources. */
const comparable = (type: PhysicalType): boolean =>
  ['text', 'integer', 'decimal', 'float', 'boolean', 'date', 'uuid'].includes(type.kind) || (type.kind === 'timestamp' && type.zoned);

interface Listed {
  readonly value: Expr;
  readonly list: string;
}

function listsIn(predicate: Predicate): Listed[] {
  if (predicate.kind === 'and' || predicate.kind === 'or') return predicate.predicates.flatMap(listsIn);
  return predicate.kind === 'inList' ? [predicate] : [];
}

interface RangedSet {
  readonly value: Expr;
  readonly parameter: string;
  readonly to: KeyWrite;
  readonly keys: RangedKeys;
}

function rangedSet(value: Expr, parameter: Parameter | undefined): RangedSet[] {
  const from = parameter?.from;
  if (!parameter || from?.kind !== 'keys' || from.request.kind !== 'aggregate' || from.read.kind !== 'wire' || parameter.to.kind !== 'value') return [];
  const [key, ...more] = from.request.query.by ?? [];
  // A key's rows must not be torn apart.
  const same = key && more.length === 0 && asItIs(value) !== undefined && asItIs(value) === asItIs(key);
  return same ? [{ value, parameter: parameter.name, to: parameter.to, keys: from as RangedKeys }] : [];
}

type RangedKeys = KeyRanges['sets'][number]['keys'];

/** Empty text, which is no key, is below all keys. */
const bare = (key: Expr): Expr => bareText(key) ?? key;

/** A column whose values are the keys themselves, and how they are ordered. */
function asItIs(key: Expr): string | undefined {
  const value = bare(key);
  if (value.kind !== 'column') return undefined;
  if (value.type.kind === 'integer') return `integer of ${value.type.bits} bits`;
  return value.type.kind === 'text' && value.type.padded !== true ? 'text' : undefined;
}

function inOrder(keys: RangedKeys, size: number, after?: string): KeySet {
  const { query } = keys.request;
  const [key] = query.by as readonly [Expr];
  const type = typeOfExpr(key);
  const where = after === undefined ? query.where : both(query.where, bound('gt', bare(key), after, type));
  const ordered: AggregateQuery = {
    ...query,
    ...(where ? { where } : {}),
    orderBy: [{ value: { kind: 'column', column: 'k0', type }, direction: 'asc', nulls: 'first' }],
    limit: size + 1,
  };
  return { ...keys, request: { kind: 'aggregate', query: ordered } };
}

const bound = (op: 'gt' | 'lte', left: Expr, name: string, type: PhysicalType): Predicate => ({
  kind: 'compare',
  op,
  left,
  right: { kind: 'variable', name, type },
});

/** What is cut or chosen among all is cut and chosen when the parts are together. */
function partOf(request: Extract<Request, { kind: 'rows' | 'aggregate' }>, range: Predicate): Request {
  const where = both(request.query.where, range) ?? range;
  if (request.kind === 'aggregate') {
    const { rows, by, measures } = request.query;
    return { kind: 'aggregate', query: { rows, where, ...(by ? { by } : {}), measures } };
  }
  const { offset = 0, limit, ...query } = request.query;
  const part: Query = {
    ...query,
    where,
    columns: [...query.columns, ...query.orderBy.map(({ value }) => value)],
    ...(limit === undefined ? {} : { limit: limit + offset }),
  };
  return { kind: 'rows', query: part };
}
