import pg from 'pg';
import { createPostgresConnector } from '../../connectors/postgres/connector.ts';
import { createDatabase } from '../helpers/services.ts';
import { testConnector } from './connector-kit.ts';
import { ddl, FIXTURE_TIME_ZONE, inserts } from './fixture.ts';

testConnector('postgres', async () => {
  const database = await createDatabase('postgres', 'conformance');
  const client = new pg.Client(database.url);
  await client.connect();
  for (const statement of ddl('postgres')) await client.query(statement);
  for (const { sql, rows } of inserts('postgres')) for (const row of rows) await client.query(sql, [...row]);
  await client.end();
  const connector = createPostgresConnector({
    source: 'postgres',
    department: 'test',
    kind: 'postgres',
    url: database.url,
    pool: { max: 4, queue: 100, acquireMs: 10_000, connectMs: 5_000 },
    timeZone: FIXTURE_TIME_ZONE,
  });
  return {
    connector,
    close: async () => {
      await connector.close();
      await database.drop();
    },
  };
});
