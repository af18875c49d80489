/**
 * SQL for SQLite. What SQLite cannot do by itself is done by functions that the worker registers. All are deterministic, give null when the
 * first argument is null, and never throw for a value; `path`, `formats` and `separators` are JSON arrays as text.
 *
 * Native forms in SQLite: decimal → TEXT as `normalizeDecimal` gives it · boolean → 0/1 · date → TEXT · naive timestamp → TEXT as `naiveKey` gives it ·
 * zoned timestamp → TEXT as `zonedKey` gives it (UTC, no offset) · json, uuid, time, other → TEXT · binary → BLOB · the rest as stored.
 *
 * | function | result |
 * |---|---|
 * | `hub_fold(text)` | `foldText` |
 * | `hub_keep(text, set)` | `keepText`; set is `digits` or `alphanumerics` |
 * | `hub_part(text, separator, index)` | `partOfText` |
 * | `hub_matching(text, pattern)` | the text when the whole of it matches the IR pattern, else null |
 * | `hub_rewrite(text, pattern, pieces)` | the text rebuilt from groups and texts (a JSON list), null when it does not match |
 * | `hub_extract(text, pattern, group)` | the group of a match of the whole text, else null |
 * | `hub_parse_date(text, formats)` | `YYYY-MM-DD` by the first format that names a real day, else null |
 * | `hub_decimal(x)` | INTEGER, REAL or TEXT → normalised decimal text; null for what is no plain decimal |
 * | `hub_integer(x, bits)` | INTEGER or TEXT `-?\d+` in the range of 16, 32 or 64 bits → INTEGER, else null |
 * | `hub_dec_key(decimal)` | TEXT that sorts bytewise as the numbers do; equal for equal numbers |
 * | `hub_dec_of_key(key)` | the normalised decimal that the key was made of |
 * | `hub_dec_add(a, b)` `hub_dec_sub(a, b)` `hub_dec_mul(a, b)` | exact, normalised; null when either is null |
 * | `hub_dec_sum(x)` | aggregate over INTEGER or decimal TEXT: exact normalised sum, null over no value; nulls left out |
 * | `hub_naive(text)` | a stored naive timestamp → `naiveKey`; `T` for the blank, missing seconds and a missing time are allowed; any other text as it is |
 * | `hub_moment(text)` | the `naiveKey` or `zonedKey` of a column when it names a real day and time, else null |
 * | `hub_cast_naive(text)` | as `castValue` text → naive timestamp, then `naiveKey`; else null |
 * | `hub_instant(text)` | a zoned timestamp text (as `zonedInZone` reads it), or a naive one or a date meant in the hub's zone → `zonedKey`; else null |
 * | `hub_instant_of_millis(x)` | INTEGER or decimal TEXT of epoch milliseconds → `zonedKey`; null when negative or after year 9999 |
 * | `hub_zoned(key)` | `zonedKey` → wire form in the hub's zone; any other text as it is |
 * | `hub_local(key)` | `zonedKey` → naive timestamp in the hub's zone, as `naiveKey` |
 * | `hub_json_text(json, path)` | `jsonTextAt` |
 * | `hub_json_elements(json, path)` | JSON array of strings: the JSON text of each element of the array at the path; `[]` when there is none |
 * | `hub_split(text, separators)` | JSON array of all parts between any of the separators, null in place of each blank part |
 */
