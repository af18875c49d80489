import { afterAll, beforeAll } from 'vitest';
import pg from 'pg';
import { openStore } from '../../../store/open-store.ts';
import { describeStore } from '../../conformance/store-kit.ts';
import { createDatabase, type TestDatabase } from '../../helpers/services.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('postgres', 'store');
});
afterAll(() => database.drop());

describeStore('the Postgres store', {
  open: () => openStore(database.url),
  reset: async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('drop schema public cascade; create schema public');
    await client.end();
  },
});
