/** The benchmark's four databases on two private servers; kept from one run to the next in the cache folder. */
import os from 'node:os';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { readRunning } from '../../scripts/services/home.ts';
import { startMariadb, startPostgres } from '../../scripts/services/index.ts';
import { type DatabaseUrls, type DataSize, fillAudit, fillDevelopment, fillFinance, fillHousing } from './data.ts';

export interface BenchDatabases extends AsyncDisposable {
  readonly urls: DatabaseUrls;
  /** Processes that do the databases' work. */
  readonly processIds: readonly number[];
}

/** Raise when `data.ts` changes. */
const VERSION = 2;

/** Where data stay: `YIWANG_BENCH_DIR`, else a folder of this user's among the temporary files. */
export const cacheFolder = (): string => process.env['YIWANG_BENCH_DIR'] || path.join(os.tmpdir(), `yiwang-bench-${process.getuid?.() ?? 0}`);

export async function openDatabases(size: DataSize, say: (text: string) => void): Promise<BenchDatabases> {
  const folder = cacheFolder();
  const homes = { postgres: path.join(folder, 'postgres'), mariadb: path.join(folder, 'mariadb') };
  await using undo = new AsyncDisposableStack();
  const postgres = await startPostgres({ directory: homes.postgres });
  undo.defer(() => postgres.stop());
  const mariadb = await startMariadb({ directory: homes.mariadb });
  undo.defer(() => mariadb.stop());
  const prefix = `bench_${VERSION}_${size.projects}`;
  const urls: DatabaseUrls = {
    development: await onPostgres(postgres.url, `${prefix}_development`, (url) => fillDevelopment(url, size), say),
    housing: await onPostgres(postgres.url, `${prefix}_housing`, (url) => fillHousing(url, size), say),
    finance: await onMariadb(mariadb.url, `${prefix}_finance`, (url) => fillFinance(url, size), say),
    audit: await onMariadb(mariadb.url, `${prefix}_audit`, (url) => fillAudit(url, size), say),
  };
  const processIds = (await Promise.all(Object.values(homes).map(readRunning))).flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const parts = undo.move();
  return { urls, processIds, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

type Fill = (url: string) => Promise<void>;

/** Filled under another name and renamed at last, so that a run that was broken off leaves nothing half. */
async function onPostgres(admin: string, name: string, fill: Fill, say: (text: string) => void): Promise<string> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      say(`filling ${name} …`);
      const draft = `${name}_draft`;
      await client.query(`drop database if exists ${draft}`);
      await client.query(`create database ${draft}`);
      await fill(databaseUrl(admin, draft));
      await client.query(`alter database ${draft} rename to ${name}`);
    }
  } finally {
    await client.end();
  }
  return databaseUrl(admin, name);
}

async function onMariadb(admin: string, name: string, fill: Fill, say: (text: string) => void): Promise<string> {
  const connection = await createConnection({ uri: admin });
  try {
    const [rows] = await connection.query(`select 1 from information_schema.tables where table_schema = ? and table_name = 'complete'`, [name]);
    if ((rows as unknown[]).length === 0) {
      say(`filling ${name} …`);
      await connection.query(`drop database if exists ${name}`);
      await connection.query(`create database ${name}`);
      await fill(databaseUrl(admin, name));
      await connection.query(`create table ${name}.complete (at timestamp)`); // databases cannot be renamed
    }
  } finally {
    await connection.end();
  }
  return databaseUrl(admin, name);
}

function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}
