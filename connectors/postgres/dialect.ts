/**
 * SQL for PostgreSQL 15 and later, and what speaks its language. The session must have `TimeZone` set to the hub's zone and `DateStyle` ISO.
 * Text keeps its own collation, so that indexes serve equality; where order counts it is compared under `"C"`, which is by code point in UTF-8.
 */
import { compileDateFormat, isRealDate, isRealTimestamp } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ColumnDef } from '../spi/ir.ts';
import type { Dialect, Operand, TextNode } from '../sql/dialect.ts';
import { constantSlot, createSqlBuilder, slot, type Fragment, type RunContext, type Slot } from '../sql/fragment.ts';
import { foldTable } from '../sql/fold.ts';
import { likePattern } from '../sql/like.ts';
import { anchorPattern, replacementOf } from '../sql/pattern.ts';

const sql = createSqlBuilder('pg', '"');
const textParameter = (value: string): Fragment => sql`${constantSlot(value)}::text`;
const COMPARE = { eq: sql`=`, ne: sql`<>`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };
const INTEGER_LIMITS = { 16: sql`-32768 and 32767`, 32: sql`-2147483648 and 2147483647`, 64: sql`-9223372036854775808 and 9223372036854775807` };
const INTEGERS = { 16: sql`smallint`, 32: sql`integer`, 64: sql`bigint` };
/** `json_build_array` takes no more arguments. */
const MAX_ARGUMENTS = 100;
const BLANKS = ' \t\r\n';

