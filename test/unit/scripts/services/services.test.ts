import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../helpers/services.ts';

describe('private Postgres', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase('postgres', 'services');
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('can be read by logical replication', async () => {
    expect((await client.query('show wal_level')).rows).toEqual([{ wal_level: 'logical' }]);
    await client.query(`select pg_create_logical_replication_slot('services_test', 'pgoutput')`);
  });

  it('does not sort by code point unless asked to', async () => {
    const sorted = async (order: string): Promise<string> => {
      const { rows } = await client.query<{ all: string }>(`select string_agg(t, '' order by t ${order}) as all from unnest(array['b', 'A', 'a', 'B']) t`);
      return rows[0]?.all ?? '';
    };
    expect(await sorted('')).toBe('aAbB');
    expect(await sorted('collate "C"')).toBe('ABab');
  });
});

describe('private MariaDB', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase('mariadb', 'services');
  });
  afterAll(() => database.drop());

  it('logs full rows with column names', async () => {
    const connection = await createConnection({ uri: database.url });
    try {
      const [rows] = await connection.query(
        'select @@log_bin as log, @@binlog_format as format, @@binlog_row_image as image, @@binlog_row_metadata as metadata',
      );
      expect(rows).toEqual([{ log: 1, format: 'ROW', image: 'FULL', metadata: 'FULL' }]);
      const [anonymous] = await connection.query(`select count(*) as n from mysql.global_priv where User = ''`);
      expect(anonymous).toEqual([{ n: 0 }]);
    } finally {
      await connection.end();
    }
  });
});
