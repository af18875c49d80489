import { describe, expect, it } from 'vitest';
import { departmentRows, departments, type DepartmentName } from '../../../../scripts/demo-data/index.ts';
import { projectFacts } from '../../../../scripts/demo-data/project.ts';
import { creditCode } from '../../../../scripts/demo-data/spelling.ts';
import type { Row } from '../../../../scripts/demo-data/table.ts';

const NAMES = Object.keys(departments) as DepartmentName[];
const SIZE = 400;

function tablesOf(name: DepartmentName, size: number, seed = 1): Map<string, Row[]> {
  const tables = new Map<string, Row[]>(departments[name].tables.map((table) => [table.name, []]));
  for (const { table, rows } of departmentRows(name, { size, seed })) tables.get(table)!.push(...rows);
  return tables;
}

describe('the demo data generator', () => {
  it('gives the same rows for the same size and seed, and others for another seed', () => {
    for (const name of NAMES) {
      expect(tablesOf(name, 50)).toEqual(tablesOf(name, 50));
      expect(tablesOf(name, 50)).not.toEqual(tablesOf(name, 50, 2));
    }
  });

  it('fills every column of every row, within its length', () => {
    for (const name of NAMES) {
      const tables = tablesOf(name, SIZE);
      for (const { name: table, columns } of departments[name].tables) {
        const limits = columns.map(({ type }) => Number(/^(?:var)?char\((\d+)\)$/.exec(type)?.[1] ?? Infinity));
        const faulty = tables
          .get(table)!
          .filter((row) => row.length !== columns.length || row.some((cell, index) => typeof cell === 'string' && cell.length > limits[index]!));
        expect({ table, faulty }).toEqual({ table, faulty: [] });
      }
    }
  });

  it('repeats no primary or unique key', () => {
    for (const name of NAMES) {
      const tables = tablesOf(name, SIZE);
      for (const table of departments[name].tables) {
        for (const key of [table.primaryKey, ...(table.unique ?? [])].filter((each) => each !== undefined)) {
          const columns = key.map((column) => table.columns.findIndex((each) => each.name === column));
          const keys = tables.get(table.name)!.map((row) => JSON.stringify(columns.map((index) => row[index])));
          expect({ table: table.name, keys: new Set(keys).size }).toEqual({ table: table.name, keys: keys.length });
        }
      }
    }
  });

  it('leaves the hand-made projects, contracts and companies alone', () => {
    const seeds = new Set(['2301-320500-04-01-123456', '2205-320508-04-01-654321', '2018-320500-48-01-515465', '2205-320508-04-01-654399']);
    for (let index = 0; index < 5_000; index += 1) expect(seeds.has(projectFacts({ size: 5_000, seed: 1 }, index).code)).toBe(false);
    const handMade = tablesOf('housing', 0);
    const rest = tablesOf('housing', SIZE);
    const numbers = new Set(handMade.get('TBProjectInfo')!.map((row) => row[1]));
    const names = new Set(handMade.get('TBContractRecordManage')!.map((row) => row[7]));
    expect(rest.get('xref_prj')!.filter((row) => numbers.has(row[0]!))).toHaveLength(2);
    expect(rest.get('TBContractRecordManage')!.filter((row) => names.has(row[7]!))).toHaveLength(2);
    expect(rest.get('信用评价')!.filter((row) => names.has(row[1]!))).toHaveLength(1);
  });

  it('keeps the proportions of the departments’ ledgers', () => {
    const size = 2_000;
    const all = new Map(NAMES.map((name) => [name, tablesOf(name, size)]));
    const count = (name: DepartmentName, ...tables: string[]): number => tables.reduce((sum, table) => sum + all.get(name)!.get(table)!.length, 0) / size;
    expect(count('finance', 'zb_zbwj')).toBeCloseTo(2, 0);
    expect(count('finance', 'zf_zfpz_2023', 'zf_zfpz_2024')).toBeGreaterThan(19);
    expect(count('finance', 'zf_zfpz_2023', 'zf_zfpz_2024')).toBeLessThan(21);
    expect(count('housing', 'TBContractRecordManage')).toBeCloseTo(1.5, 1);
    expect(count('housing', '工程节点')).toBeCloseTo(8, 0);
    expect(count('audit', 'sj_wt')).toBeCloseTo(2.5, 0);
  });

  it('writes codes that are valid in one of the two forms', () => {
    const pattern = /^(?:(?:2018|2019|2020)-\d{6}-78-01|(?:20(?:09|1[0-2])|2[1-9](?:0[1-9]|1[0-2]))-\d{6}-89-01)-\d{6}$/;
    for (let index = 0; index < 2_000; index += 1) expect(projectFacts({ size: 2_000, seed: 7 }, index).code).toMatch(pattern);
    expect(creditCode('91350100M000100Y4')).toBe('91350100M000100Y43');
  });
});
