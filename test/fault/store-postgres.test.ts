/** A PostgreSQL store that instances share: what one of them leaves behind must not stop the others, nor a connection that died stop its own. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresClient, type PostgresClientOptions } from '../../store/postgres-client.ts';
import { lockInTransaction, type SqlClient } from '../../store/sql-session.ts';
import { startFaultProxy } from '../helpers/fault-proxy.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await createDatabase('postgres', 'store')));
afterAll(() => database.drop());

async function open(url = database.url, options: PostgresClientOptions = {}): Promise<SqlClient> {
  const client = await openPostgresClient(url, options);
  onTestFinished(() => client.close());
  return client;
}

describe('a PostgreSQL store', () => {
  it('does not wait longer for an instance that stopped in the middle of a transaction, and takes nothing more of it', async () => {
    const [paused, other] = [await open(undefined, { idleMs: 300 }), await open()];
    const isLocked = Promise.withResolvers<void>();
    const wakesUp = Promise.withResolvers<void>();
    await other.run('create table written (by_whom text)');
    const pausing = paused.transaction(async (session) => {
      await lockInTransaction(session, 'change-log');
      await session.run(`insert into written values ('paused')`);
      isLocked.resolve();
      await wakesUp.promise;
      await session.run(`insert into written values ('woken')`);
    });
    await isLocked.promise;
    await other.transaction(async (session) => {
      await lockInTransaction(session, 'change-log');
      await session.run(`insert into written values ('other')`);
    });
    wakesUp.resolve();
    await expect(pausing).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await other.all('select by_whom from written')).toEqual([{ by_whom: 'other' }]);
    expect(await paused.all('select 1 as one')).toEqual([{ one: 1 }]);
  }, 20_000);

  it('fails a transaction whose connection the server ends, and nothing else', async () => {
    const thrown: unknown[] = [];
    const note = (error: unknown): void => void thrown.push(error);
    process.on('uncaughtException', note);
    onTestFinished(() => void process.off('uncaughtException', note));
    const [client, admin] = [await open(), new pg.Client({ connectionString: database.url })];
    await admin.connect();
    onTestFinished(() => admin.end());
    const broken = client.transaction(async (session) => {
      const [row] = await session.all('select pg_backend_pid() as pid');
      await admin.query(`select pg_terminate_backend(${Number(row?.['pid'])}, 5000)`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await session.all('select 1');
    });
    await expect(broken).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await client.all('select 1 as one')).toEqual([{ one: 1 }]);
    expect(thrown).toEqual([]);
  }, 20_000);

  it('gives up connections that a firewall forgot, and goes on by new ones', async () => {
    await using proxy = await startFaultProxy(database.url);
    const client = await open(proxy.url, { silenceMs: 300 });
    const inTransaction = client.transaction(async (session) => {
      await session.all('select 1');
      proxy.strand();
      await session.all('select 1');
    });
    await expect(inTransaction).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    await client.all('select 1').catch(() => undefined);
    expect(await client.all('select 1 as one')).toEqual([{ one: 1 }]);
  }, 20_000);
});
