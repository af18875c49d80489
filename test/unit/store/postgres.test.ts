import { afterAll, beforeAll } from 'vitest';
import pg from 'pg';
import { openStore } from '../../../store/open-store.ts';
import { describeChangeLog } from '../../conformance/change-log-kit.ts';
import { describeStore, type StoreKitSubject } from '../../conformance/store-kit.ts';
import { createDatabase, type TestDatabase } from '../../helpers/services.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('postgres', 'store');
});
afterAll(() => database.drop());

const subject: StoreKitSubject = {
  open: () => openStore(database.url),
  reset: async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('drop schema public cascade; create schema public');
    await client.end();
  },
};
describeStore('the Postgres store', subject);
describeChangeLog('the Postgres store', subject);
