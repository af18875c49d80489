/**
 * SQL for MariaDB 10.6 and later. The session must have the connection collation `utf8mb4_nopad_bin`, so that literals and computed text are exact,
 * `time_zone` set to `offset`, and `group_concat_max_len` at its highest. Boolean is 0 or 1; a zoned timestamp is a local time of the session.
 *
 * Indexes follow a column's own collation, often one that is blind to case and blanks: equality is asked of the bare column, for the index, and again exactly.
 */
import { isMoment, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import { zonedInZone } from '../../schema/model/date.ts';
import type { Bindings } from '../spi/ir.ts';
import { printType } from '../spi/print-expr.ts';
import type { Dialect, Operand } from '../sql/dialect.ts';
import { listSlot, slot, type Fragment } from '../sql/fragment.ts';
import { likePattern } from '../sql/like.ts';
import { castValue } from './cast.ts';
import { jsonDialect, jsonPieces } from './json.ts';
import { listLiteral, Literal, literalOf, literalText } from './literal.ts';
import { exactly, lower, param, sql, textFunction, textOf } from './text.ts';

const COMPARE = { eq: sql`=`, ne: sql`<>`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` };

export interface MysqlDialectOptions {
  /** IANA name of the hub's zone. */
  readonly timeZone: string;
  /** The session's `time_zone`, e.g. `+08:00`. */
  readonly offset: string;
}

export function createMysqlDialect({ timeZone, offset }: MysqlDialectOptions): Dialect {
  const literal = (value: WireValue, type: PhysicalType): Literal | string => literalOf(value, type, timeZone);
  const text = (value: Fragment, type: PhysicalType): Fragment => textOf(value, type, offset);

  const dialect: Dialect = {
    sql,
    correlatedFrom: false,
    listsBySubquery: false,
    keepsMembers: false,
    listsAsRows: true,
    indexesHoldKeys: true,
    groupsBySubquery: false,
    totalsBySubquery: true,

    column: readColumn,
    constant: (constant, type) => sql`${slot(printType(type), (context) => literal(constant(context), type))}`,
    nothing: (type) => (type.kind === 'date' ? sql`cast(null as date)` : type.kind === 'timestamp' ? sql`cast(null as datetime(6))` : sql`null`),
    text,
    cast: (value, from, to) => castValue(value, from, to, offset),
    textFunction,
    concat: (parts) => (parts.length === 0 ? sql`''` : sql`concat(${parts})`),
    arithmetic: (op, left, right) => sql`(${left} ${{ '+': sql`+`, '-': sql`-`, '*': sql`*` }[op]} ${right})`,
    epochMillis: (value) =>
      sql`case when ${value} between 0 and 253402300799999 then date_add(cast(${param(`1970-01-01 ${offset.slice(1)}:00`)} as datetime(6)), interval cast(${value} as signed) * 1000 microsecond) end`,
    truncate(value, _type, unit) {
      switch (unit) {
        case 'DAY':
          return sql`cast(${value} as date)`;
        case 'MONTH':
          return sql`cast(date_format(${value}, '%Y-%m-01') as date)`;
        case 'QUARTER':
          return sql`cast(concat(lpad(year(${value}), 4, '0'), '-', quarter(${value}) * 3 - 2, '-01') as date)`;
        case 'YEAR':
          return sql`cast(date_format(${value}, '%Y-01-01') as date)`;
      }
    },

    compare(op, left, right) {
      if (op === 'eq') return equals(left, right);
      const compared = sql`${left.value} ${COMPARE[op]} ${right.value}`;
      // `0000-00-00` is no day to the hub and meets no comparison; as a range, which an index serves.
      return isMoment(left.type) && left.stored !== undefined && right.stored === undefined && op !== 'gt' && op !== 'gte'
        ? sql`(${compared} and ${left.value} >= '0001-01-01')`
        : compared;
    },
    inList(value, list, negated) {
      const items = listSlot(`${printType(value.type)} list`, list, (present) => listLiteral(present.map((item) => literal(item, value.type))));
      // An empty list is `(null)`, of which nothing is known.
      if (negated) return sql`(${value.value} is not null and coalesce(${value.value} not in ${items}, true))`;
      return value.type.kind === 'text' && value.stored !== undefined && value.indexed === true
        ? sql`(${value.stored} in ${items} and ${value.value} in ${items})`
        : sql`${value.value} in ${items}`;
    },
    matches,
    order(value, _type, direction, nulls, nullable, inAggregate = false) {
      const item = direction === 'asc' ? value : sql`${value} desc`;
      if (!nullable || (!inAggregate && (direction === 'asc') === (nulls === 'first'))) return item;
      return nulls === 'first' ? sql`(${value}) is null desc, ${item}` : sql`(${value}) is null, ${item}`;
    },
    identity: (value) => value,
    measure(fn, value) {
      const names = {
        count: sql`count(${value})`,
        countDistinct: sql`count(distinct ${value})`,
        sum: sql`sum(${value})`,
        min: sql`min(${value})`,
        max: sql`max(${value})`,
      };
      return names[fn];
    },

    output(value, type) {
      switch (type.kind) {
        case 'float':
        case 'binary':
          return text(value, type);
        case 'json':
        case 'other':
        case 'uuid':
          return sql`concat(${value}, '')`;
        default:
          return value;
      }
    },
    decode(type) {
      switch (type.kind) {
        case 'integer':
          return type.bits === 64 ? (raw: string | number) => String(raw) : (raw: string | number) => Number(raw);
        case 'decimal':
          return (raw: string | number) => String(raw);
        case 'float':
          return (raw: string) => Number(raw);
        case 'boolean':
          return (raw: string | number) => Number(raw) !== 0;
        case 'timestamp':
          return type.zoned ? (raw: string) => inHubZone(raw + offset) : undefined;
        default:
          return undefined;
      }
    },
    ...jsonDialect((value, type) => dialect.output(value, type), text),
    ...jsonPieces,
    page(limit, start) {
      if (start !== undefined) return sql`limit ${limit ?? sql`18446744073709551615`} offset ${start}`;
      return limit === undefined ? sql`` : sql`limit ${limit}`;
    },
    integerParameter: (parameter) => sql`${slot(parameter.type, (context) => new Literal(String(Number(parameter.bind(context)))))}`,

    keys(columns, width, isSingle) {
      const types = columns.slice(0, width).map(({ type }) => type);
      const rows = slot(`(integer, ${types.map(printType).join(', ')}) rows`, ({ bindings }) => keysLiteral(bindings.keys ?? [], types, literal));
      const names = [sql.name('ordinal'), ...columns.slice(0, width).map((_, index) => sql.name(`k${index}`))];
      return sql`with v (${names}) as (values ${rows}) select ${isSingle ? sql`` : sql`distinct `}${names} from v where ordinal is not null`;
    },
    // A limit keeps a subquery from being merged into the query around it.
    once: (select, alias) => ({ head: sql``, from: sql`(${select} limit 18446744073709551615) as ${sql.name(alias)}` }),
    joinKeys: (keys, rows, indexed) => (indexed ? sql`${keys} straight_join ${rows}` : sql`${keys} join ${rows}`),
  };

  const isFixed = timeZone === 'Asia/Shanghai' || timeZone === 'UTC';
  function inHubZone(zoned: string): string {
    return isFixed ? zoned : (zonedInZone(zoned, timeZone) ?? zoned);
  }
  return dialect;
}

/** Ordinals with their keys, row by row. */
function keysLiteral(
  keys: NonNullable<Bindings['keys']>,
  types: readonly PhysicalType[],
  literal: (value: WireValue, type: PhysicalType) => Literal | string,
): Literal {
  let text = '';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    text += i === 0 ? `(${Number(key[0])}` : `,(${Number(key[0])}`;
    for (let column = 0; column < types.length; column++) text += `,${literalText(literal(key[column + 1] ?? null, types[column] as PhysicalType))}`;
    text += ')';
  }
  return new Literal(text === '' ? `(null${',null'.repeat(types.length)})` : text);
}

function readColumn(stored: Fragment, type: PhysicalType): Fragment {
  switch (type.kind) {
    case 'text':
      if (type.byCodePoint === true) return stored;
      return exactly(type.charset === 'utf8mb4' ? stored : sql`convert(${stored} using utf8mb4)`);
    case 'boolean':
      // Also what is kept as `bit(1)`.
      return sql`(${stored} <> 0)`;
    case 'json':
      return exactly(sql`convert(${stored} using utf8mb4)`);
    case 'uuid':
      return exactly(sql`cast(${stored} as char)`);
    case 'other': {
      const bits = /^bit\((\d+)\)$/.exec(type.native)?.[1];
      if (bits !== undefined) return exactly(sql`lpad(bin(${stored} + 0), ${sql.integer(Number(bits))}, '0')`);
      return exactly(/geometry|point|linestring|polygon/.test(type.native) ? sql`st_astext(${stored})` : sql`cast(${stored} as char)`);
    }
    default:
      return stored;
  }
}

/** Equality that an index on the bare column can serve, and exact. */
function equals(left: Operand, right: Operand): Fragment {
  const exact = sql`${left.value} = ${right.value}`;
  if (left.type.kind !== 'text' && left.type.kind !== 'uuid') return exact;
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    if (a.stored === undefined || a.indexed !== true) continue;
    if (b.constant !== undefined) return a.type.kind === 'text' ? sql`(${a.stored} = ${b.value} and ${exact})` : exact;
    if (a.type.kind !== 'text' || a.type.charset !== 'utf8mb4') continue;
    // Like a literal, unquoted JSON takes the column's collation instead of quarrelling with it.
    const pliable = b.given === true ? b.value : sql`json_unquote(json_quote(${b.value}))`;
    return sql`(${a.stored} = ${pliable} and ${exact})`;
  }
  return exact;
}

const matches: Dialect['matches'] = (op, value, pattern) => {
  const { constant } = pattern;
  const like = (form: (sought: string) => string): Fragment =>
    sql`${value} like ${slot('text', (context) => {
      const sought = constant!(context);
      return sought === null ? new Literal('null') : form(likePattern(String(sought)));
    })}`;
  const sought = pattern.value;
  switch (op) {
    case 'contains':
      return constant === undefined ? sql`locate(${exactly(sought)}, ${value}) > 0` : like((escaped) => `%${escaped}%`);
    case 'startsWith':
      return constant === undefined ? sql`left(${value}, char_length(${sought})) = ${exactly(sought)}` : like((escaped) => `${escaped}%`);
    case 'endsWith':
      return constant === undefined ? sql`right(${value}, char_length(${sought})) = ${exactly(sought)}` : like((escaped) => `%${escaped}`);
    case 'iContains':
      if (constant === undefined) return sql`locate(${exactly(lower(sought))}, ${lower(value)}) > 0`;
      return sql`${value} regexp ${slot('text', (context) => {
        const text = constant(context);
        return text === null ? new Literal('null') : foldingPattern(String(text));
      })}`;
  }
};

/** A regular expression of the text in which ASCII letters stand for both their cases. */
function foldingPattern(text: string): string {
  if (text === '') return '(?:)';
  return [...text]
    .map((character) =>
      /[A-Za-z]/.test(character)
        ? `[${character.toLowerCase()}${character.toUpperCase()}]`
        : /[0-9]|[^\x20-\x7e]/.test(character)
          ? character
          : `\\${character}`,
    )
    .join('');
}