import { naiveKey, zonedKey } from '../../schema/model/date.ts';
import { normalizeDecimal } from '../../schema/model/decimal.ts';
import { isInteger64, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import type { Dialect, TextNode } from '../sql/dialect.ts';
import { printType } from '../spi/print-expr.ts';
import { constantSlot, createSqlBuilder, listSlot, slot, type Fragment } from '../sql/fragment.ts';

const sql = createSqlBuilder('better-sqlite3', '"');
const param = (value: string | number): Fragment => sql`${constantSlot(value, typeof value === 'number' ? 'number' : 'text')}`;
const COMPARE = { eq: sql`=`, ne: sql`<>`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

export const sqliteDialect: Dialect = {
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
        return type.padded === true ? sql`rtrim(${stored}, ' ') collate binary` : sql`${stored} collate binary`;
      case 'decimal':
        return sql`hub_decimal(${stored})`;
      case 'timestamp':
        // What is no timestamp stays as it is, so that the hub sees it; a cast to the column's own type leaves it out.
        return type.zoned ? sql`coalesce(hub_instant(${stored}), cast(${stored} as text))` : sql`hub_naive(${stored})`;
      case 'time':
        return sql`case when instr(${stored}, '.') > 0 then rtrim(rtrim(${stored}, '0'), '.') else ${stored} end`;
      // What is declared DATE or UUID turns texts that it is compared with into numbers; a cast does not.
      case 'date':
      case 'json':
      case 'uuid':
      case 'other':
        return sql`cast(${stored} as text) collate binary`;
      default:
        return stored;
    }
  },
  constant(constant, type) {
    const parameter = sql`${slot(printType(type), (context) => nativeConstant(constant(context), type))}`;
    if (type.kind === 'integer') return sql`cast(${parameter} as integer)`;
    if (type.kind === 'float') return sql`cast(${parameter} as real)`;
    return parameter;
  },
  nothing: () => sql`null`,
  text(value, type) {
    switch (type.kind) {
      case 'integer':
        return sql`cast(${value} as text)`;
      case 'float':
        return sql`hub_decimal(${value})`;
      case 'boolean':
        return sql`case when ${value} then 'true' when not ${value} then 'false' end`;
      case 'timestamp':
        return type.zoned ? sql`hub_zoned(${value})` : value;
      case 'binary':
        return sql`case when ${value} is not null then lower(hex(${value})) end`;
      default:
        return value;
    }
  },
  cast(value, from, to) {
    const text = (): Fragment => sqliteDialect.text(value, from);
    switch (to.kind) {
      case 'text':
      case 'uuid':
      case 'other':
        return text();
      case 'integer':
        return sql`hub_integer(${from.kind === 'integer' ? value : text()}, ${sql.integer(to.bits)})`;
      case 'decimal':
        return sql`hub_decimal(${from.kind === 'integer' || from.kind === 'float' ? value : text()})`;
      case 'float':
        return from.kind === 'float' ? value : sql`cast(hub_decimal(${from.kind === 'integer' ? value : text()}) as real)`;
      case 'boolean':
        return from.kind === 'boolean' ? value : sql`case ${text()} when 'true' then 1 when 'false' then 0 end`;
      case 'date':
        if (from.kind === 'date') return sql`case when date(${value}) = ${value} and ${value} >= '0001-01-01' then ${value} end`;
        return sql`hub_parse_date(substr(${localText(value, from)}, 1, 10), ${param('["yyyy-MM-dd"]')})`;
      case 'timestamp':
        return castTimestamp(value, from, to.zoned);
      case 'json':
        return sql`case when json_valid(${text()}) then ${text()} end`;
      default:
        return value;
    }
  },
  textFunction,
  jsonText: (value, _from, path) => sql`hub_json_text(${value}, ${param(JSON.stringify(path))})`,
  concat: (parts) =>
    parts.length === 0
      ? sql`''`
      : sql`(${sql.join(
          parts.map((part) => sql`(${part})`),
          ' || ',
        )})`,
  arithmetic(op, left, right) {
    const name = { '+': sql`hub_dec_add`, '-': sql`hub_dec_sub`, '*': sql`hub_dec_mul` }[op];
    return sql`${name}(${left}, ${right})`;
  },
  epochMillis: (value) => sql`hub_instant_of_millis(${value})`,
  truncate(value, type, unit) {
    const text = localText(value, type);
    switch (unit) {
      case 'DAY':
        return sql`substr(${text}, 1, 10)`;
      case 'MONTH':
        return sql`(substr(${text}, 1, 7) || '-01')`;
      case 'QUARTER':
        return sql`(substr(${text}, 1, 5) || substr('010101040404070707101010', cast(substr(${text}, 6, 2) as integer) * 2 - 1, 2) || '-01')`;
      case 'YEAR':
        return sql`(substr(${text}, 1, 4) || '-01-01')`;
    }
  },

  compare(op, left, right) {
    const keyed = left.type.kind === 'decimal' && op !== 'eq' && op !== 'ne';
    const side = (value: Fragment): Fragment => (keyed ? sql`hub_dec_key(${value})` : sql`(${value})`);
    // An index serves the bare column only; a date is never taken for a number.
    if (left.type.kind === 'date' && left.stored !== undefined && right.constant !== undefined) return sql`${left.stored} ${COMPARE[op]} ${right.value}`;
    return sql`${side(left.value)} ${COMPARE[op]} ${side(right.value)}`;
  },
  inList(value, list, negated) {
    const parameter = listSlot(`JSON list of ${printType(value.type)}`, list, (items) =>
      JSON.stringify(items.map((item) => nativeConstant(item, value.type)).filter((item) => item !== null)),
    );
    const item = value.type.kind === 'integer' ? sql`cast(value as integer)` : sql`value`;
    const listed = sql`(select ${item} from json_each(${parameter}))`;
    return negated ? sql`((${value.value}) is not null and (${value.value}) not in ${listed})` : sql`(${value.value}) in ${listed}`;
  },
  matches(op, value, pattern) {
    const sought = pattern.value;
    switch (op) {
      case 'contains':
        return sql`instr(${value}, ${sought}) > 0`;
      case 'iContains':
        return sql`instr(lower(${value}), lower(${sought})) > 0`;
      case 'startsWith':
        return sql`substr(${value}, 1, length(${sought})) = (${sought})`;
      case 'endsWith':
        return sql`substr(${value}, length(${value}) - length(${sought}) + 1) = (${sought})`;
    }
  },
  order(value, type, direction, nulls, nullable) {
    const key = type.kind === 'decimal' ? sql`hub_dec_key(${value})` : sql`(${value})`;
    const item = direction === 'asc' ? key : sql`${key} desc`;
    if (!nullable || (direction === 'asc') === (nulls === 'first')) return item;
    return nulls === 'first' ? sql`${item} nulls first` : sql`${item} nulls last`;
  },
  identity: (value) => value,
  measure(fn, value, type) {
    switch (fn) {
      case 'count':
        return sql`count(${value})`;
      case 'countDistinct':
        return sql`count(distinct ${value})`;
      case 'sum':
        return type.kind === 'float' ? sql`sum(cast(${value} as real))` : sql`hub_dec_sum(${value})`;
      case 'min':
      case 'max': {
        const best = fn === 'min' ? sql`min` : sql`max`;
        return type.kind === 'decimal' ? sql`hub_dec_of_key(${best}(hub_dec_key(${value})))` : sql`${best}(${value})`;
      }
    }
  },

  output(value, type) {
    if (type.kind === 'integer' && type.bits === 64) return sql`cast(${value} as text)`;
    return type.kind === 'timestamp' || type.kind === 'binary' ? sqliteDialect.text(value, type) : value;
  },
  decode: (type) => (type.kind === 'boolean' ? (raw: number | bigint) => Number(raw) !== 0 : undefined),
  jsonItem(value, type) {
    if (type.kind === 'boolean') return sql`case when ${value} then 'true' when not ${value} then 'false' else 'null' end`;
    return sql`json_quote(${sqliteDialect.output(value, type)})`;
  },
  jsonRow: (items) => (items.length === 0 ? sql`'[]'` : sql`('[' || ${sql.join(interleave(items), ' || ')} || ']')`),
  jsonList: (row, orderBy) => sql`('[' || coalesce(group_concat(${row}, ','${orderBy.length === 0 ? sql`` : sql` order by ${orderBy}`}), '') || ']')`,
  jsonConstant: (text) => param(text),
  jsonOutput: (json) => json,
  page(limit, offset) {
    if (offset !== undefined) return sql`limit ${limit ?? sql`-1`} offset ${offset}`;
    return limit === undefined ? sql`` : sql`limit ${limit}`;
  },
  integerParameter: (parameter) => sql`${parameter}`,

  jsonElements(value, _from, path, alias) {
    const join = sql`cross join json_each(hub_json_elements(${value}, ${param(JSON.stringify(path))})) as ${sql.name(alias)}`;
    return { join, value: sql.path(alias, 'value'), ordinal: sql.path(alias, 'key') };
  },
  textParts(value, separators, alias) {
    const part = sql.path(alias, 'value');
    const join = sql`join json_each(hub_split(${value}, ${param(JSON.stringify(separators))})) as ${sql.name(alias)} on ${part} is not null`;
    return { join, value: part, ordinal: sql.path(alias, 'key') };
  },
  keys(columns, width, isSingle) {
    const parameter = slot(
      `JSON list of [integer, ${columns
        .slice(0, width)
        .map(({ type }) => printType(type))
        .join(', ')}]`,
      ({ bindings }) =>
        JSON.stringify(
          (bindings.keys ?? []).map(([ordinal, ...keys]) => [ordinal, ...keys.slice(0, width).map((key, index) => nativeConstant(key, columns[index]!.type))]),
        ),
    );
    const items = columns.slice(0, width).map((column, index) => {
      const value = sql`value ->> ${sql.integer(index + 1)}`;
      return sql`${column.type.kind === 'integer' ? sql`cast(${value} as integer)` : value} as ${sql.name(`k${index}`)}`;
    });
    return sql`select ${isSingle ? sql`` : sql`distinct `}${[sql`value ->> 0 as ordinal`, ...items]} from json_each(${parameter})`;
  },
  once: (select, alias) => ({ head: sql`with ${sql.name(alias)} as materialized (${select}) `, from: sql.name(alias) }),
  joinKeys: (keys, rows) => sql`${keys} cross join ${rows}`,
};

