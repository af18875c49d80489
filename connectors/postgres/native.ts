import { isRealDate, isRealTimestamp } from '../../schema/model/date.ts';
import { isInteger64, type PhysicalType, type WireValue } from '../../schema/model/physical-type.ts';
import { constantSlot, createSqlBuilder, type Fragment } from '../sql/fragment.ts';

export const sql = createSqlBuilder('pg', '"');
export const textParameter = (value: string): Fragment => sql`${constantSlot(value)}::text`;
export const BLANKS = ' \t\r\n';

/** The type that values of a physical type are computed in. */
export function nativeType(type: PhysicalType): Fragment {
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
  integer: isInteger64,
  decimal: (text) => /^-?\d+(\.\d+)?$/.test(text),
};

/** A constant as Postgres reads it; one that its type cannot hold equals nothing, like null. */
export function nativeConstant(value: WireValue, type: PhysicalType): string | null {
  if (value === null) return null;
  const text = String(value);
  if (text.includes('\0')) return null;
  if (type.kind === 'binary') return `\\x${text}`;
  return WELL_FORMED[type.kind]?.(text) === false ? null : text;
}

/** The value as text: plain notation without superfluous zeros, wire form. */
export function textOf(value: Fragment, type: PhysicalType): Fragment {
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
}

/** `+08` of Postgres’ own text becomes `+08:00`; seconds of historic offsets are dropped. */
function zonedText(value: Fragment): Fragment {
  return sql`(${value})::timestamp::text || to_char(${value}, 'TZH:TZM')`;
}
