import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnector } from '../../../../connectors/registry.ts';
import type { Connector } from '../../../../connectors/spi/connector.ts';
import type { Expr } from '../../../../connectors/spi/ir.ts';
import type { PhysicalType, WireValue } from '../../../../schema/model/physical-type.ts';
import { decodeWire } from '../../../../federation/values/decode-wire.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/services.ts';
import { field, TIME_ZONE } from './binding-kit.ts';
import { CASES, TYPES, WIRE } from './cases.ts';

const SEED = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const ROWS = Number(process.env['FC_RUNS'] ?? 300);

const NATIVE: Record<string, Record<string, string>> = {
  sqlite: {
    text: 'TEXT',
    padded: 'CHAR(8)',
    int: 'INT',
    bigint: 'BIGINT',
    decimal: 'DECIMAL_TEXT(30,6)',
    float: 'DOUBLE',
    bool: 'BOOLEAN',
    date: 'DATE',
    naive: 'DATETIME',
    zoned: 'TIMESTAMPTZ',
    uuid: 'UUID',
    json: 'JSON',
  },
  postgres: {
    text: 'text',
    padded: 'char(8)',
    int: 'int',
    bigint: 'bigint',
    decimal: 'numeric',
    float: 'float8',
    bool: 'boolean',
    date: 'date',
    naive: 'timestamp',
    zoned: 'timestamptz',
    uuid: 'uuid',
    json: 'jsonb',
  },
  mysql: {
    text: 'text',
    padded: 'char(8)',
    int: 'int',
    bigint: 'bigint',
    decimal: 'decimal(60,6)',
    float: 'double',
    bool: 'tinyint(1)',
    date: 'date',
    naive: 'datetime(6)',
    zoned: 'timestamp(6) null',
    json: 'json',
  },
};
const COLUMNS = Object.keys(WIRE).filter((name) => name !== 'other');
const CHARSET = 'character set utf8mb4 collate utf8mb4_unicode_ci';

type Row = Record<string, WireValue>;

function sample(engine: string): Row[] {
  const columns = fc.record(Object.fromEntries(COLUMNS.map((name) => [name, fc.option(WIRE[name]!, { freq: 12 })])));
  const rows = fc.sample(columns, { seed: SEED, numRuns: ROWS }) as Row[];
  return rows.map((row, index) => ({
    ...row,
    rowid: String(index),
    float: finite(row['float'] ?? null),
    json: engine === 'sqlite' ? (row['json'] ?? null) : plainJson(row['json'] ?? null),
    padded: String(row['padded'] ?? '').trimEnd(),
  }));
}

const finite = (value: WireValue): WireValue => (Number.isFinite(value) && Math.abs(Number(value)) > 1e-300 ? value : null);
/** Without what only JavaScript keeps in JSON: NUL and unpaired surrogates. */
const plainJson = (value: WireValue): WireValue =>
  value === null || /\\u0000|\\ud[89a-f]/i.test(String(value)) || !String(value).isWellFormed() ? null : value;