export const postgresDialect: Dialect = {
  sql,
  correlatedFrom: true,
  listsBySubquery: true,
  listsAsRows: false,

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
    return sql`${slot((context) => nativeConstant(constant(context), type))}::${nativeType(type)}`;
  },
  nothing: (type) => sql`null::${nativeType(type)}`,
  text(value, type) {
    switch (type.kind) {
      case 'decimal':
        return sql`trim_scale(${value})::text`;
      case 'float':
        return sql`trim_scale(${value}::text::numeric)::text`;
      case 'timestamp':
        return type.zoned ? zonedText(value) : sql`(${value})::text`;
      case 'binary':
        return sql`encode(${value}, 'hex')`;
      default:
        return sql`(${value})::text`;
    }
  },
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
    return sql`${ordered(left.value, left.type)} ${COMPARE[op]} ${ordered(right.value, right.type)}`;
  },
  inList(value, list, negated) {
    const { type } = value;
    const parameter = slot((context: RunContext) =>
      list(context)
        .filter((item) => item !== null)
        .map((item) => nativeConstant(item, type))
        .filter((item) => item !== null),
    );
    const array = (element: Fragment): Fragment => sql`${parameter}::${element}[]`;
    const native = array(nativeType(type));
    if (negated) return sql`(${value.value} is not null and ${identity(value.value, type)} <> all(${native}))`;
    if (isPadded(type) && value.stored !== undefined) return sql`(${value.stored} = any(${array(sql`bpchar`)}) and ${value.value} = any(${native}))`;
    return sql`${value.value} = any(${native})`;
  },
  matches(op, value, pattern) {
    const { constant } = pattern;
    const text = constant === undefined ? value : sql`${value} collate "C"`;
    const escaped = (form: (text: string) => string): Fragment =>
      constant === undefined
        ? pattern.value
        : sql`${slot((context) => {
            const sought = constant(context);
            return sought === null ? null : form(String(sought));
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
        return sql`strpos(lower(${value} collate "C"), lower(${pattern.value} collate "C")) > 0`;
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
        return type.kind === 'json' || type.kind === 'binary'
          ? sql`${best}((${postgresDialect.text(value, type)}) collate "C")`
          : sql`${best}(${ordered(value, type)})`;
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
    return type.kind === 'decimal' ? sql`(${value})::text` : postgresDialect.text(value, type);
  },
  jsonRow(items) {
    if (items.length <= MAX_ARGUMENTS) return sql`json_build_array(${items})`;
    return sql`array_to_json(array[${items.map((item) => sql`to_json(${item})`)}]::json[])`;
  },
  jsonList: (row, orderBy) => sql`coalesce(json_agg(${row}${orderBy.length === 0 ? sql`` : sql` order by ${orderBy}`}), '[]'::json)`,
  jsonConstant: (text) => sql`${constantSlot(text)}::json`,
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
  keys(columns, width) {
    const lists = columns.slice(0, width).map((column, index) => sql`${keyColumnSlot(column, index)}::${nativeType(column.type)}[]`);
    const names = [sql`ordinal`, ...lists.map((_, index) => sql.name(`k${index}`))];
    return sql`select distinct ${names} from unnest(${[sql`${ORDINALS}::integer[]`, ...lists]}) as key (${names})`;
  },
  joinKeys: (keys, rows) => sql`${keys} cross join ${rows}`,
};

function keySlot(read: (keys: readonly (readonly [number, ...WireValue[]])[]) => unknown): Slot {
  return slot(({ bindings }) => read(bindings.keys ?? []));
}

const ORDINALS = keySlot((keys) => keys.map(([ordinal]) => ordinal));
const keyColumnSlots = new WeakMap<ColumnDef, Slot>();

/** The same slot at every place of a statement, so that the values are sent once. */
function keyColumnSlot(column: ColumnDef, index: number): Slot {
  let known = keyColumnSlots.get(column);
  if (known === undefined) keyColumnSlots.set(column, (known = keySlot((keys) => keys.map((tuple) => nativeConstant(tuple[index + 1] ?? null, column.type)))));
  return known;
}

function nativeType(type: PhysicalType): Fragment {
  switch (type.kind) {
    case 'integer':
      return sql`bigint`;
    case 'decimal':
      return sql`numeric`;
    case 'float':
      return sql`double precision`;
    case 'boolean':
      return sql`boolean`;
    case 'date':
      return sql`date`;
    case 'timestamp':
      return type.zoned ? sql`timestamptz` : sql`timestamp`;
    case 'time':
      return sql`time`;
    case 'json':
      return sql`jsonb`;
    case 'uuid':
      return sql`uuid`;
    case 'binary':
      return sql`bytea`;
    default:
      return sql`text`;
  }
}

const WELL_FORMED: Partial<Record<PhysicalType['kind'], (text: string) => boolean>> = {
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isRealDate(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))),
  timestamp: (text) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?$/.test(text) && isRealTimestamp(text),
  time: (text) => /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?$/.test(text),
  integer: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  decimal: (text) => /^-?\d+(\.\d+)?$/.test(text),
};

/** A constant as Postgres reads it; one that its type cannot hold equals nothing, like null. */
function nativeConstant(value: WireValue, type: PhysicalType): string | null {
  if (value === null) return null;
  const text = String(value);
  if (text.includes('\0')) return null;
  if (type.kind === 'binary') return `\\x${text}`;
  return WELL_FORMED[type.kind]?.(text) === false ? null : text;
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

/** `+08` of Postgres’ own text becomes `+08:00`; seconds of historic offsets are dropped. */
function zonedText(value: Fragment): Fragment {
  return sql`(${value})::timestamp::text || to_char(${value}, 'TZH:TZM')`;
}

function withMinutes(raw: string): string {
  const sign = raw.charCodeAt(raw.length - 3);
  if (sign === 43 || sign === 45) return `${raw}:00`;
  return raw.replace(/([+-]\d\d:\d\d):\d\d$/, '$1');
}

function castValue(value: Fragment, from: PhysicalType, to: PhysicalType): Fragment {
  const text = (): Fragment => (from.kind === 'text' ? value : postgresDialect.text(value, from));
  const isNumber = from.kind === 'decimal' || from.kind === 'float';
  switch (to.kind) {
    case 'text':
    case 'other':
      return text();
    case 'uuid':
      return from.kind === 'uuid' ? value : sql`case when ${text()} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (${text()})::uuid end`;
    case 'integer': {
      if (from.kind === 'boolean') return sql`null::${INTEGERS[to.bits]}`;
      if (from.kind === 'integer' && from.bits <= to.bits) return value;
      const limits = INTEGER_LIMITS[to.bits];
      if (isNumber || from.kind === 'integer') {
        const number = from.kind === 'float' ? sql`(${value})::text::numeric` : sql`(${value})::numeric`;
        return sql`case when ${number} between ${limits} and ${number} = trunc(${number}) then (${number})::${INTEGERS[to.bits]} end`;
      }
      return sql`case when ${text()} ~ '^-?0*[0-9]{1,19}$' then case when (${text()})::numeric between ${limits} then (${text()})::${INTEGERS[to.bits]} end end`;
    }
    case 'decimal':
      if (from.kind === 'decimal') return value;
      if (from.kind === 'integer') return sql`(${value})::numeric`;
      if (from.kind === 'float') return sql`(${value})::text::numeric`;
      return from.kind === 'boolean' ? sql`null::numeric` : sql`case when ${isNumberText(text(), 1000)} then (${text()})::numeric end`;
    case 'float':
      if (isNumber || from.kind === 'integer') return sql`(${value})::float8`;
      return from.kind === 'boolean' ? sql`null::float8` : sql`case when ${isNumberText(text(), 300)} then (${text()})::float8 end`;
    case 'boolean':
      return from.kind === 'boolean' ? value : sql`case ${text()} when 'true' then true when 'false' then false end`;
    case 'date':
      if (from.kind === 'date' || from.kind === 'timestamp') return sql`(${value})::date`;
      return parseDate(sql`left(${text()}, 10)`, ['yyyy-MM-dd']);
    case 'timestamp': {
      const target = to.zoned ? sql`timestamptz` : sql`timestamp`;
      if (from.kind === 'date' || from.kind === 'timestamp') return sql`(${value})::${target}`;
      const day = parseDate(sql`left(${text()}, 10)`, ['yyyy-MM-dd']);
      const isTime = sql`${text()} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?$'`;
      return sql`case when ${isTime} and ${day} is not null then (${text()})::${target} end`;
    }
    case 'json':
      if (from.kind === 'json') return value;
      throw unsupported('text read as JSON');
    default:
      return value;
  }
}

