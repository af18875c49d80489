/** Degrees in some datum. */
export interface Degrees {
  readonly longitude: number;
  readonly latitude: number;
}

const EARTH = 6_378_245;
const ECCENTRICITY = 0.006_693_421_622_965_943;
const BD_STEP = (Math.PI * 3000) / 180;
/** Rounds of the fixed-point inversion; the error is then below 1e-10 degrees. */
const ROUNDS = 8;

/** From GCJ02 or BD09 to WGS84; any other datum is taken to be WGS84 itself. */
export function toWgs84(point: Degrees, datum: string): Degrees {
  if (datum === 'GCJ02') return inverse(point, gcj02);
  if (datum === 'BD09') return inverse(inverse(point, bd09), gcj02);
  return point;
}

/** From WGS84 to GCJ02 or BD09; any other datum is taken to be WGS84 itself. */
export function fromWgs84(point: Degrees, datum: string): Degrees {
  if (datum === 'GCJ02') return gcj02(point);
  if (datum === 'BD09') return bd09(gcj02(point));
  return point;
}

/** Both offsets vary so slowly that stepping back by the offset found converges fast. */
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
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave + waves(y, [1, 20], [3, 40]) + waves(y, [12, 160], [30, 320]);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave + waves(x, [1, 20], [3, 40]) + waves(x, [12, 150], [30, 300]);
  const radians = (latitude / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY * Math.sin(radians) ** 2;
  const square = Math.sqrt(magic);
  return {
    longitude: longitude + (east * 180) / ((EARTH / square) * Math.cos(radians) * Math.PI),
    latitude: latitude + (north * 180) / (((EARTH * (1 - ECCENTRICITY)) / (magic * square)) * Math.PI),
  };
}

/** Two sines of a coordinate, each with its divisor and height. */
function waves(value: number, ...parts: readonly (readonly [number, number])[]): number {
  return parts.reduce((sum, [divisor, height]) => sum + height * Math.sin((value / divisor) * Math.PI), 0) * (2 / 3);
}

/** Baidu's own turn of GCJ-02. */
function bd09({ longitude: x, latitude: y }: Degrees): Degrees {
  const z = Math.sqrt(x * x + y * y) + 0.000_02 * Math.sin(y * BD_STEP);
  const theta = Math.atan2(y, x) + 0.000_003 * Math.cos(x * BD_STEP);
  return { longitude: z * Math.cos(theta) + 0.0065, latitude: z * Math.sin(theta) + 0.006 };
}
