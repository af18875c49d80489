import { describe, expect, it } from 'vitest';
import { readClock } from '../../../../federation/values/clock.ts';
import { decodeWire } from '../../../../federation/values/decode-wire.ts';
import { encodeWire } from '../../../../federation/values/encode-wire.ts';
import type { Canonical } from '../../../../schema/model/canonical.ts';
import type { WireValue } from '../../../../schema/model/physical-type.ts';

describe('a value from a source', () => {
  it.each<[string, WireValue, Canonical]>([
    ['Decimal', '12.50', '12.5'],
    ['Decimal', 3, '3'],
    ['BigInt', '9007199254740993', '9007199254740993'],
    ['Int', 3, 3],
    ['Int', '3', 3],
    ['Float', '0.50', 0.5],
    ['Boolean', false, false],
    ['Date', '2024-02-29', '2024-02-29'],
    ['Date', '2024-02-29 10:00:00', '2024-02-29'],
    ['YearMonth', '2024-02', '2024-02'],
    ['YearMonth', '2024-02-01', '2024-02'],
    ['DateTime', '2024-02-29 10:00:00.500+08:00', '2024-02-29T10:00:00.5+08:00'],
    ['JSON', '{"a":[1,null]}', { a: [1, null] }],
    ['ProjectCode', '2301', '2301'],
    ['Status', 'PAID', 'PAID'],
  ])('of scalar %s, %j, becomes %j', (scalar, wire, canonical) => {
    expect(decodeWire(scalar)(wire)).toEqual(canonical);
    expect(decodeWire(scalar)(null)).toBeNull();
  });
});

describe('a value for a source', () => {
  it.each<[string, Canonical, WireValue]>([
    ['Decimal', '12.5', '12.5'],
    ['Int', 3, 3],
    ['Boolean', true, true],
    ['Date', '2024-02-29', '2024-02-29'],
    ['DateTime', '2024-02-29T02:00:00Z', '2024-02-29 10:00:00+08:00'],
    ['DateTime', '2024-02-29T10:00:00.5+08:00', '2024-02-29 10:00:00.5+08:00'],
    ['JSON', { a: 1 }, '{"a":1}'],
    ['String', '', ''],
  ])('of scalar %s, %j, becomes %j', (scalar, canonical, wire) => {
    expect(encodeWire(scalar, canonical, 'Asia/Shanghai')).toBe(wire);
    expect(encodeWire(scalar, null, 'Asia/Shanghai')).toBeNull();
  });
});

describe("the hub's clock", () => {
  it('reads the day in the hub’s zone, not the machine’s', () => {
    expect(readClock(() => new Date('2024-02-29T16:30:00.250Z'), 'Asia/Shanghai')).toEqual({ now: '2024-03-01T00:30:00.25+08:00', asOf: '2024-03-01' });
    expect(readClock(() => new Date('2024-02-29T16:30:00Z'), 'UTC')).toEqual({ now: '2024-02-29T16:30:00+00:00', asOf: '2024-02-29' });
  });
});
