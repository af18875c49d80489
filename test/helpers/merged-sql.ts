/** A question as one SQL statement on the merged database: correlated subqueries that build the answer's JSON. Clear rather than fast. */
import { mergedType, type Kind, type MergedType } from './merged-model.ts';
import type { EntityAsk, GroupsAsk, ListAsk, Literal, Measure, OrderStep, Question, Test, Where } from './merged-operation.ts';

/** `{ "<root>": … }` as the hub answers it, decimals without trailing zeros. */
export function questionSql({ type, list }: Question): string {
  let count = 0;
  const alias = (): string => `t${count++}`;

  /** Three-valued, as SQL has it: null where the answer is unknown. */
  const where = (type: MergedType, row: string, ask: Where): string => {
    switch (ask.kind) {
      case 'and':
      case 'all':
        return `(${ask.parts.map((part) => where(type, row, part)).join(' and ')})`;
      case 'or':
        return `(${ask.parts.map((part) => where(type, row, part)).join(' or ')})`;
      case 'not':
        return `(not ${where(type, row, ask.part)})`;
      case 'field':
        return tests(`${row}."${ask.field.name}"`, ask.field.kind, ask.tests);
      case 'one': {
        const { target, on, there } = related(type, row, ask.relation);
        return `(select ${where(target, there, ask.where)} from ${target.table} ${there} where ${on})`;
      }
      case 'many':
        return `(${ask.quantifiers
          .map(([quantifier, inner]) => {
            const { target, on, there } = related(type, row, ask.relation);
            const met = where(target, there, inner);
            const exists = `exists (select 1 from ${target.table} ${there} where ${on} and ${quantifier === 'every' ? `${met} is not true` : met})`;
            return quantifier === 'some' ? exists : `not ${exists}`;
          })
          .join(' and ')})`;
      case 'checks': {
        const met = ask.checks.map((check) => `((${check.failed(row)}) is ${ask.failed ? '' : 'not '}true)`).join(' or ');
        return `(${ask.quantifier === 'none' ? 'not ' : ''}(${met}))`;
      }
      case 'measure':
        return `(${ask.measures
          .map((m) => {
            const { target, on, there } = related(type, row, ask.relation);
            return tests(`(select ${measured(m, there)} from ${target.table} ${there} where ${on})`, measureKind(m), m.tests);
          })
          .join(' and ')})`;
    }
  };
  const related = (type: MergedType, row: string, name: string): { target: MergedType; on: string; there: string } => {
    const relation = type.relations.find((r) => r.name === name);
    if (!relation) throw new Error(`no relation ${type.name}.${name}`);
    const there = alias();
    return { target: mergedType(relation.target), on: relation.on(row, there), there };
  };

  const list_ = (type: MergedType, ask: ListAsk, make: (row: string) => string): string => {
    const rows = (row: string, extra?: Where): string =>
      `from ${type.table} ${row} where ${[make(row), ...(ask.where ? [where(type, row, ask.where)] : []), ...(extra ? [where(type, row, extra)] : [])].join(' and ')}`;
    const node = alias();
    const order = orderBy(type, node, ask.orderBy);
    const page = `select ${entity(type, node, ask.nodes)} as j, row_number() over (order by ${order}) as n ${rows(node)} order by ${order} limit ${ask.first} offset ${ask.offset}`;
    const total = (): string => `(select count(*) ${rows(alias())})`;
    const parts = [`'nodes', (select coalesce(json_agg(j order by n), '[]') from (${page}) ${alias()})`];
    if (ask.totalCount) parts.push(`'totalCount', ${total()}`, `'pageInfo', json_build_object('hasNextPage', ${total()} > ${ask.offset + ask.first})`);
    if (ask.measures.length > 0) {
      const row = alias();
      parts.push(`'aggregate', (select ${aggregate(row, ask.measures)} ${rows(row)})`);
    }
    if (ask.groups) parts.push(`'groups', ${groups(type, ask.groups, rows)}`);
    return `json_build_object(${parts.join(', ')})`;
  };
  /** The key makes it total. */
  const orderBy = (type: MergedType, row: string, steps: readonly OrderStep[]): string => {
    const asked = steps.map((step) => directed(orderValue(type, row, step.through, step.by), step.direction));
    return [...asked, `${row}."${type.key}" asc`].join(', ');
  };
  const orderValue = (type: MergedType, row: string, [first, ...rest]: readonly string[], by: OrderStep['by']): string => {
    if (first !== undefined) {
      const { target, on, there } = related(type, row, first);
      return `(select ${orderValue(target, there, rest, by)} from ${target.table} ${there} where ${on})`;
    }
    if (!('measure' in by)) return `${row}."${by.field.name}"`;
    const { target, on, there } = related(type, row, by.relation);
    return `(select ${measured(by.measure, there)} from ${target.table} ${there} where ${on})`;
  };

  const groups = (type: MergedType, ask: GroupsAsk, rows: (row: string, extra?: Where) => string): string => {
    const [row, group] = [alias(), alias()];
    const keyed = ask.by.map(({ relation, field, truncate }, i) => {
      const value = relation === undefined ? `${row}."${field.name}"` : relatedValue(type, row, relation, field.name);
      return `${truncate ? truncated(value, field.kind, truncate) : value} as "k${i}"`;
    });
    const keys = ask.by.map((_, i) => `${group}."k${i}"`);
    const shownKeys = ask.by.map(({ field, truncate }, i) => shown(keys[i] as string, truncate ? 'date' : field.kind));
    const plain = ask.by.flatMap(({ relation, field }, i) => (relation === undefined ? [`'${field.name}', ${shownKeys[i]}`] : []));
    const relations = [...new Set(ask.by.flatMap(({ relation }) => relation ?? []))].map(
      (relation) =>
        `'${relation}', json_build_object(${ask.by.flatMap((b, i) => (b.relation === relation ? [`'${b.field.name}', ${shownKeys[i]}`] : [])).join(', ')})`,
    );
    const order = [
      ...(ask.orderBy ? [directed(measured(ask.orderBy.measure, group), ask.orderBy.direction)] : []),
      ...keys.map((k) => `${k} asc nulls first`),
    ].join(', ');
    const grouped = `select json_build_object('key', json_build_object(${[...plain, ...relations].join(', ')}), 'aggregate', ${aggregate(group, ask.measures)}) as j, row_number() over (order by ${order}) as n
      from (select ${row}.*, ${keyed.join(', ')} ${rows(row, ask.where)}) ${group} group by ${keys.join(', ')}${ask.having.length === 0 ? '' : ` having ${ask.having.map((m) => tests(measured(m, group), measureKind(m), m.tests)).join(' and ')}`} order by ${order} limit 40`;
    return `(select coalesce(json_agg(j order by n), '[]') from (${grouped}) ${alias()})`;
  };
  const relatedValue = (type: MergedType, row: string, relation: string, field: string): string => {
    const { target, on, there } = related(type, row, relation);
    return `(select ${there}."${field}" from ${target.table} ${there} where ${on})`;
  };
  const entity = (type: MergedType, row: string, ask: EntityAsk): string => {
    const parts = [
      ...ask.fields.map((f) => `'${f.name}', ${shown(`${row}."${f.name}"`, f.kind)}`),
      ...ask.ones.map((one) => {
        const { target, on, there } = related(type, row, one.relation);
        return `'${one.relation}', (select ${entity(target, there, one.entity)} from ${target.table} ${there} where ${on})`;
      }),
      ...ask.lists.map((many) => {
        const relation = type.relations.find((r) => r.name === many.relation);
        if (!relation) throw new Error(`no relation ${type.name}.${many.relation}`);
        return `'${many.relation}', ${list_(mergedType(relation.target), many.list, (there) => relation.on(row, there))}`;
      }),
    ];
    return `json_build_object(${parts.join(', ')})`;
  };

  return `select json_build_object('${type.root}', ${list_(type, list, () => 'true')})`;
}

