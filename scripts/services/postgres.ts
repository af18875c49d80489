import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Engine, Place, Service, ServiceOptions } from './service.ts';
import { startService } from './start.ts';
import { firstWith, run, searchPath, writeSecret } from './system.ts';

/** A private Postgres, ready for logical replication. Text sorts by a Chinese collation by default, as in the field: code-point order must be asked for. */
export const startPostgres = (options?: ServiceOptions): Promise<Service> => startService(postgresEngine, options);

export const postgresEngine: Engine = {
  name: 'postgres',
  title: 'PostgreSQL',
  portVariable: 'YIWANG_POSTGRES_PORT',
  aptPackage: 'postgresql',
  systemUser: 'postgres',
  signals: ['SIGINT', 'SIGQUIT'], // fast and immediate shutdown

  async locate() {
    const debian = await readdir('/usr/lib/postgresql').catch(() => []);
    const newestFirst = debian.toSorted((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
    return firstWith('initdb', [...newestFirst, ...searchPath(), '/usr/local/pgsql/bin', '/opt/homebrew/bin']);
  },

  version: (programs) => run(path.join(programs, 'postgres'), ['--version']),

  async initialise({ programs, home, user, password }: Place) {
    const passwordFile = path.join(home, 'initial-password');
    await writeSecret(passwordFile, password, user);
    const initdb = (...locale: string[]): Promise<string> =>
      run(
        path.join(programs, 'initdb'),
        ['-D', path.join(home, 'data'), '-U', 'postgres', '-E', 'UTF8', '--locale=C', ...locale, '-A', 'scram-sha-256', '--pwfile', passwordFile, '--no-sync'],
        { user, cwd: home },
      );
    try {
      await initdb('--locale-provider=icu', '--icu-locale=zh-Hans-CN');
    } catch {
      await initdb(); // built without ICU
    }
    await rm(passwordFile);
  },

  command({ programs, home }, port, durable, more) {
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      wal_level: 'logical',
      max_replication_slots: '32',
      max_wal_senders: '32',
      max_slot_wal_keep_size: '2GB',
      max_connections: '200',
      shared_buffers: '128MB',
      // As on any SSD; the default is a spinning disk's, and sorts what an index has in order.
      random_page_cost: '1.1',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB' }),
      ...more,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [path.join(programs, 'postgres'), '-D', path.join(home, 'data'), ...args];
  },

  url: (port, password) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,

  async ping(url) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined); // the query below reports it
    try {
      await client.connect();
      await client.query('select 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  },
};
