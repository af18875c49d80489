/**
 * SQL for PostgreSQL 15 and later, and what speaks its language. The session must have `TimeZone` set to the hub's zone and `DateStyle` ISO.
 * Text keeps its own collation, so that indexes serve equality; where order counts it is compared under `"C"`, which is by code point in UTF-8.
 */
import { isMoment, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import type { ColumnDef, CompareOp } from '../spi/ir.ts';
import { printType } from '../spi/print-expr.ts';
import type { Dialect, Operand } from '../sql/dialect.ts';
import { constantSlot, listSlot, slot, type Fragment, type Slot } from '../sql/fragment.ts';
import { arrayText } from './array-text.ts';
import { likePattern } from '../sql/like.ts';
import { castValue, unsupported } from './cast.ts';
import { BLANKS, nativeConstant, nativeType, sql, textOf, textParameter } from './native.ts';
import { textFunction } from './text.ts';

const COMPARE = { eq: sql`=`, ne: sql`<>`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };
/** `json_build_array` takes no more arguments. */
const MAX_ARGUMENTS = 100;

export const postgresDialect: Dialect = {
  sql,
  correlatedFrom: true,
  listsBySubquery: true,
  keepsMembers: true,
  listsAsRows: false,
  indexesHoldKeys: false,
  groupsBySubquery: true,
  totalsBySubquery: false,

  column(stored, type) {
    switch (type.kind) {
      case 'text':
      case 'other':
        return sql`${stored}::text`;
      case 'decimal':
        return sql`${stored}::numeric`;
      case 'json':
        return sql`${stored}::jsonb`;
      default:
        return stored;
    }
  },
  constant(constant, type) {
    return sql`${slot(printType(type), (context) => nativeConstant(constant(context), type))}::${nativeType(type)}`;
  },
  nothing: (type) => sql`null::${nativeType(type)}`,
  text: textOf,
  cast: castValue,
  textFunction,
  jsonText(value, from, path) {
    const found = jsonAt(value, from, path);
    return sql`case when jsonb_typeof(${found}) in ('string', 'number', 'boolean') then ${found} #>> '{}' end`;
  },
  concat: (parts) => (parts.length === 0 ? sql`''::text` : sql`(${sql.join(parts, ' || ')})`),
  arithmetic(op, left, right) {
    const operator = { '+': sql`+`, '-': sql`-`, '*': sql`*` }[op];
    return sql`(${left} ${operator} ${right})`;
  },
  // Whole seconds and the rest apart: an interval times a double is exact only so.
  epochMillis: (value) =>
    sql`case when ${value} between 0 and 253402300799999 then timestamptz 'epoch' + div((${value})::numeric, 1000)::float8 * interval '1 second' + mod((${value})::numeric, 1000)::float8 * interval '1 millisecond' end`,
  truncate(value, _type, unit) {
    if (unit === 'DAY') return sql`(${value})::date`;
    const name = { MONTH: sql`'month'`, QUARTER: sql`'quarter'`, YEAR: sql`'year'` }[unit];
    return sql`date_trunc(${name}, (${value})::timestamp)::date`;
  },

  compare(op, left, right) {
    if (op === 'eq') return equals(left, right);
    const compared = sql`${ordered(left.value, left.type)} ${COMPARE[op]} ${ordered(limitOf(right), right.type)}`;
    return left.stored !== undefined && right.stored === undefined && isMoment(left.type) ? withinYears(compared, op, left) : compared;
  },
  inList(value, list, negated) {
    const { type } = value;
    const parameter = listSlot(`${printType(type)}[]`, list, (items) =>
      arrayText(items.map((item) => nativeConstant(item, type)).filter((item) => item !== null)),
    );
    const native = sql`${parameter}::${nativeType(type)}[]`;
    if (negated) return sql`(${value.value} is not null and ${identity(value.value, type)} <> all(${native}))`;
    // Text first: a parameter has the type of its first cast, and as `bpchar` it would lose the blanks that were asked for.
    if (isPadded(type) && value.stored !== undefined) return sql`(${value.stored} = any(${native}::bpchar[]) and ${value.value} = any(${native}))`;
    return sql`${value.value} = any(${native})`;
  },
  matches(op, value, pattern) {
    const { constant } = pattern;
    const text = constant === undefined ? value : sql`${value} collate "C"`;
    const escaped = (form: (text: string) => string): Fragment =>
      constant === undefined
        ? pattern.value
        : sql`${slot('text', (context) => {
            const sought = constant(context);
            // What no text here holds is sought as what none is likely to.
            return sought === null ? null : form(String(sought).replaceAll('\0', '\uffff'));
          })}::text`;
    switch (op) {
      case 'contains':
        return constant === undefined ? sql`strpos(${value}, ${pattern.value}) > 0` : sql`${text} like ${escaped((sought) => `%${likePattern(sought)}%`)}`;
      case 'startsWith':
        return constant === undefined ? sql`starts_with(${value}, ${pattern.value})` : sql`${text} like ${escaped((sought) => `${likePattern(sought)}%`)}`;
      case 'endsWith':
        return constant === undefined
          ? sql`right(${value}, length(${pattern.value})) = ${pattern.value}`
          : sql`${text} like ${escaped((sought) => `%${likePattern(sought)}`)}`;
      case 'iContains':
        return sql`strpos(lower(${value} collate "C"), lower(${escaped((sought) => sought)} collate "C")) > 0`;
    }
  },
  order(value, type, direction, nulls, nullable) {
    const item = direction === 'asc' ? ordered(value, type) : sql`${ordered(value, type)} desc`;
    // Postgres holds nulls for the largest.
    if (!nullable || (direction === 'asc') === (nulls === 'last')) return item;
    return nulls === 'first' ? sql`${item} nulls first` : sql`${item} nulls last`;
  },
  identity,
  measure(fn, value, type) {
    switch (fn) {
      case 'count':
        return sql`count(${value})`;
      case 'countDistinct':
        return sql`count(distinct ${identity(value, type)})`;
      case 'sum':
        return type.kind === 'float' ? sql`sum(${value})` : sql`sum((${value})::numeric)`;
      case 'min':
      case 'max': {
        if (type.kind === 'boolean') return fn === 'min' ? sql`bool_and(${value})` : sql`bool_or(${value})`;
        const best = fn === 'min' ? sql`min` : sql`max`;
        if (type.kind === 'uuid') return sql`${best}(${value}::text collate "C")::uuid`;
        return type.kind === 'json' || type.kind === 'binary' ? sql`${best}((${textOf(value, type)}) collate "C")` : sql`${best}(${ordered(value, type)})`;
      }
    }
  },

  output: (value, type) => (type.kind === 'binary' ? sql`encode(${value}, 'hex')` : value),
  decode(type) {
    switch (type.kind) {
      case 'integer':
        return type.bits === 64 ? undefined : (raw: string) => Number(raw);
      case 'float':
        return (raw: string) => Number(raw);
      case 'boolean':
        return (raw: string) => raw === 't';
      case 'timestamp':
        return type.zoned ? (raw: string) => withMinutes(raw) : undefined;
      default:
        return undefined;
    }
  },
  jsonItem(value, type) {
    if (type.kind === 'float' || type.kind === 'boolean' || (type.kind === 'integer' && type.bits !== 64)) return value;
    if (type.kind === 'text') return value;
    return type.kind === 'decimal' ? sql`(${value})::text` : textOf(value, type);
  },
  jsonRow(items) {
    if (items.length <= MAX_ARGUMENTS) return sql`json_build_array(${items})`;
    return sql`array_to_json(array[${items.map((item) => sql`to_json(${item})`)}]::json[])`;
  },
  jsonList: (row, orderBy) => sql`coalesce(json_agg(${row}${orderBy.length === 0 ? sql`` : sql` order by ${orderBy}`}), '[]'::json)`,
  jsonConstant: (text) => sql`${constantSlot(text, 'json')}::json`,
  jsonOutput: (json) => json,
  page(limit, offset) {
    return sql.join([...(limit === undefined ? [] : [sql`limit ${limit}`]), ...(offset === undefined ? [] : [sql`offset ${offset}`])], ' ');
  },
  integerParameter: (parameter) => sql`${parameter}::bigint`,

  jsonElements(value, from, path, alias) {
    const found = jsonAt(value, from, path);
    const array = sql`case when jsonb_typeof(${found}) = 'array' then ${found} else '[]'::jsonb end`;
    const join = sql`cross join lateral jsonb_array_elements(${array}) with ordinality as ${sql.name(alias)} (element, ordinal)`;
    return { join, value: sql.path(alias, 'element'), ordinal: sql`(${sql.path(alias, 'ordinal')} - 1)::integer` };
  },
  textParts(value, separators, alias) {
    const [first, ...others] = separators;
    const part = sql.path(alias, 'part');
    const unified = others.reduce((text, other) => sql`replace(${text}, ${textParameter(other)}, ${textParameter(first!)})`, value);
    const parts = first === undefined ? sql`array[${value}]` : sql`string_to_array(${unified}, ${textParameter(first)})`;
    const join = sql`join lateral unnest(${parts}) with ordinality as ${sql.name(alias)} (part, ordinal) on btrim(${part}, ${textParameter(BLANKS)}) <> ''`;
    return { join, value: part, ordinal: sql`(${sql.path(alias, 'ordinal')} - 1)::integer` };
  },
  keys(columns, width, isSingle) {
    const lists = columns.slice(0, width).map((column, index) => sql`${keyColumnSlot(column, index)}::${nativeType(column.type)}[]`);
    const names = [sql`ordinal`, ...lists.map((_, index) => sql.name(`k${index}`))];
    return sql`select ${isSingle ? sql`` : sql`distinct `}${names} from unnest(${[sql`${ORDINALS}::integer[]`, ...lists]}) as key (${names})`;
  },
  once: (select, alias) => ({ head: sql`with ${sql.name(alias)} as materialized (${select}) `, from: sql.name(alias) }),
  joinKeys: (keys, rows) => sql`${keys} cross join ${rows}`,
};

function keySlot(type: string, read: (keys: readonly (readonly [number, ...WireValue[]])[]) => unknown): Slot {
  return slot(`${type}[]`, ({ bindings }) => read(bindings.keys ?? []));
}

const ORDINALS = keySlot('integer', (keys) => keys.map(([ordinal]) => ordinal));
const keyColumnSlots = new WeakMap<ColumnDef, Slot>();

/** The same slot at every place of a statement, so that the values are sent once. */
function keyColumnSlot(column: ColumnDef, index: number): Slot {
  let known = keyColumnSlots.get(column);
  if (known === undefined)
    keyColumnSlots.set(column, (known = keySlot(printType(column.type), (keys) => keys.map((tuple) => nativeConstant(tuple[index + 1] ?? null, column.type)))));
  return known;
}

/** What lies outside the years 1 to 9999, as `infinity` does, is no day to the hub and meets no comparison. As a range, which an index serves. */
function withinYears(compared: Fragment, op: CompareOp, { value, type }: Operand): Fragment {
  const first = op === 'gt' || op === 'gte' ? sql`` : sql` and ${value} >= '0001-01-01'::${nativeType(type)}`;
  const last = op === 'lt' || op === 'lte' ? sql`` : sql` and ${value} < '10000-01-01'::${nativeType(type)}`;
  return sql`(${compared}${first}${last})`;
}

function isPadded(type: PhysicalType): boolean {
  return type.kind === 'text' && type.padded === true;
}

/** The value in a form that sorts as the IR says. */
function ordered(value: Fragment, type: PhysicalType): Fragment {
  if (type.kind === 'text' && type.byCodePoint === true) return value;
  if (type.kind === 'text' || type.kind === 'other') return sql`${value} collate "C"`;
  return type.kind === 'json' ? sql`${value}::text collate "C"` : value;
}

/** No text here holds U+0000: what is compared with lies where the next character would. */
function limitOf({ value, type, constant }: Operand): Fragment {
  if (type.kind !== 'text' || constant === undefined) return value;
  const limit = (given: WireValue): WireValue => (typeof given === 'string' ? given.replace(/\0.*$/s, '\u0001') : given);
  return sql`${slot(printType(type), (context) => nativeConstant(limit(constant(context)), type))}::text`;
}

function identity(value: Fragment, type: PhysicalType): Fragment {
  return type.kind === 'text' || type.kind === 'other' ? sql`${value} collate "C"` : value;
}

/** Equality as an index on the stored column can serve it. */
function equals(left: Operand, right: Operand): Fragment {
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    if (a.stored === undefined || a.indexed !== true) continue;
    if (isPadded(a.type)) return sql`(${a.stored} = (${b.value})::bpchar and ${a.value} = ${b.value})`;
    return sql`${a.value} = ${b.value}`;
  }
  return sql`${identity(left.value, left.type)} = ${right.value}`;
}

function withMinutes(raw: string): string {
  const sign = raw.charCodeAt(raw.length - 3);
  if (sign === 43 || sign === 45) return `${raw}:00`;
  return raw.replace(/([+-]\d\d:\d\d):\d\d$/, '$1');
}

function jsonAt(value: Fragment, from: PhysicalType, path: readonly (string | number)[]): Fragment {
  if (from.kind !== 'json') throw unsupported('text read as JSON');
  return path.reduce<Fragment>(
    (found, step) => sql`${found} -> ${typeof step === 'number' ? sql`(${sql.integer(step)})` : textParameter(step)}`,
    sql`(${value})`,
  );
}
