import { fromWgs84, toWgs84, type Degrees } from './datum-shift.ts';

/** A point on the map with the datum it was measured in. */
export interface Point extends Degrees {
  readonly datum: string | null;
}

const KNOWN: ReadonlySet<string> = new Set(['WGS84', 'CGCS2000', 'GCJ02', 'BD09']);

/**
 * A point in another datum; null when its own datum is unknown, since a guess would be hundreds of metres off. CGCS2000 and WGS84 are taken as equal
 * (they differ by less than a metre). Coordinates keep 7 decimals, about a centimetre; unconverted ones are left as they are.
 */
export function convertDatum(point: Point, to: string): Point | null {
  const from = point.datum;
  if (to === 'AS_SUPPLIED' || from === to) return point;
  if (from === null || !KNOWN.has(from) || !KNOWN.has(to)) return null;
  const target = fromWgs84(toWgs84(point, from), to);
  return { longitude: round(target.longitude), latitude: round(target.latitude), datum: to };
}

const round = (degrees: number): number => Number(degrees.toFixed(7));
