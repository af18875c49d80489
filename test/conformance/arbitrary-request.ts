/** Random requests over the fixture. Every list is ordered by a key at last, so that there is one right answer. */
import fc from 'fast-check';
import type { AggregateQuery, Bindings, Child, ColumnDef, Expr, Measure, Order, Predicate, Query, Request, RowSet } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import { arbitraryDecimal, arbitraryPredicate, arbitraryText, arbitraryValue, LISTS, type Surroundings } from './arbitrary-expr.ts';
import { asc, col, DECIMAL, desc, INT, isNull, JSON_TYPE, lit, named, TEXT, type Tables } from './builders.ts';
import { payments } from './row-set-cases.ts';

/** Rows to choose from, with what is visible of them and what identifies one. */
interface Source {
  readonly rows: RowSet;
  readonly around: Surroundings;
  readonly key: readonly Expr[];
  /** Joins it to the rows around it: an expression of small integers. */
  readonly link?: Expr;
}

export interface RandomRequest {
  readonly request: Request;
  readonly bindings: Bindings;
}

type Column = Expr & { readonly kind: 'column' };

export function arbitraryRequest(t: Tables): fc.Arbitrary<RandomRequest> {
  const sources = sourcesOf(t);
  const source = fc.constantFrom(...sources).chain((base) => refined(base));
  const bindings: Bindings = { lists: LISTS };
  const linked = sources.filter((candidate) => candidate.link !== undefined);
  const child = (outer: Expr, depth: number): fc.Arbitrary<Child> =>
    fc
      .constantFrom(...linked)
      .chain((base) => refined(base))
      .chain((inner) => arbitraryChild(inner, outer, depth, child));

  const rows = source.chain((base) =>
    fc
      .tuple(arbitraryQuery(base), base.link === undefined ? fc.constant([]) : fc.array(child(base.link, 1), { maxLength: 2 }))
      .map(([query, children]): Request => ({ kind: 'rows', query: { ...query, children } })),
  );
  const aggregate = source.chain(arbitraryAggregate).map((query): Request => ({ kind: 'aggregate', query }));
  const batch = fc.array(child(col('k0', INT), 1), { minLength: 1, maxLength: 3 }).map((children): Request => ({ kind: 'batch', keys: KEYS, children }));
  const keys = fc
    .array(fc.tuple(fc.nat(5), fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null))), { maxLength: 8 })
    .map((tuples) => [...tuples].sort(([a], [b]) => a - b));
  return fc.oneof(
    { weight: 4, arbitrary: rows.map((request) => ({ request, bindings })) },
    { weight: 2, arbitrary: aggregate.map((request) => ({ request, bindings })) },
    { weight: 2, arbitrary: fc.tuple(batch, keys).map(([request, tuples]) => ({ request, bindings: { ...bindings, keys: tuples } })) },
    {
      weight: 1,
      arbitrary: fc.tuple(batch, keys).map(([request, tuples]) => ({
        request: { ...request, single: true } as Request,
        bindings: { ...bindings, keys: tuples.filter(([ordinal], i) => ordinal !== tuples[i - 1]?.[0]) },
      })),
    },
  );
}

const KEYS: readonly ColumnDef[] = [{ name: 'k0', type: INT }];