/** The first day of the period, as the hub's clock shows it. */
function truncated(value: string, kind: Kind, unit: string): string {
  const day = kind === 'moment' ? `(${value} at time zone 'Asia/Shanghai')` : kind === 'month' ? `to_date(${value}, 'YYYY-MM')` : value;
  return `date_trunc('${unit.toLowerCase()}', ${day})::date`;
}

/** Nulls are the smallest. */
function directed(value: string, direction: string): string {
  const way = direction.startsWith('DESC') ? 'desc' : 'asc';
  const nulls = direction.endsWith('NULLS_FIRST') ? 'first' : direction.endsWith('NULLS_LAST') ? 'last' : way === 'desc' ? 'last' : 'first';
  return `${value} ${way} nulls ${nulls}`;
}

/** An average has six places. */
function measured({ fn, field }: Measure, row: string): string {
  if (!field) return 'count(*)';
  const value = `${row}."${field.name}"`;
  return fn === 'countDistinct' ? `count(distinct ${value})` : fn === 'avg' ? `round(avg(${value}), 6)` : `${fn}(${value})`;
}

function measureKind({ fn, field }: Measure): Kind {
  if (fn === 'sum' || fn === 'avg') return 'decimal';
  return fn === 'min' || fn === 'max' ? (field?.kind ?? 'int') : 'int';
}