async function fill(engine: string, database: TestDatabase | undefined, file: string, rows: readonly Row[]): Promise<void> {
  const natives = NATIVE[engine]!;
  const columns = COLUMNS.filter((name) => name in natives);
  const quote = engine === 'mysql' ? '`' : '"';
  const define = (name: string): string =>
    `${quote}${name}${quote} ${natives[name]!}${engine === 'mysql' && /text|char/.test(natives[name]!) ? ` ${CHARSET}` : ''}`;
  const create = `create table t (${[engine === 'mysql' ? 'rowid varchar(20)' : 'rowid text', ...columns.map(define)].join(', ')})`;
  const names = ['rowid', ...columns];
  const list = names.map((name) => `${quote}${name}${quote}`).join(', ');
  const wire = (row: Row): WireValue[] => names.map((name) => row[name] ?? null);
  if (engine === 'sqlite') {
    const db = new DatabaseSync(file);
    db.exec(create);
    const insert = db.prepare(`insert into t (${list}) values (${names.map(() => '?').join(', ')})`);
    for (const row of rows)
      insert.run(
        ...wire(row).map((value, index) => (typeof value === 'boolean' ? Number(value) : names[index] === 'bigint' && value !== null ? BigInt(value) : value)),
      );
    db.close();
  } else if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: database!.url });
    await client.connect();
    await client.query(create);
    for (const row of rows) await client.query(`insert into t (${list}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`, wire(row));
    await client.end();
  } else {
    const connection = await createConnection({ uri: database!.url, charset: 'utf8mb4', timezone: '+08:00' });
    await connection.query(`set time_zone = '+08:00', sql_mode = ''`);
    await connection.query(create);
    for (const row of rows)
      await connection.execute(
        `insert into t (${list}) values (${names.map(() => '?').join(', ')})`,
        wire(row).map((value, index) => (names[index] === 'zoned' && value !== null ? String(value).slice(0, -6) : value)) as string[],
      );
    await connection.end();
  }
}

describe.each(['sqlite', 'postgres', 'mysql'] as const)(`on %s (seed ${SEED})`, (engine) => {
  let connector: Connector;
  let database: TestDatabase | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'agreement-'));

  beforeAll(async () => {
    const file = join(folder, 't.sqlite');
    if (engine !== 'sqlite') database = await createDatabase(engine === 'mysql' ? 'mariadb' : 'postgres', 'agreement');
    await fill(engine, database, file, sample(engine));
    connector = await openConnector({
      source: 'finance',
      department: 'finance',
      kind: engine,
      url: database?.url ?? file,
      pool: { max: 1, queue: 100, acquireMs: 5000, connectMs: 5000 },
      timeZone: TIME_ZONE,
    });
  });

  afterAll(async () => {
    await connector.close();
    await database?.drop();
    rmSync(folder, { recursive: true });
  });

  it.each(CASES)('computes what the hub decodes: %s (%s)', async (_name, scalar, written) => {
    const text = JSON.stringify(written);
    const used = Object.keys(WIRE).filter((name) => text.includes(`"${name}"`));
    if (used.some((name) => !(name in NATIVE[engine]!))) return;
    const bound = field(written, scalar, TYPES);
    const columns = used.map((name) => ({ name, type: physical(engine, name) }));
    const rowid: Expr = { kind: 'column', column: 'rowid', type: { kind: 'text' } };
    const query = {
      rows: { kind: 'table', table: 't', columns: [{ name: 'rowid', type: { kind: 'text' } }, ...columns] },
      columns: [rowid, ...bound.reads, bound.expr!],
      orderBy: [{ value: rowid, direction: 'asc', nulls: 'first' }],
      children: [],
    } as const;
    const rows = await connector.prepare({ kind: 'rows', query }).run({}, { signal: AbortSignal.timeout(20_000), timeoutMs: 20_000, maxRows: 10_000 });
    const different = rows.flatMap((row) => {
      const raw = row.slice(1, -1) as WireValue[];
      const decoded = bound.decode(raw, () => undefined);
      const computed = decodeWire(scalar)(row.at(-1) as WireValue);
      // MariaDB's decimals end at 65 digits, 30 of them kept for the fraction.
      if (engine === 'mysql' && [decoded, ...raw].some((value) => /[\d０-９]{30}/.test(String(value)))) return [];
      // MariaDB knows one offset for the zone; China had others until 1991.
      if (engine === 'mysql' && scalar === 'DateTime' && String(decoded) < '1992') return [];
      return Object.is(decoded, computed) || decoded === computed ? [] : [{ raw, decoded, computed }];
    });
    expect(rows.length).toBe(ROWS);
    expect(different).toEqual([]);
  });
});

function physical(engine: string, name: string): PhysicalType {
  return name === 'decimal' && engine === 'sqlite' ? { kind: 'decimal', storage: 'text', scale: 6 } : TYPES[name]!.type;
}
