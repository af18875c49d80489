import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Canonical } from '../../../../schema/model/canonical.ts';
import type { WireValue } from '../../../../schema/model/physical-type.ts';
import { field, meets, type Op } from './binding-kit.ts';
import { CASES, rowsFor, TYPES } from './cases.ts';

const SEED = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env['FC_RUNS'] ?? 60);

const OPS: Op[] = ['eq', 'lt', 'lte', 'gt', 'gte'];

describe(`decoding in the hub and computing in the source (seed ${SEED})`, () => {
  it.each(CASES)('agree for %s (%s)', (_name, scalar, written) => {
    const bound = field(written, scalar, TYPES);
    const property = fc.property(rowsFor(written), (row) => {
      const { value, issues } = bound.read(row);
      expect(bound.compute(row)).toEqual(value);
      expect(issues.length).toBeLessThanOrEqual(value === null ? 1 : 0);
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
  });

  it.each(CASES)('let no row slip through the raw predicate of %s (%s)', (_name, scalar, written) => {
    const bound = field(written, scalar, TYPES);
    const rows = rowsFor(written);
    const property = fc.property(rows, fc.array(rows, { maxLength: 3 }), (row, others) => {
      const held = [row, ...others].map((each) => bound.read(each).value).filter((value) => value !== null);
      const asked = [...held, ...extraConstants(scalar)].flatMap((constant) => OPS.map((op) => [op, [constant]] as const));
      expect([...asked, ['in', held] as const].filter(([op, values]) => isWrong(op, values, row))).toEqual([]);
    });
    const isWrong = (op: Op, values: readonly Canonical[], row: Record<string, WireValue>): boolean => {
      const raw = bound.raw(op, values);
      if (raw === undefined) return false;
      const wanted = bound.filter(op, values, row);
      const found = meets(raw.predicate, row);
      return raw.exact ? found !== wanted : wanted && !found;
    };
    fc.assert(property, { seed: SEED, numRuns: RUNS });
    expect(bound.path).toBe('value');
  });
});

/** Constants that clients may send and that no row holds. */
function extraConstants(scalar: string): Canonical[] {
  switch (scalar) {
    case 'Decimal':
      return ['0', '0.005', '1234.56', '-0.01', '99999999999999999999999', '3'];
    case 'BigInt':
      return ['0', '9223372036854775807', '99999999999999999999'];
    case 'Int':
      return [0, -1, 2147483647];
    case 'Float':
      return [0, 0.1, 1e300, -1e-7, 120.5853];
    case 'Date':
      return ['2023-04-01', '2023-04-02', '1986-05-04', '9999-12-31', '0001-01-01'];
    case 'YearMonth':
      return ['2023-04', '2023-12', '2024-04', '9999-12', '0001-01'];
    case 'DateTime':
      return [
        '2023-04-01T00:00:00+08:00',
        '2023-11-05T00:00:00.0005Z',
        '1986-05-04T02:30:00+09:00',
        '1969-12-31T23:59:59Z',
        '9999-12-31T23:59:59+08:00',
        '2023-04-01T07:59:59.999Z',
      ];
    case 'Boolean':
      return [true, false];
    case 'String':
    case 'ID':
      return ['', ' ', '20230401', 'PAID', '-', '12', '-0', '01', 'true', 'HT-1-1.true', '2023-04-01'];
    default:
      return ['PAID', 'ENTERED', '320500'];
  }
}
