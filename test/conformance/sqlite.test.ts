import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { createSqliteConnector } from '../../connectors/sqlite/connector.ts';
import { testConnector } from './connector-kit.ts';
import { ddl, FIXTURE_TIME_ZONE, inserts } from './fixture.ts';

testConnector('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-fixture-'));
  const url = join(folder, 'fixture.db');
  const database = new DatabaseSync(url);
  for (const statement of ddl('sqlite')) database.exec(statement);
  for (const { sql, rows } of inserts('sqlite')) {
    const insert = database.prepare(sql);
    for (const row of rows) insert.run(...(row as SQLInputValue[]));
  }
  database.close();
  const connector = createSqliteConnector({
    source: 'sqlite',
    department: 'test',
    kind: 'sqlite',
    url,
    pool: { max: 2, queue: 100, acquireMs: 10_000, connectMs: 2_000 },
    timeZone: FIXTURE_TIME_ZONE,
  });
  return {
    connector,
    close: async () => {
      await connector.close();
      rmSync(folder, { recursive: true });
    },
  };
});
