import { describe, expect, it } from 'vitest';
import { matchCrosswalk } from '../../../../federation/crosswalk/match-crosswalk.ts';
import type { ScannedKey } from '../../../../federation/crosswalk/scan-crosswalk.ts';
import { LIGHTS, projectCodes, SCHOOL } from './fixture.ts';

const key = (local: string, raw: string | null, more: Partial<ScannedKey> = {}): ScannedKey => ({
  local,
  raw,
  canonical: projectCodes(raw),
  confirmed: true,
  validTo: null,
  evidence: {},
  ...more,
});
const short = (scanned: ScannedKey[]) =>
  matchCrosswalk(scanned).map(({ localKey, canonicalKey, matchedBy, state, validTo }) => [localKey, canonicalKey, matchedBy, state, validTo]);

describe('matchCrosswalk', () => {
  it('tells an exact key from one that had to be normalised', () => {
    expect(short([key('1', LIGHTS), key('2', '2205－320508－04－01－654321 ')])).toEqual([
      ['1', LIGHTS, 'exact', 'confirmed', null],
      ['2', SCHOOL, 'normalised', 'confirmed', null],
    ]);
  });

  it('counts the same number in two spellings once', () => {
    expect(short([key('1', '23013205000401123456'), key('1', LIGHTS)])).toEqual([['1', LIGHTS, 'exact', 'confirmed', null]]);
  });

  it('takes a confirmed spelling over an unconfirmed one, and the longest validity of the confirmed ones', () => {
    const rows = [key('1', LIGHTS, { validTo: '2023-12-31' }), key('1', LIGHTS, { confirmed: false }), key('1', LIGHTS, { validTo: '2024-12-31' })];
    expect(short(rows)).toEqual([['1', LIGHTS, 'exact', 'confirmed', '2024-12-31']]);
    expect(short(rows.toReversed())).toEqual([['1', LIGHTS, 'exact', 'confirmed', '2024-12-31']]);
    expect(short([...rows, key('1', LIGHTS)])).toEqual([['1', LIGHTS, 'exact', 'confirmed', null]]);
  });

  it('keeps an unconfirmed match as a candidate', () => {
    expect(short([key('1', LIGHTS, { confirmed: false })])).toEqual([['1', LIGHTS, 'exact', 'candidate', null]]);
  });

  it('lets one local key name several entities and several local keys name one', () => {
    expect(short([key('1', `${LIGHTS}、${SCHOOL}`), key('2', LIGHTS)])).toEqual([
      ['1', LIGHTS, 'normalised', 'confirmed', null],
      ['1', SCHOOL, 'normalised', 'confirmed', null],
      ['2', LIGHTS, 'exact', 'confirmed', null],
    ]);
  });

  it('calls a key unmatched only when none of its rows names an entity', () => {
    expect(short([key('1', null), key('2', '待补'), key('2', LIGHTS), key('3', '?'), key('3', null)])).toEqual([
      ['1', null, null, 'unmatched', null],
      ['2', LIGHTS, 'exact', 'confirmed', null],
      ['3', null, null, 'unmatched', null],
    ]);
  });
});
