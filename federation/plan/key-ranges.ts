import type { AggregateQuery, Expr, Predicate, Query, Request } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { bareKey } from './bare-key.ts';
import { bareText } from './bare-text.ts';
import type { KeyRanges, KeySet, Parameter, ParameterWrite, RangedKeys, RangedSet } from './plan.ts';
import { both } from './predicates.ts';

/**
 * The way for filters whose keys are too many to hold: ranges of the key, one after the other, each with the keys that lie in it. For keys that stand in
 * both sources as they are, so that both have them in the same order, and for those that a crosswalk relates. For each key that is compared
 * so; none where what is asked cannot be put together from parts.
 */
export function planKeyRanges(request: Request, parameters: readonly Parameter[], rowsMax: number): KeyRanges[] {
  if (request.kind === 'batch' || !divisible(request)) return [];
  const { where } = request.query;
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const size = rowsMax - 1;
  const listed = (where ? listsIn(where) : []).flatMap(({ value, list }) => {
    const set = rangedSet(value, byName.get(list), size);
    return set ? [{ value: bare(value), set }] : [];
  });
  // A list that is compared with other keys too has to be whole there.
  const text = listed.length > 0 ? JSON.stringify(request) : '';
  return [...Map.groupBy(listed, ({ value }) => JSON.stringify(value)).values()].flatMap((here): KeyRanges[] => {
    const sets = [...Map.groupBy(here, ({ set }) => set.parameter)].flatMap(([name, same]) =>
      text.split(`"list":"${name}"`).length - 1 === same.length ? same.slice(0, 1) : [],
    );
    const [first] = sets;
    return first ? [rangesOf(request, first.value, { size, sets: sets.map(({ set }) => set) })] : [];
  });
}

function rangesOf(request: Extract<Request, { kind: 'rows' | 'aggregate' }>, value: Expr, { size, sets }: Pick<KeyRanges, 'size' | 'sets'>): KeyRanges {
  const type = typeOfExpr(value);
  const beyond = bound('gt', value, 'after', type);
  const upTo = bound('lte', value, 'upTo', type);
  const part = (range: Predicate): Request => partOf(request, range);
  return {
    size,
    keyType: type,
    sets,
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

function rangedSet(value: Expr, parameter: Parameter | undefined, size: number): RangedSet | undefined {
  const from = parameter?.from;
  if (!parameter || from?.kind !== 'keys' || from.request.kind !== 'aggregate' || (parameter.to.kind !== 'value' && parameter.to.kind !== 'local'))
    return undefined;
  const set = { parameter: parameter.name, to: parameter.to, keys: from as RangedKeys };
  const { keys, to } = set;
  const [key, ...more] = keys.request.query.by ?? [];
  if (!key) return undefined;
  if (to.kind === 'local' || keys.read.kind === 'local') {
    if (!ordered(typeOfExpr(bare(value)))) return undefined;
    return { kind: 'crossed', ...set, named: named(keys, key), within: { ...keys, request: amongKeys(keys, key) } };
  }
  // A key's rows must not be torn apart.
  if (more.length > 0 || asItIs(value) === undefined || asItIs(value) !== asItIs(key)) return undefined;
  return { kind: 'ordered', ...set, first: inOrder(keys, size), next: inOrder(keys, size, 'after') };
}

/** The hub has them in the order of the sources, and as the crosswalk writes them. */
const ordered = ({ kind }: PhysicalType): boolean => kind === 'text' || kind === 'integer' || kind === 'decimal';

function named({ read }: RangedKeys, key: Expr): ParameterWrite {
  if (read.kind === 'local') return { kind: 'local', entity: read.entity, source: read.source, type: typeOfExpr(key) };
  if (read.kind === 'wire') return { kind: 'scalar', scalar: read.scalar };
  throw new Error('unreachable: groups have no row keys');
}

function amongKeys({ request: { query } }: RangedKeys, key: Expr): Request & { readonly kind: 'aggregate' } {
  const among: Predicate = { kind: 'inList', value: bareKey(key) ?? key, list: 'keys', negated: false };
  return { kind: 'aggregate', query: { ...query, where: both(query.where, among) ?? among } };
}

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
