/** Random questions over the merged model: a small tree, printed as GraphQL here and as SQL by `merged-sql.ts`. */
import { mergedType, mergedTypes, type Kind, type MergedCheck, type MergedField, type MergedType } from './merged-model.ts';
import type { Random } from './random-operation.ts';

export type Literal = string | number | boolean;
export type Test = readonly [op: string, operand: Literal | readonly Literal[]];

export type Where =
  | { readonly kind: 'and' | 'or' | 'all'; readonly parts: readonly Where[] }
  | { readonly kind: 'not'; readonly part: Where }
  | { readonly kind: 'field'; readonly field: MergedField; readonly tests: readonly Test[] }
  | { readonly kind: 'one'; readonly relation: string; readonly where: Where }
  | { readonly kind: 'many'; readonly relation: string; readonly quantifiers: readonly (readonly ['some' | 'every' | 'none', Where])[] }
  | { readonly kind: 'checks'; readonly quantifier: 'some' | 'none'; readonly checks: readonly MergedCheck[]; readonly failed: boolean }
  | { readonly kind: 'measure'; readonly relation: string; readonly measures: readonly MeasureTest[] };

export interface Measure {
  readonly fn: 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';
  /** Absent for `count`. */
  readonly field?: MergedField;
}
export interface MeasureTest extends Measure {
  readonly tests: readonly Test[];
}

/** By a value of the row, of what its to-one relations lead to, or measured over a to-many relation there. */
export interface OrderStep {
  readonly through: readonly string[];
  readonly by: { readonly field: MergedField } | { readonly relation: string; readonly measure: Measure };
  readonly direction: string;
}

export interface ListAsk {
  readonly where?: Where;
  readonly orderBy: readonly OrderStep[];
  readonly first: number;
  readonly offset: number;
  /** A page of a walk: after this cursor, or from the start. */
  readonly walk?: { readonly after?: string };
  readonly nodes: EntityAsk;
  readonly totalCount: boolean;
  readonly measures: readonly Measure[];
  readonly groups?: GroupsAsk;
}

export interface GroupsAsk {
  readonly by: readonly GroupBy[];
  readonly where?: Where;
  readonly having: readonly MeasureTest[];
  readonly orderBy?: { readonly measure: Measure; readonly direction: string };
  readonly measures: readonly Measure[];
}

/** A field of the row, or of what a to-one relation leads to. */
export interface GroupBy {
  readonly relation?: string;
  readonly field: MergedField;
  readonly truncate?: 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';
}

export interface EntityAsk {
  readonly fields: readonly MergedField[];
  readonly ones: readonly { readonly relation: string; readonly entity: EntityAsk }[];
  readonly lists: readonly { readonly relation: string; readonly list: ListAsk }[];
}

export interface Question {
  readonly type: MergedType;
  readonly list: ListAsk;
}

/** Values that fields have in the merged database, by `Type.field`; dates and decimals as text. */
export type MergedValues = ReadonlyMap<string, readonly Literal[]>;