const aggregate = (row: string, measures: readonly Measure[]): string =>
  `json_build_object(${measures
    .map((m) => {
      if (!m.field) return `'count', count(*)`;
      return `'${m.fn}_${m.field.name}', json_build_object('${m.field.name}', ${shown(measured(m, row), measureKind(m))})`;
    })
    .join(', ')})`;

/** A value as the API writes it. */
function shown(value: string, kind: Kind): string {
  switch (kind) {
    case 'decimal':
      return `trim_scale(${value}::numeric)::text`;
    case 'bigint':
    case 'date':
      return `(${value})::text`;
    case 'moment':
      return `to_char(${value} at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')`;
    default:
      return value;
  }
}

function tests(value: string, kind: Kind, list: readonly Test[]): string {
  return `(${list.map(([op, operand]) => test(value, kind, op, operand)).join(' and ')})`;
}

const COMPARE: Readonly<Record<string, string>> = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function test(value: string, kind: Kind, op: string, operand: Test[1]): string {
  const all = (Array.isArray(operand) ? operand : [operand]) as readonly Literal[];
  const sql = all.map((v) => literal(v, kind));
  switch (op) {
    case 'isNull':
      return `${value} is ${all[0] === true ? '' : 'not '}null`;
    case 'in':
      return `${value} in (${sql.join(', ')})`;
    case 'notIn':
      return `${value} not in (${sql.join(', ')})`;
    case 'between':
      return `${value} between ${sql[0]} and ${sql[1]}`;
    case 'contains':
      return `position(${sql[0]} in ${value}) > 0`;
    case 'iContains':
      return `position(lower(${sql[0]}) in lower(${value})) > 0`;
    case 'startsWith':
      return `starts_with(${value}, ${sql[0]})`;
    case 'endsWith':
      return `right(${value}, char_length(${sql[0]})) = ${sql[0]}`;
    default:
      return `${value} ${COMPARE[op]} ${sql[0]}`;
  }
}

function literal(value: Literal, kind: Kind): string {
  const text = String(value).replaceAll("'", "''");
  if (kind === 'date') return `date '${text}'`;
  if (kind === 'moment') return `timestamptz '${text}'`;
  return kind === 'text' || kind === 'code' || kind === 'month' ? `'${text}'` : text;
}
