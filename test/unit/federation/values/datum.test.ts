import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../seed.ts';
import { convertDatum } from '../../../../federation/values/datum.ts';
import { fromWgs84, toWgs84, type Degrees } from '../../../../federation/values/datum-shift.ts';

/** Great-circle distance on a sphere of the mean radius; enough for a few hundred metres. */
function metres(a: Degrees, b: Degrees): number {
  const [lat1, lat2] = [(a.latitude * Math.PI) / 180, (b.latitude * Math.PI) / 180];
  const [dLat, dLng] = [lat2 - lat1, ((b.longitude - a.longitude) * Math.PI) / 180];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLng / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}

const SUZHOU = { longitude: 120.5853, latitude: 31.299 };
const BEIJING = { longitude: 116.404, latitude: 39.915 };
const china = fc.record({ longitude: fc.double({ min: 73.5, max: 135, noNaN: true }), latitude: fc.double({ min: 18, max: 53.5, noNaN: true }) });

describe('a shift between datums', () => {
  it('moves Suzhou by about 465 m from WGS84 to GCJ02', () => {
    expect(metres(SUZHOU, fromWgs84(SUZHOU, 'GCJ02'))).toBeGreaterThan(460);
    expect(metres(SUZHOU, fromWgs84(SUZHOU, 'GCJ02'))).toBeLessThan(470);
  });

  it('agrees with the published numbers for Beijing', () => {
    const gcj = fromWgs84(BEIJING, 'GCJ02');
    expect(gcj.longitude).toBeCloseTo(116.41024449916938, 9);
    expect(gcj.latitude).toBeCloseTo(39.91640428150164, 9);
    const baidu = fromWgs84(toWgs84(BEIJING, 'GCJ02'), 'BD09');
    expect(baidu.longitude).toBeCloseTo(116.41036949371029, 9);
    expect(baidu.latitude).toBeCloseTo(39.92133699351021, 9);
  });

  it.each(['GCJ02', 'BD09'])('and back from %s misses by less than 1e-8 degrees', (datum) => {
    fc.assert(
      fc.property(china, (point) => {
        const back = toWgs84(fromWgs84(point, datum), datum);
        expect(Math.abs(back.longitude - point.longitude)).toBeLessThan(1e-8);
        expect(Math.abs(back.latitude - point.latitude)).toBeLessThan(1e-8);
      }),
      { seed: SEED, numRuns: 1_000, verbose: 1 },
    );
  });

  it('leaves points outside China where they are', () => {
    expect(fromWgs84({ longitude: 2.35, latitude: 48.85 }, 'GCJ02')).toEqual({ longitude: 2.35, latitude: 48.85 });
  });
});

describe('converting a point', () => {
  const point = { ...SUZHOU, datum: 'WGS84' };

  it('keeps seven decimals', () => {
    expect(convertDatum(point, 'GCJ02')).toEqual({ longitude: 120.5894774, latitude: 31.2968153, datum: 'GCJ02' });
  });

  it('returns to the point it came from within those decimals', () => {
    for (const datum of ['GCJ02', 'BD09']) {
      const back = convertDatum(convertDatum(point, datum)!, 'WGS84')!;
      expect(metres(back, SUZHOU)).toBeLessThan(0.03);
    }
  });

  it('takes CGCS2000 and WGS84 as equal', () => {
    expect(convertDatum(point, 'CGCS2000')).toEqual({ ...SUZHOU, datum: 'CGCS2000' });
  });

  it('leaves a point as supplied, digits and all, when nothing is to convert', () => {
    const long = { longitude: 120.58530123456, latitude: 31.2, datum: 'GCJ02' };
    expect(convertDatum(long, 'GCJ02')).toBe(long);
    expect(convertDatum({ ...long, datum: null }, 'AS_SUPPLIED')).toEqual({ ...long, datum: null });
  });

  it('gives nothing when the datum is unknown, rather than a guess', () => {
    expect(convertDatum({ ...SUZHOU, datum: null }, 'GCJ02')).toBeNull();
    expect(convertDatum({ ...SUZHOU, datum: 'BEIJING54' }, 'WGS84')).toBeNull();
  });
});
