import { rfc3339ToZoned } from '../../schema/model/date.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { encodeNaive, NAIVE } from './naive.ts';

/** A canonical value of a scalar as a parameter that compares with what a source computes for that scalar. */
export function encodeWire(scalar: string, value: Canonical, timeZone: string): WireValue {
  if (value === null) return null;
  if (scalar === 'DateTime') return rfc3339ToZoned(String(value), timeZone);
  if (scalar === NAIVE) return encodeNaive(value, timeZone);
  if (typeof value === 'object') return JSON.stringify(value);
  return value;
}
