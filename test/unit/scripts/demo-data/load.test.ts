import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { departments, loadDemoData, type DepartmentName, type Target } from '../../../../scripts/demo-data/index.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/services.ts';

const SIZE = 40;
const NAMES = Object.keys(departments) as DepartmentName[];

/** Runs a query without parameters; names stand in double quotes. Values come as text. */
type Ask = (department: DepartmentName, sql: string) => Promise<Record<string, string | null>[]>;

interface Loaded {
  readonly target: (name: string) => Promise<Target>;
  readonly ask: Ask;
  readonly close: () => Promise<void>;
}

const engines: Readonly<Record<string, () => Loaded>> = {
  sqlite: () => {
    const dir = mkdtempSync(join(tmpdir(), 'demo-data-'));
    return {
      target: async () => ({ engine: 'sqlite', dir }),
      ask: async (department, sql) => {
        const database = new DatabaseSync(join(dir, `${department}.sqlite`), { readOnly: true });
        try {
          return database.prepare(sql).all().map(texts);
        } finally {
          database.close();
        }
      },
      close: async () => rmSync(dir, { recursive: true }),
    };
  },
  postgres: () => {
    let database: TestDatabase | undefined;
    let client: pg.Client | undefined;
    return {
      target: async (name) => {
        database = await createDatabase('postgres', name);
        client = new pg.Client({ connectionString: database.url });
        await client.connect();
        return { engine: 'postgres', url: database.url };
      },
      ask: async (department, sql) => {
        await client!.query(`set search_path = ${departments[department].schema}`);
        return (await client!.query<Record<string, unknown>>(sql)).rows.map(texts);
      },
      close: async () => {
        await client?.end();
        await database?.drop();
      },
    };
  },
  mariadb: () => {
    let database: TestDatabase | undefined;
    return {
      target: async (name) => {
        database = await createDatabase('mariadb', name);
        return { engine: 'mariadb', url: database.url };
      },
      ask: async (_department, sql) => {
        const connection = await createConnection({
          uri: database!.url,
          charset: 'utf8mb4',
          dateStrings: true,
          supportBigNumbers: true,
          bigNumberStrings: true,
        });
        try {
          await connection.query("set sql_mode = 'ANSI_QUOTES'");
          const [rows] = await connection.query(sql);
          return (rows as Record<string, unknown>[]).map(texts);
        } finally {
          await connection.end();
        }
      },
      close: async () => database?.drop(),
    };
  },
};

const texts = (row: Record<string, unknown>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? null : String(value)]));

describe.each(Object.keys(engines))('demo data on %s', (engine) => {
  const loaded = engines[engine]!();
  let written: Awaited<ReturnType<typeof loadDemoData>>;
  beforeAll(async () => {
    written = await loadDemoData(await loaded.target('demo'), { size: SIZE });
  });
  afterAll(() => loaded.close());
  const one = async (department: DepartmentName, sql: string): Promise<Record<string, string | null>> => (await loaded.ask(department, sql))[0]!;

  it('has as many rows in every table as were written', async () => {
    for (const name of NAMES) {
      const counts: Record<string, number> = {};
      for (const table of departments[name].tables) counts[table.name] = Number((await one(name, `select count(*) as n from "${table.name}"`))['n']);
      expect(counts).toEqual(written[name]);
    }
    expect(written['development']!['inv_project']).toBeGreaterThanOrEqual(6 + SIZE);
  });

  it('keeps the money of the hand-made project exact', async () => {
    const paid = `select sum(zje) as fen from (select * from zf_zfpz_2023 union all select * from zf_zfpz_2024) p where xmdm = '320500230000000000017' and zt = '2'`;
    expect(await one('finance', paid)).toEqual({ fen: '28980000000' });
    const issued = await loaded.ask('finance', `select je from zb_zbwj where xmdm = '320500230000000000017' and zfbz = '0' order by zbid`);
    expect(issued.map((row) => row['je'])).toEqual(['20000.000000', '11650.500000']);
    expect(await one('development', `select total_invest_wan as wan from inv_project where project_id = 1001 and version_no = 2`)).toEqual({
      wan: '39650.5000',
    });
  });

  it('keeps Chinese, full-width and trailing blanks as they are', async () => {
    expect(await one('housing', `select tydm_raw as code from xref_prj where "PrjNum" = '3205082208150101'`)).toEqual({
      code: '2205－320508－04－01－654321 ',
    });
    expect(await one('housing', `select "完成率" as rate from "工程节点" where "节点编号" = 3`)).toEqual({ rate: '58%' });
    expect(await one('audit', `select "整改状态" as status from sj_wt where wtid = 3`)).toEqual({ status: '未整改 ' });
    expect(await one('finance', `select dwmc as name from dm_dw where dwdm = '205008'`)).toEqual({ name: '姑苏区教育局' });
  });
});

describe('the hand-made rows', () => {
  it('load into SQLite in less than a second, leave nothing but the four files, and replace them only when told', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'demo-data-'));
    try {
      const started = performance.now();
      const written = await loadDemoData({ engine: 'sqlite', dir });
      expect(performance.now() - started).toBeLessThan(1_000);
      expect(written['development']).toMatchObject({ inv_project: 6, inv_approval: 5, inv_monthly_report: 3 });
      expect(written['finance']).toMatchObject({ zf_zfpz_2023: 4, zf_zfpz_2024: 1, zb_zbwj: 4 });
      await expect(loadDemoData({ engine: 'sqlite', dir })).rejects.toThrow(/replace/);
      expect((await loadDemoData({ engine: 'sqlite', dir }, { departments: ['audit'], replace: true }))['audit']!['sj_wt']).toBe(3);
      expect(readdirSync(dir).sort()).toEqual(['audit.sqlite', 'development.sqlite', 'finance.sqlite', 'housing.sqlite']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('refuse a size that is too large', async () => {
    await expect(loadDemoData({ engine: 'sqlite', dir: tmpdir() }, { size: 100_001 })).rejects.toThrow(RangeError);
  });
});