const COMPARED = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'notIn', 'between', 'isNull'];
const OPERATORS: Readonly<Record<Kind, readonly string[]>> = {
  text: [...COMPARED, 'contains', 'startsWith', 'endsWith', 'iContains'],
  code: ['eq', 'ne', 'in', 'notIn', 'isNull'],
  decimal: COMPARED,
  int: COMPARED,
  bigint: COMPARED,
  date: COMPARED,
  month: COMPARED,
  moment: COMPARED,
  bool: ['eq', 'ne', 'isNull'],
};
const DIRECTIONS = ['ASC', 'DESC', 'ASC', 'DESC', 'ASC_NULLS_FIRST', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST', 'DESC_NULLS_LAST'];

export function randomQuestion(values: MergedValues, random: Random): Question {
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const some = <T>(items: readonly T[], max: number): T[] => {
    const rest = [...items];
    return Array.from({ length: Math.min(items.length, 1 + below(max)) }, () => rest.splice(below(rest.length), 1)[0] as T);
  };
  const valuesOf = (type: MergedType, field: MergedField): readonly Literal[] => values.get(`${type.name}.${field.name}`) ?? [];

  const test = (known: readonly Literal[], field: MergedField, ops = OPERATORS[field.kind]): Test => {
    const op = pick(ops);
    if (op === 'isNull' || known.length === 0) return ['isNull', chance(0.5)];
    if (op === 'in' || op === 'notIn') return [op, Array.from({ length: 1 + below(4) }, () => pick(known))];
    if (op === 'between') {
      const [a, b] = [pick(known), pick(known)];
      return [op, (typeof a === 'number' || field.kind === 'decimal' || field.kind === 'bigint' ? Number(a) <= Number(b) : a <= b) ? [a, b] : [b, a]];
    }
    if (['contains', 'startsWith', 'endsWith', 'iContains'].includes(op)) {
      const letters = [...String(pick(known))];
      const length = 1 + below(Math.min(5, letters.length));
      const start = op === 'startsWith' ? 0 : op === 'endsWith' ? letters.length - length : below(letters.length - length + 1);
      return [op, letters.slice(start, start + length).join('')];
    }
    return [op, pick(known)];
  };
  const tests = (known: readonly Literal[], field: MergedField, ops?: readonly string[]): Test[] => {
    const first = test(known, field, ops);
    const second = chance(0.15) ? test(known, field, ops) : first;
    return second[0] === first[0] ? [first] : [first, second];
  };

  const where = (type: MergedType, depth: number, within = false): Where => {
    const fate = depth > 0 ? random() : 1;
    if (fate < 0.1) return { kind: pick(['and', 'or'] as const), parts: [where(type, depth - 1, within), where(type, depth - 1, within)] };
    if (fate < 0.16) return { kind: 'or', parts: Array.from({ length: 1 + below(3) }, () => where(type, depth - 1, within)) };
    if (fate < 0.28) return { kind: 'not', part: where(type, depth - 1, within) };
    if (fate < 0.36) return { kind: 'all', parts: some(type.fields, 3).map((field) => ({ kind: 'field', field, tests: tests(valuesOf(type, field), field) })) };
    if (fate < 0.42 && type.checks) return { kind: 'checks', quantifier: pick(['some', 'none'] as const), checks: some(type.checks, 3), failed: chance(0.8) };
    const relations = type.relations.filter((r) => !within || !r.computed);
    if (fate < 0.8 && relations.length > 0) {
      const relation = pick(relations);
      const target = mergedType(relation.target);
      if (!relation.many) return { kind: 'one', relation: relation.name, where: where(target, depth - 1, within || relation.computed === true) };
      if (chance(0.4)) return { kind: 'measure', relation: relation.name, measures: measureTests(target) };
      return {
        kind: 'many',
        relation: relation.name,
        quantifiers: some(['some', 'every', 'none'] as const, chance(0.15) ? 2 : 1).map(
          (q) => [q, where(target, depth - 1, within || relation.computed === true)] as const,
        ),
      };
    }
    const field = pick(type.fields);
    return { kind: 'field', field, tests: tests(valuesOf(type, field), field) };
  };

  const COUNT: MergedField = { name: 'count', kind: 'int', scalar: 'Int' };
  const measureTests = (type: MergedType): MeasureTest[] => {
    const counted: MeasureTest = { fn: 'count', tests: tests([0, 1, 1, 2, 2, 3, 4, 5, 8], COUNT) };
    if (chance(0.4)) return [counted];
    const { fn, field } = measure(type);
    if (!field) return [counted];
    const ops = fn === 'countDistinct' ? COMPARED : OPERATORS[field.kind];
    const known =
      fn === 'countDistinct'
        ? [0, 1, 2, 3, 4]
        : valuesOf(type, field).map((v) => (fn === 'sum' || fn === 'avg' ? (field.kind === 'int' ? String(Number(v) * (fn === 'sum' ? 3 : 1)) : v) : v));
    const asked: MeasureTest = {
      fn,
      field,
      tests: tests(known, fn === 'countDistinct' ? COUNT : fn === 'sum' || fn === 'avg' ? { ...field, kind: 'decimal', scalar: 'Decimal' } : field, ops),
    };
    return chance(0.15) ? [counted, asked] : [asked];
  };
  const measure = (type: MergedType): Measure => {
    const fn = pick(['sum', 'sum', 'avg', 'min', 'max', 'countDistinct', 'count'] as const);
    const candidates = type.fields.filter((f) =>
      fn === 'sum' || fn === 'avg'
        ? ['decimal', 'int'].includes(f.kind) && f.name !== type.key && !f.name.endsWith('Id')
        : fn === 'countDistinct' || (f.kind !== 'code' && f.kind !== 'bool'),
    );
    return fn === 'count' || candidates.length === 0 ? { fn: 'count' } : { fn, field: pick(candidates) };
  };
  const measures = (type: MergedType, max: number): Measure[] => {
    const all = Array.from({ length: 1 + below(max) }, () => measure(type));
    return all.filter((m, i) => all.findIndex((o) => o.fn === m.fn && o.field === m.field) === i);
  };

  const orderStep = (type: MergedType, depth: number, within = false): OrderStep => {
    const fate = depth > 0 ? random() : 1;
    const direction = pick(DIRECTIONS);
    const ones = type.relations.filter((r) => !r.many && (!within || !r.computed));
    if (fate < 0.15 && ones.length > 0) {
      const relation = pick(ones);
      const rest = orderStep(mergedType(relation.target), depth - 1, within || relation.computed === true);
      return { ...rest, through: [relation.name, ...rest.through] };
    }
    const lists = type.relations.filter((r) => r.many && (!within || !r.computed));
    if (fate < 0.3 && lists.length > 0) {
      const relation = pick(lists);
      return { through: [], by: { relation: relation.name, measure: measure(mergedType(relation.target)) }, direction };
    }
    return { through: [], by: { field: pick(type.fields) }, direction };
  };

  const groupBy = (type: MergedType, relation?: string): GroupBy => {
    const field = pick(type.fields.filter((f) => relation !== undefined || f.name !== type.key));
    const units =
      field.kind === 'date'
        ? (['MONTH', 'QUARTER', 'YEAR'] as const)
        : field.kind === 'moment' || field.kind === 'month'
          ? (['DAY', 'MONTH', 'YEAR'] as const)
          : [];
    return {
      ...(relation === undefined ? {} : { relation }),
      field,
      ...(units.length > 0 && chance(0.6) ? { truncate: pick<'DAY' | 'MONTH' | 'QUARTER' | 'YEAR'>(units) } : {}),
    };
  };
  const groupBys = (type: MergedType): GroupBy[] => {
    const ones = type.relations.filter((r) => !r.many);
    const all = Array.from({ length: 1 + below(2) }, () => {
      const one = ones.length > 0 && chance(0.4) ? pick(ones) : undefined;
      return one ? groupBy(mergedType(one.target), one.name) : groupBy(type);
    });
    return all.filter((b, i) => all.findIndex((o) => o.relation === b.relation && o.field.name === b.field.name) === i);
  };
  const groups = (type: MergedType): GroupsAsk => ({
    by: groupBys(type),
    ...(chance(0.3) ? { where: where(type, 1) } : {}),
    having: chance(0.3) ? measureTests(type) : [],
    ...(chance(0.3) ? { orderBy: { measure: measure(type), direction: pick(DIRECTIONS) } } : {}),
    measures: measures(type, 3),
  });
  const entity = (type: MergedType, depth: number, within = false): EntityAsk => {
    const relations = (depth > 0 ? some(type.relations, 3).filter(() => chance(0.7)) : []).filter((r) => !within || !r.computed);
    const inner = (r: MergedType['relations'][number]): boolean => within || r.computed === true;
    return {
      fields: [...new Set([...type.fields.filter((f) => f.name === type.key), ...some(type.fields, 5)])],
      ones: relations.filter((r) => !r.many).map((r) => ({ relation: r.name, entity: entity(mergedType(r.target), depth - 1, inner(r)) })),
      lists: relations.filter((r) => r.many).map((r) => ({ relation: r.name, list: listAsk(mergedType(r.target), depth - 1, inner(r)) })),
    };
  };
  const listAsk = (type: MergedType, depth: number, within = false): ListAsk => ({
    ...(chance(depth === 2 ? 0.9 : 0.5) ? { where: where(type, depth === 2 ? 3 : 1, within) } : {}),
    orderBy: chance(0.7) ? Array.from({ length: 1 + below(3) }, () => orderStep(type, 2, within)) : [],
    first: below(15),
    offset: chance(0.3) ? below(8) : 0,
    nodes: entity(type, depth, within),
    totalCount: chance(0.5),
    measures: chance(0.3) ? measures(type, 4) : [],
    ...(chance(0.3) ? { groups: groups(type) } : {}),
  });

  const type = pick([
    ...mergedTypes.values(),
    mergedType('Project'),
    mergedType('Project'),
    mergedType('Project'),
    mergedType('Payment'),
    mergedType('Contract'),
  ]);
  return { type, list: listAsk(type, 2) };
}

const screaming = (name: string): string => name.replaceAll(/[A-Z]/g, (c) => `_${c}`).toUpperCase();

/** The same list, only its keys, to be walked through in pages. */
export function walkOf({ type, list }: Question, first: number, after?: string): Question {
  const key = type.fields.filter((f) => f.name === type.key);
  const { groups: _groups, ...rest } = list;
  return {
    type,
    list: {
      ...rest,
      first,
      offset: 0,
      nodes: { fields: key, ones: [], lists: [] },
      totalCount: false,
      measures: [],
      walk: after === undefined ? {} : { after },
    },
  };
}

export interface Printed {
  readonly text: string;
  readonly variables: Readonly<Record<string, Literal>>;
}

/** The question as the hub takes it; with `lift`, single operands become variables. */
export function printQuestion({ type, list }: Question, lift: boolean): Printed {
  const variables: Record<string, Literal> = {};
  const declared: string[] = [];
  const literal = (value: Literal, kind: Kind): string =>
    kind === 'code' || kind === 'int' || kind === 'bool' || typeof value !== 'string' ? String(value) : JSON.stringify(value);
  const operand = (op: string, value: Test[1], field: MergedField): string => {
    if (Array.isArray(value)) return `[${(value as readonly Literal[]).map((v) => literal(v, field.kind)).join(', ')}]`;
    const one = value as Literal;
    const scalar = op === 'isNull' ? 'Boolean' : ['contains', 'startsWith', 'endsWith', 'iContains'].includes(op) ? 'String' : field.scalar;
    if (!lift) return literal(one, op === 'isNull' ? 'bool' : field.kind);
    const name = `v${declared.length}`;
    variables[name] = one;
    declared.push(`$${name}: ${scalar}`);
    return `$${name}`;
  };
  const operators = (tests: readonly Test[], field: MergedField): string =>
    `{ ${tests.map(([op, value]) => `${op}: ${operand(op, value, field)}`).join(', ')} }`;
  const entries = (where: Where): string => {
    switch (where.kind) {
      case 'and':
      case 'or':
        return `${where.kind}: [${where.parts.map(input).join(', ')}]`;
      case 'all':
        return where.parts.map(entries).join(', ');
      case 'not':
        return `not: ${input(where.part)}`;
      case 'field':
        return `${where.field.name}: ${operators(where.tests, where.field)}`;
      case 'one':
        return `${where.relation}: ${input(where.where)}`;
      case 'many':
        return `${where.relation}: { ${where.quantifiers.map(([q, w]) => `${q}: ${input(w)}`).join(', ')} }`;
      case 'checks':
        return `checks: { ${where.quantifier}: { code: { in: [${where.checks.map((c) => JSON.stringify(c.code)).join(', ')}] }, failed: { eq: ${where.failed} } } }`;
      case 'measure':
        return `${where.relation}: { aggregate: { ${where.measures.map(measured).join(', ')} } }`;
    }
  };
  const input = (where: Where): string => `{ ${entries(where)} }`;
  const measured = ({ fn, field, tests }: MeasureTest): string => {
    const scalar: MergedField = { name: '', ...(fn === 'sum' || fn === 'avg' ? { kind: 'decimal', scalar: 'Decimal' } : { kind: 'int', scalar: 'Int' }) };
    if (!field) return `count: ${operators(tests, scalar)}`;
    return `${fn}: { ${field.name}: ${operators(tests, fn === 'min' || fn === 'max' ? field : scalar)} }`;
  };
  const aggregate = (measures: readonly Measure[]): string =>
    measures.map(({ fn, field }) => (field ? `${fn}_${field.name}: ${fn} { ${field.name} }` : 'count')).join(' ');
  const groups = ({ by, where, having, orderBy, measures }: GroupsAsk): string => {
    const fields = by.map(
      (b) =>
        `{ field: ${b.relation === undefined ? '' : `${screaming(b.relation)}__`}${screaming(b.field.name)}${b.truncate ? `, truncate: ${b.truncate}` : ''} }`,
    );
    const rest = [
      ...(where ? [`where: ${input(where)}`] : []),
      ...(having.length > 0 ? [`having: { ${having.map(measured).join(', ')} }`] : []),
      ...(orderBy ? [`orderBy: [{ ${measureStep(orderBy.measure, orderBy.direction)} }]`] : []),
    ];
    return `groups(${[`by: [${fields.join(', ')}]`, ...rest, 'first: 40'].join(', ')}) { key { ${by.map((b) => (b.relation === undefined ? b.field.name : `${b.relation} { ${b.field.name} }`)).join(' ')} } aggregate { ${aggregate(measures)} } }`;
  };
  const entity = (of: MergedType, ask: EntityAsk): string =>
    [
      ...ask.fields.map((f) => f.name),
      ...ask.ones.map((one) => `${one.relation} { ${entity(mergedType(of.relations.find((r) => r.name === one.relation)?.target ?? ''), one.entity)} }`),
      ...ask.lists.map((many) => listOf(mergedType(of.relations.find((r) => r.name === many.relation)?.target ?? ''), many.relation, many.list)),
    ].join(' ');
  const measureStep = ({ fn, field }: Measure, direction: string): string => `${fn}: ${field ? `{ ${field.name}: ${direction} }` : direction}`;
  const orderStep = ({ through, by, direction }: OrderStep): string => {
    const measured = 'measure' in by ? `${by.relation}: { ${measureStep(by.measure, direction)} }` : `${by.field.name}: ${direction}`;
    return `{ ${through.reduceRight((inner, relation) => `${relation}: { ${inner} }`, measured)} }`;
  };
  const listOf = (of: MergedType, name: string, ask: ListAsk): string => {
    const args = [
      ...(ask.where ? [`where: ${input(ask.where)}`] : []),
      ...(ask.orderBy.length > 0 ? [`orderBy: [${ask.orderBy.map(orderStep).join(', ')}]`] : []),
      `first: ${ask.first}`,
      ...(ask.walk?.after === undefined ? [] : [`after: ${JSON.stringify(ask.walk.after)}`]),
      ...(ask.offset > 0 ? [`offset: ${ask.offset}`] : []),
    ];
    const parts = [
      `nodes { ${entity(of, ask.nodes)} }`,
      ...(ask.walk ? ['pageInfo { hasNextPage endCursor }'] : []),
      ...(ask.totalCount ? ['totalCount pageInfo { hasNextPage }'] : []),
      ...(ask.measures.length > 0 ? [`aggregate { ${aggregate(ask.measures)} }`] : []),
      ...(ask.groups ? [groups(ask.groups)] : []),
    ];
    return `${name}(${args.join(', ')}) { ${parts.join(' ')} }`;
  };
  const body = listOf(type, type.root, list);
  return { text: declared.length > 0 ? `query (${declared.join(', ')}) { ${body} }` : `{ ${body} }`, variables };
}
