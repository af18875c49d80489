import { createConnection } from 'mysql2/promise';
import { createMysqlConnector } from '../../connectors/mysql/connector.ts';
import { createDatabase } from '../helpers/services.ts';
import { testConnector } from './connector-kit.ts';
import { ddl, FIXTURE_TIME_ZONE, inserts } from './fixture.ts';

testConnector('mysql', async () => {
  const database = await createDatabase('mariadb', 'conformance');
  const client = await createConnection({ uri: database.url, charset: 'utf8mb4' });
  await client.query("set time_zone = '+08:00'");
  for (const statement of ddl('mysql')) await client.query(statement);
  for (const { sql, rows } of inserts('mysql')) for (const row of rows) await client.query(sql, [...row]);
  await client.end();
  const connector = createMysqlConnector({
    source: 'mysql',
    department: 'test',
    kind: 'mysql',
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