/** Plain notation, and no more digits than the type can hold. */
function isNumberText(text: Fragment, length: number): Fragment {
  return sql`length(${text}) <= ${sql.integer(length)} and ${text} ~ '^-?[0-9]+(\\.[0-9]+)?$'`;
}

function jsonAt(value: Fragment, from: PhysicalType, path: readonly (string | number)[]): Fragment {
  if (from.kind !== 'json') throw unsupported('text read as JSON');
  return path.reduce<Fragment>(
    (found, step) => sql`${found} -> ${typeof step === 'number' ? sql`(${sql.integer(step)})` : textParameter(step)}`,
    sql`(${value})`,
  );
}

/** Postgres before 16 cannot test whether a text is JSON, and fails on one that is not. */
function unsupported(what: string): HubError {
  return new HubError('SOURCE_CAPABILITY_MISSING', `this source cannot evaluate ${what}`);
}

function textFunction(node: TextNode, value: Fragment): Fragment {
  switch (node.kind) {
    case 'fold':
      return sql`translate(${value}, ${textParameter(foldTable.from)}, ${textParameter(foldTable.to)})`;
    case 'trim':
      return sql`btrim(${value}, ${textParameter(BLANKS)})`;
    case 'upper':
      return sql`upper(${value} collate "C")`;
    case 'keep':
      return sql`regexp_replace(${value} collate "C", ${node.set === 'digits' ? sql`'[^0-9]+'` : sql`'[^0-9A-Za-z]+'`}, '', 'g')`;
    case 'replace':
      return sql`replace(${value}, ${textParameter(node.from)}, ${textParameter(node.to)})`;
    case 'slice':
      return sql`substr(${value}, ${sql.integer(node.start + 1)}, ${sql.integer(node.length)})`;
    case 'part': {
      const index = sql.integer(node.index + 1);
      const part = sql`(string_to_array(${value}, ${textParameter(node.separator)}))[${index}]`;
      // An empty text has one empty part, though the array of its parts is empty.
      return node.separator === '' ? (node.index === 0 ? value : sql`null::text`) : node.index === 0 ? sql`coalesce(${part}, ${value})` : part;
    }
    case 'matching':
      return sql`case when ${value} collate "C" ~ ${textParameter(anchorPattern(node.pattern, '^', '$'))} then ${value} end`;
    case 'extract':
      return sql`(regexp_match(${value} collate "C", ${textParameter(anchorPattern(node.pattern, '^', '$'))}))[${sql.integer(node.group)}]`;
    case 'rewrite': {
      const pattern = textParameter(anchorPattern(node.pattern, '^', '$'));
      return sql`case when ${value} collate "C" ~ ${pattern} then regexp_replace(${value} collate "C", ${pattern}, ${textParameter(replacementOf(node.pieces))}) end`;
    }
    case 'parseDate':
      return parseDate(value, node.formats);
  }
}

/** Tests the calendar by itself: `to_date` and `make_date` fail the whole statement on a day that does not exist. */
function parseDate(value: Fragment, formats: readonly string[]): Fragment {
  const dates = formats.map((format) => {
    const { pattern, year, month, day } = compileDateFormat(format);
    if (year === 0) return sql`null::date`;
    const part = (group: number): Fragment => (group === 0 ? sql`1` : sql`p[${sql.integer(group)}]::integer`);
    const parts = sql`select ${part(year)} as y, ${part(month)} as m, ${part(day)} as d from regexp_match(${value} collate "C", ${textParameter(`^(?:${pattern})$`)}) as r (p) where p is not null`;
    const leap = sql`(y % 4 = 0 and y % 100 <> 0 or y % 400 = 0)`;
    const days = sql`case when m in (4, 6, 9, 11) then 30 when m <> 2 then 31 when ${leap} then 29 else 28 end`;
    return sql`(select case when y >= 1 and m between 1 and 12 and d between 1 and ${days} then make_date(y, m, d) end from (${parts}) as f)`;
  });
  return dates.length === 0 ? sql`null::date` : dates.length === 1 ? dates[0]! : sql`coalesce(${dates})`;
}
