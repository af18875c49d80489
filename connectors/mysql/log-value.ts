import { zonedInZone } from '../../schema/model/date.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

/** From a value as the binary log's reader gives it to the wire form, as selecting the column gives it. Times of the zone-less kind come as text, instants as UTC. */
export function logValue(type: PhysicalType, timeZone: string): (value: unknown) => WireValue {
  const read = reader(type, timeZone);
  return (value) => (value === null || value === undefined ? null : read(value));
}

function reader(type: PhysicalType, timeZone: string): (value: unknown) => WireValue {
  switch (type.kind) {
    case 'integer':
      return type.bits === 64 ? String : Number;
    case 'decimal':
      return String;
    case 'float':
      return (value) => shortest(Number(value));
    case 'boolean':
      return (value) => (Buffer.isBuffer(value) ? value.some((byte) => byte !== 0) : Number(value) !== 0);
    case 'timestamp':
      return type.zoned ? (value) => zonedInZone(`${String(value)}+00:00`, timeZone) : String;
    case 'uuid':
      return (value) => (Buffer.isBuffer(value) ? uuidText(padded(value, 16)) : String(value));
    case 'binary':
      return (value) => (Buffer.isBuffer(value) ? value.toString('hex') : Buffer.from(String(value)).toString('hex'));
    case 'text':
      return type.padded === true ? (value) => textOf(value).replace(/ +$/, '') : textOf;
    case 'other':
      return (value) => otherText(value, type.native);
    default:
      return textOf;
  }
}

/** An ENUM's or SET's words come as they are, a SET's as a list. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return Buffer.isBuffer(value) ? value.toString('utf8') : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The log leaves zero bytes at the end out. */
const padded = (value: Buffer, width: number): Buffer => Buffer.concat([value, Buffer.alloc(Math.max(0, width - value.length))]);

function uuidText(value: Buffer): string {
  return value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function otherText(value: unknown, native: string): string {
  if (!Buffer.isBuffer(value)) return textOf(value);
  const bits = /^bit\((\d+)\)$/.exec(native)?.[1];
  if (bits !== undefined)
    return BigInt(`0x${value.toString('hex') || '0'}`)
      .toString(2)
      .padStart(Number(bits), '0');
  if (native === 'inet4') return [...padded(value, 4)].join('.');
  if (native === 'inet6') return inet6Text(padded(value, 16));
  return value.toString('utf8');
}

/** As the server writes it: the longest run of zero groups is left out, an address of IPv4 keeps its dots. */
function inet6Text(value: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, place) => value.readUInt16BE(place * 2).toString(16));
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') return `::ffff:${[...value.subarray(12)].join('.')}`;
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  return best.at < 0 ? groups.join(':') : `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** A FLOAT comes as the double next to it: the server prints as few digits as tell it apart. */
function shortest(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
