import type { Canonical } from '../../schema/model/canonical.ts';
import { decimalOfNumber, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { Normalizer } from '../../schema/model/mapping.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { asText } from './as-text.ts';
import type { CodeTarget } from './codes.ts';
import { compareWire } from './compare-wire.ts';
import { constantValue } from './column.ts';
import { lookupValue } from './lookup-values.ts';
import { matching } from './matching.ts';
import { normalize } from './normalize.ts';
import { toDecimal, toFloat, toInteger } from './plain-number.ts';
import { decodeDateTime, encodeDateTime, toDate, toDateTime, toYearMonth } from './plain-time.ts';
import { presentText } from './present-text.ts';
import { boolean } from './boolean.ts';
import { MappingFault, TEXT, type TransformContext, typeName, type Value } from './value.ts';
import { suggestion } from '../../schema/parse/suggest.ts';

/** What a value must become: a scalar or enum of the unified schema, with all that is known of its form. */
export interface Target {
  readonly name: string;
  /** Names of the values, of an enum. */
  readonly values?: readonly string[];
  readonly pattern?: string;
  readonly normalizer?: Normalizer;
}

/** The value in the natural form of the target: text for enums and formats, decimal for Decimal, zoned timestamp for DateTime … @throws {MappingFault} when it can never be one */
export function plain(input: Value, target: Target, context: TransformContext & { readonly isNormalized?: boolean }): Value {
  if (input.finished === true) return input;
  switch (target.name) {
    case 'Int':
      return toInteger(input, 32);
    case 'BigInt':
      return toInteger(input, 64);
    case 'Decimal':
      return toDecimal(input);
    case 'Float':
      return toFloat(input);
    case 'Boolean':
      return plainBoolean(input);
    case 'Date':
      return toDate(input, context);
    case 'YearMonth':
      return toYearMonth(input, context);
    case 'DateTime':
      return toDateTime(input, context);
    case 'JSON':
    case 'GeoJSON':
      throw new MappingFault(`a value with steps is no ${target.name}`, 'map a JSON column by `json` alone');
    case 'ID':
      return asText(input);
    default:
      return plainText(input, target, context.isNormalized === true);
  }
}

function plainText(input: Value, { values, pattern, normalizer }: Target, isNormalized: boolean): Value {
  if (values !== undefined) {
    if (input.type.kind !== 'text' && input.type.kind !== 'other')
      throw new MappingFault(`the value holds ${typeName(input.type)}, the field is an enum`, 'list what each means with `codes`');
    return lookupValue(input, {
      entries: new Map(values.map((value) => [value, value])),
      type: TEXT,
      code: 'UNKNOWN_CODE',
      holds: (op, a, b) => compareWire(op, a, b, TEXT),
    });
  }
  const text = presentText(asText(input));
  const normal = normalizer === undefined || isNormalized ? text : presentText(normalize(text, normalizer, 'BAD_FORMAT'));
  return pattern === undefined ? normal : matching(normal, pattern);
}

function plainBoolean(input: Value): Value {
  if (input.type.kind === 'boolean') return input;
  if (input.type.kind !== 'text')
    throw new MappingFault(
      `the value holds ${typeName(input.type)}, the field is a Boolean`,
      'say what is true and what is false: `boolean: { true: ["1"], false: ["0"] }`',
    );
  return boolean(input, { true: ['true'], false: ['false'] });
}

/** Wire form of a finished value → what clients see; absent where the two are the same. */
export function canonicalOf(target: Target, type: PhysicalType): ((wire: NonNullable<WireValue>) => Canonical) | undefined {
  if (target.name === 'Decimal') return (wire) => normalizeDecimal(wire as string);
  if (target.name === 'DateTime') return decodeDateTime;
  return target.name === 'Float' && type.kind === 'decimal' ? Number : undefined;
}

/** What clients write → a constant that compares with the finished value's expression. */
export function encoderOf(target: Target, type: PhysicalType, context: TransformContext): (value: Canonical) => WireValue {
  const encode = presentEncoder(target, type, context);
  return (value) => (value === null ? null : encode(value));
}

function presentEncoder({ name }: Target, type: PhysicalType, context: TransformContext): (value: NonNullable<Canonical>) => WireValue {
  switch (name) {
    case 'Int':
      return Number;
    case 'Boolean':
      return (value) => value === true;
    case 'Float':
      return type.kind === 'decimal' ? (value) => decimalOfNumber(Number(value)) : Number;
    case 'Decimal':
    case 'BigInt':
      return (value) => normalizeDecimal(String(value));
    case 'DateTime':
      return (value) => encodeDateTime(String(value), context);
    case 'JSON':
    case 'GeoJSON':
      return JSON.stringify;
    default:
      return String;
  }
}

/** How the targets of a code list become values of the field. */
export function codeTarget(target: Target | undefined, context: TransformContext): CodeTarget {
  if (target === undefined) return { type: TEXT, read: (text) => text, remedy: () => '' };
  if (target.values !== undefined) {
    const { values } = target;
    return { type: TEXT, read: (text) => (values.includes(text) ? text : undefined), remedy: (text) => suggestion(text, values) };
  }
  const sample = plain(constantValue('', TEXT), target, context);
  return {
    type: sample.type,
    read: (text) => plain(constantValue(text, TEXT), target, context).decode([], () => undefined) ?? undefined,
    remedy: () => `write it as a ${target.name}`,
  };
}