function sourcesOf(t: Tables): Source[] {
  const all = (table: string): Column[] => t.rows(table).columns.map((column) => t.column(table, column.name));
  const p = (name: string): Column => t.column('people', name);
  const related = [{ outer: p('id'), inner: t.column('orders', 'person_id'), rows: t.rows('orders'), columns: all('orders') }];
  const people = { columns: all('people').filter((column) => column.type.kind !== 'float'), related };
  const only = (around: Surroundings, ...more: Column[]): Surroundings => ({ ...around, columns: [...around.columns, ...more] });
  const made = (name: string, type: Column['type']): Column => ({ kind: 'column', column: name, type });
  const v = (name: string): Column => t.column('versions', name);
  const o = (name: string): Column => t.column('orders', name);
  const word = t.column('dictionary', 'word');
  const paymentRows = payments(t);
  return [
    { rows: t.rows('people'), around: people, key: [p('id')], link: p('id') },
    { rows: t.rows('people'), around: people, key: [p('id')], link: p('rank') },
    { rows: t.rows('orders'), around: { columns: all('orders') }, key: [o('id')], link: o('person_id') },
    { rows: t.rows('lines'), around: { columns: all('lines') }, key: [t.column('lines', 'id')], link: t.column('lines', 'order_id') },
    { rows: t.rows('nothing'), around: { columns: all('nothing') }, key: [t.column('nothing', 'id')] },
    {
      rows: { kind: 'latest', rows: t.rows('versions'), by: [v('item')], orderBy: [desc(v('version')), asc(v('row'))] },
      around: { columns: all('versions') },
      key: [v('row')],
      link: v('version'),
    },
    {
      rows: paymentRows,
      around: { columns: paymentRows.kind === 'union' ? paymentRows.columns.map((column) => made(column.name, column.type)) : [] },
      key: [made('pay', INT), made('year', TEXT)],
      link: made('pay', INT),
    },
    {
      rows: {
        kind: 'lookup',
        rows: t.rows('people'),
        table: t.rows('dictionary'),
        on: [{ outer: p('kind'), inner: word }],
        values: [named('label', t.column('dictionary', 'label')), named('entry', t.column('dictionary', 'entry'))],
        orderBy: [desc(t.column('dictionary', 'entry'))],
      },
      around: only(people, made('label', TEXT), made('entry', INT)),
      key: [p('id')],
      link: p('id'),
    },
    {
      rows: {
        kind: 'unpivot',
        rows: t.rows('people'),
        branches: [
          { where: isNull(p('rank'), true), values: [named('what', lit('rank')), named('number', { kind: 'cast', value: p('rank'), type: DECIMAL })] },
          { values: [named('what', lit('fee')), named('number', p('fee'))] },
        ],
      },
      around: only(people, made('what', TEXT), made('number', DECIMAL)),
      key: [p('id'), made('what', TEXT)],
      link: p('id'),
    },
    {
      rows: { kind: 'jsonRows', rows: t.rows('people'), value: p('extra'), path: ['tags'], element: 'element', ordinal: 'place' },
      around: { columns: [p('id'), p('name'), made('element', JSON_TYPE), made('place', INT)] },
      key: [p('id'), made('place', INT)],
      link: p('id'),
    },
    {
      rows: { kind: 'splitRows', rows: t.rows('people'), value: p('raw'), separators: [',', ';', '-', '；'], part: 'piece', ordinal: 'place' },
      around: only(people, made('piece', TEXT), made('place', INT)),
      key: [p('id'), made('place', INT)],
      link: p('id'),
    },
    {
      rows: {
        kind: 'grouped',
        rows: t.rows('orders'),
        by: [named('who', o('person_id')), named('colour', o('tag'))],
        measures: [
          { fn: 'count', as: 'n' },
          { fn: 'sum', value: o('amount'), as: 'total' },
          { fn: 'max', value: o('placed'), as: 'newest' },
        ],
      },
      around: { columns: [made('who', o('person_id').type), made('colour', TEXT), made('n', INT), made('total', DECIMAL), made('newest', o('placed').type)] },
      key: [made('who', o('person_id').type), made('colour', TEXT)],
      link: made('who', o('person_id').type),
    },
  ];
}

/** The source itself, or with a filter or computed columns on top. */
function refined(base: Source): fc.Arbitrary<Source> {
  const filtered = arbitraryPredicate(base.around, 1).map((where): Source => ({ ...base, rows: { kind: 'filter', rows: base.rows, where } }));
  const extended = fc.tuple(arbitraryText(base.around, 2), arbitraryDecimal(base.around, 2)).map(([text, number]): Source => ({
    ...base,
    rows: { kind: 'extend', rows: base.rows, values: [named('made text', text), named('made number', number)] },
    around: {
      ...base.around,
      columns: [...base.around.columns, { kind: 'column', column: 'made text', type: TEXT }, { kind: 'column', column: 'made number', type: DECIMAL }],
    },
  }));
  return fc.oneof({ weight: 3, arbitrary: fc.constant(base) }, { weight: 1, arbitrary: filtered }, { weight: 1, arbitrary: extended });
}

