import { HubError } from '../../schema/errors/hub-error.ts';
import { isMoment, type PhysicalType } from '../../schema/model/physical-type.ts';
import type { Fragment } from '../sql/fragment.ts';
import { sql, textOf } from './native.ts';
import { parseDate } from './text.ts';

const INTEGER_LIMITS = { 16: sql`-32768 and 32767`, 32: sql`-2147483648 and 2147483647`, 64: sql`-9223372036854775808 and 9223372036854775807` };
const INTEGERS = { 16: sql`smallint`, 32: sql`integer`, 64: sql`bigint` };

/** `cast` of the IR. @throws {HubError} SOURCE_CAPABILITY_MISSING for text to JSON */
export function castValue(value: Fragment, from: PhysicalType, to: PhysicalType): Fragment {
  const text = (): Fragment => (from.kind === 'text' ? value : textOf(value, from));
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
      if (from.kind === 'date') return value; // an index serves the bare column
      if (from.kind === 'timestamp') return sql`(${value})::date`;
      return parseDate(sql`left(${text()}, 10)`, ['yyyy-MM-dd']);
    case 'timestamp': {
      if (from.kind === 'timestamp' && from.zoned === to.zoned) return value;
      const target = to.zoned ? sql`timestamptz` : sql`timestamp`;
      if (isMoment(from)) return sql`(${value})::${target}`;
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

/** Postgres before 16 cannot test whether a text is JSON, and fails on one that is not. */
export function unsupported(what: string): HubError {
  return new HubError('SOURCE_CAPABILITY_MISSING', `this source cannot evaluate ${what}`);
}
