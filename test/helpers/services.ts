/** Real database servers for tests. They start at first use, belong to this run alone and vanish with it. */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { inject } from 'vitest';
import type { EngineName } from '../../scripts/services/index.ts';

export interface TestDatabase {
  /** Administrator's URL of the new, empty database. */
  readonly url: string;
  /** Ends everybody's sessions in it and removes it, replication slots included. */
  drop(): Promise<void>;
}

/** A new, empty database of its own for one test file. `name` is a prefix that helps to recognise it; what follows makes it unique. */
export async function createDatabase(engine: EngineName, name = 'test'): Promise<TestDatabase> {
  const database = `${name}_${randomBytes(5).toString('hex')}`;
  const admin = await serverUrl(engine);
  const execute = engine === 'postgres' ? executePostgres : executeMariadb;
  const quoted = engine === 'postgres' ? `"${database.replaceAll('"', '""')}"` : `\`${database.replaceAll('`', '``')}\``;
  await execute(admin, [`create database ${quoted}`]);
  const url = new URL(admin);
  url.pathname = `/${encodeURIComponent(database)}`;
  const clearing =
    engine === 'postgres'
      ? [
          `select pg_terminate_backend(active_pid) from pg_replication_slots where active and database = '${database.replaceAll("'", "''")}'`,
          `select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '${database.replaceAll("'", "''")}'`,
          `drop database if exists ${quoted} with (force)`,
        ]
      : [`drop database if exists ${quoted}`];
  return { url: url.href, drop: () => execute(admin, clearing) };
}

const urls = new Map<EngineName, Promise<string>>();

function serverUrl(engine: EngineName): Promise<string> {
  let url = urls.get(engine);
  if (!url) urls.set(engine, (url = askBroker(engine)));
  return url;
}

async function askBroker(engine: EngineName): Promise<string> {
  const response = await fetch(`${inject('serviceBroker')}/${engine}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function executePostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function executeMariadb(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