/** A constant as SQLite holds values of its type. */
function nativeConstant(value: WireValue, type: PhysicalType): WireValue {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (type.kind === 'decimal') return normalizeDecimal(String(value));
  // A cast makes the largest integer of a larger number, and 0 of other text.
  if (type.kind === 'integer' && typeof value === 'string' && !isInteger64(value)) return null;
  if (type.kind === 'timestamp') return type.zoned ? zonedKey(String(value)) : naiveKey(String(value));
  return value;
}

/** Date or timestamp as text of the hub's zone. */
function localText(value: Fragment, type: PhysicalType): Fragment {
  return type.kind === 'timestamp' && type.zoned ? sql`hub_local(${value})` : value;
}

function castTimestamp(value: Fragment, from: PhysicalType, zoned: boolean): Fragment {
  if (from.kind === 'timestamp' && from.zoned === zoned) return sql`hub_moment(${value})`;
  if (from.kind === 'timestamp' && from.zoned) return sql`hub_local(${value})`;
  const naive =
    from.kind === 'timestamp' ? value : from.kind === 'date' ? sql`(${value} || ' 00:00:00')` : sql`hub_cast_naive(${sqliteDialect.text(value, from)})`;
  return zoned ? sql`hub_instant(${naive})` : naive;
}

function textFunction(node: TextNode, value: Fragment): Fragment {
  switch (node.kind) {
    case 'fold':
      return sql`hub_fold(${value})`;
    case 'trim':
      return sql`trim(${value}, ${param(' \t\r\n')})`;
    case 'upper':
      return sql`upper(${value})`;
    case 'keep':
      return sql`hub_keep(${value}, ${param(node.set)})`;
    case 'replace':
      return sql`replace(${value}, ${param(node.from)}, ${param(node.to)})`;
    case 'slice':
      return sql`substr(${value}, ${sql.integer(node.start + 1)}, ${sql.integer(node.length)})`;
    case 'part':
      return sql`hub_part(${value}, ${param(node.separator)}, ${sql.integer(node.index)})`;
    case 'matching':
      return sql`hub_matching(${value}, ${param(node.pattern)})`;
    case 'extract':
      return sql`hub_extract(${value}, ${param(node.pattern)}, ${sql.integer(node.group)})`;
    case 'rewrite':
      return sql`hub_rewrite(${value}, ${param(node.pattern)}, ${param(JSON.stringify(node.pieces))})`;
    case 'parseDate':
      return sql`hub_parse_date(${value}, ${param(JSON.stringify(node.formats))})`;
  }
}

/** Items with commas between; a nested `one` that finds no row is a null, and a null would swallow its row. */
function interleave(items: readonly Fragment[]): Fragment[] {
  return items.map((item) => sql`coalesce(${item}, 'null')`).flatMap((item, index) => (index === 0 ? [item] : [sql`','`, item]));
}