function arbitraryOrders(around: Surroundings): fc.Arbitrary<Order[]> {
  const order = fc.tuple(arbitraryValue(around, 1), fc.constantFrom('asc' as const, 'desc' as const), fc.constantFrom('first' as const, 'last' as const));
  return fc.array(
    order.map(([value, direction, nulls]) => ({ value, direction, nulls })),
    { maxLength: 2 },
  );
}

function optional<K extends string, T>(name: K, value: fc.Arbitrary<T>): fc.Arbitrary<{ [P in K]?: T }> {
  return fc.option(value, { nil: undefined }).map((chosen) => (chosen === undefined ? {} : { [name]: chosen }) as { [P in K]?: T });
}

const limits = fc.tuple(optional('limit', fc.nat(12)), optional('offset', fc.nat(4))).map(([limit, offset]) => ({ ...limit, ...offset }));

function arbitraryQuery({ rows, around, key }: Source): fc.Arbitrary<Query> {
  const columns = fc.array(arbitraryValue(around, 2), { minLength: 1, maxLength: 3 });
  return fc
    .tuple(columns, optional<'where', Predicate>('where', arbitraryPredicate(around, 2)), arbitraryOrders(around), limits)
    .map(([values, where, orders, page]): Query => ({
      rows,
      columns: [...key, ...values],
      ...where,
      orderBy: [...orders, ...key.map(asc)],
      ...page,
      children: [],
    }));
}

function arbitraryMeasure(around: Surroundings): fc.Arbitrary<Measure> {
  const value = arbitraryValue(around, 1);
  return fc.oneof(
    fc.constant<Measure>({ fn: 'count' }),
    fc.tuple(fc.constantFrom('count' as const, 'countDistinct' as const), value).map(([fn, expr]): Measure => ({ fn, value: expr })),
    fc
      .tuple(
        fc.constantFrom('min' as const, 'max' as const),
        value.filter((expr) => typeOfExpr(expr).kind !== 'boolean'),
      )
      .map(([fn, expr]): Measure => ({ fn, value: expr })),
    arbitraryDecimal(around, 1).map((expr): Measure => ({ fn: 'sum', value: expr })),
  );
}

function arbitraryAggregate({ rows, around }: Source): fc.Arbitrary<AggregateQuery> {
  const parts = fc.tuple(
    fc.array(arbitraryMeasure(around), { minLength: 1, maxLength: 3 }),
    fc.array(arbitraryValue(around, 1), { maxLength: 2 }),
    optional<'where', Predicate>('where', arbitraryPredicate(around, 1)),
    limits,
  );
  return parts.chain(([measures, by, where, page]) => {
    if (by.length === 0) return fc.constant<AggregateQuery>({ rows, measures, ...where });
    const keys = by.map((expr, index): Column => ({ kind: 'column', column: `k${index}`, type: typeOfExpr(expr) }));
    const results = measures.map((measure, index): Column => ({ kind: 'column', column: `m${index}`, type: typeOfMeasure(measure) }));
    const visible: Surroundings = { columns: [...keys, ...results] };
    return fc.tuple(optional<'having', Predicate>('having', arbitraryPredicate(visible, 0)), fc.boolean()).map(([having, byMeasure]): AggregateQuery => ({
      rows,
      measures,
      by,
      ...where,
      ...having,
      orderBy: [...(byMeasure ? [desc(results[0]!)] : []), ...keys.map(asc)],
      ...page,
    }));
  });
}

function arbitraryChild(inner: Source, outer: Expr, depth: number, next: (outer: Expr, depth: number) => fc.Arbitrary<Child>): fc.Arbitrary<Child> {
  const on = [{ outer, inner: inner.link! }];
  const children = depth === 0 ? fc.constant([]) : fc.array(next(inner.link!, depth - 1), { maxLength: 1 });
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('many' as const, 'one' as const), arbitraryQuery(inner), children)
      .map(([kind, query, nested]): Child => ({ kind, on, query: { ...query, children: nested } })),
    fc.tuple(arbitraryAggregate(inner)).map(([query]): Child => ({ kind: query.by === undefined ? 'aggregate' : 'groups', on, query })),
  );
}
