/** A point on the map with the datum it was measured in. */
export interface Point {
  readonly longitude: number;
  readonly latitude: number;
  readonly datum: string | null;
}

const EARTH = 6_378_245;
const ECCENTRICITY = 0.006_693_421_622_965_943_23;
const BD_STEP = (Math.PI * 3000) / 180;
/** Rounds of the fixed-point inversion; the error is then below a millimetre. */
const ROUNDS = 6;

/**
 * A point in another datum; null when its own datum is unknown, since a guess would be hundreds of metres off. CGCS2000 and WGS84 are taken as equal
 * (they differ by less than a metre). Coordinates keep 7 decimals, about a centimetre; unconverted ones are left as they are.
 */
export function convertDatum(point: Point, to: string): Point | null {
  const from = point.datum;
  if (to === 'AS_SUPPLIED' || from === to) return point;
  if (from === null) return null;
  const wgs = toWgs84(point, from);
  const target = fromWgs84(wgs, to);
  return { longitude: round(target.longitude), latitude: round(target.latitude), datum: to };
}

const round = (degrees: number): number => Number(degrees.toFixed(7));

type Degrees = Pick<Point, 'longitude' | 'latitude'>;

function toWgs84(point: Degrees, datum: string): Degrees {
  if (datum === 'GCJ02') return inverse(point, gcj02);
  if (datum === 'BD09') return inverse(gcjOfBaidu(point), gcj02);
  return point;
}

function fromWgs84(point: Degrees, datum: string): Degrees {
  if (datum === 'GCJ02') return gcj02(point);
  if (datum === 'BD09') return baiduOfGcj(gcj02(point));
  return point;
}

function inverse(point: Degrees, forward: (p: Degrees) => Degrees): Degrees {
  let guess = point;
  for (let i = 0; i < ROUNDS; i++) {
    const there = forward(guess);
    guess = { longitude: guess.longitude - (there.longitude - point.longitude), latitude: guess.latitude - (there.latitude - point.latitude) };
  }
  return guess;
}

/** The public GCJ-02 offset; outside China there is none. */
function gcj02({ longitude, latitude }: Degrees): Degrees {
  if (longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271) return { longitude, latitude };
  const [x, y] = [longitude - 105, latitude - 35];
  const wave = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  const root = Math.sqrt(Math.abs(x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave + ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 + ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave + ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 + ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  const radians = (latitude / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY * Math.sin(radians) ** 2;
  const square = Math.sqrt(magic);
  return {
    longitude: longitude + (east * 180) / ((EARTH / square) * Math.cos(radians) * Math.PI),
    latitude: latitude + (north * 180) / (((EARTH * (1 - ECCENTRICITY)) / (magic * square)) * Math.PI),
  };
}

function baiduOfGcj({ longitude: x, latitude: y }: Degrees): Degrees {
  const z = Math.sqrt(x * x + y * y) + 0.000_02 * Math.sin(y * BD_STEP);
  const theta = Math.atan2(y, x) + 0.000_003 * Math.cos(x * BD_STEP);
  return { longitude: z * Math.cos(theta) + 0.0065, latitude: z * Math.sin(theta) + 0.006 };
}

function gcjOfBaidu({ longitude, latitude }: Degrees): Degrees {
  const [x, y] = [longitude - 0.0065, latitude - 0.006];
  const z = Math.sqrt(x * x + y * y) - 0.000_02 * Math.sin(y * BD_STEP);
  const theta = Math.atan2(y, x) - 0.000_003 * Math.cos(x * BD_STEP);
  return { longitude: z * Math.cos(theta), latitude: z * Math.sin(theta) };
}
