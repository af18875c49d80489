import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Engine, Place, Service, ServiceOptions } from './service.ts';
import { startService } from './start.ts';
import { firstWith, run, searchPath, writeSecret } from './system.ts';

/** A private MariaDB that writes row-based binary logs with full rows and column names. Text compares without case by default, as in the field. */
export const startMariadb = (options?: ServiceOptions): Promise<Service> => startService(mariadbEngine, options);

/** Smaller than the default of 96M, which would have to be written at every start from a template. */
const LOG_FILE_SIZE = '32M';

export const mariadbEngine: Engine = {
  name: 'mariadb',
  title: 'MariaDB',
  portVariable: 'YIWANG_MARIADB_PORT',
  aptPackage: 'mariadb-server',
  systemUser: 'mysql',
  signals: ['SIGTERM', 'SIGKILL'],

  locate: () => firstWith('mariadbd', folders()),

  version: (programs) => run(path.join(programs, 'mariadbd'), ['--no-defaults', '--version']),

  async initialise({ home, user, password }: Place) {
    const installer = path.join((await firstWith('mariadb-install-db', folders())) ?? '', 'mariadb-install-db');
    await run(
      installer,
      // The machine's own configuration is for its own server.
      [
        '--no-defaults',
        `--datadir=${path.join(home, 'data')}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        `--innodb-log-file-size=${LOG_FILE_SIZE}`,
      ],
      { user, cwd: home },
    );
    // An anonymous user at localhost would come before any user at "%".
    const statements = [
      `DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost')`,
      `FLUSH PRIVILEGES`,
      `ALTER USER root@localhost IDENTIFIED BY '${password}'`,
      `CREATE OR REPLACE USER root@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION`,
    ];
    await writeSecret(path.join(home, 'users.sql'), statements.map((statement) => `${statement};\n`).join(''), user);
  },

  command({ programs, home }, port, durable, more) {
    const settings: Record<string, string> = {
      datadir: path.join(home, 'data'),
      'init-file': path.join(home, 'users.sql'),
      'bind-address': '127.0.0.1',
      port: String(port),
      socket: 'server.sock', // in the data folder: a full path could be too long
      'pid-file': 'server.pid',
      'character-set-server': 'utf8mb4',
      'collation-server': 'utf8mb4_general_ci',
      'default-time-zone': '+00:00',
      'max-connections': '200',
      'max-allowed-packet': '64M',
      'innodb-buffer-pool-size': '256M',
      'innodb-log-file-size': LOG_FILE_SIZE,
      'server-id': '1',
      'log-bin': 'binlog',
      'binlog-format': 'ROW',
      'binlog-row-image': 'FULL',
      'binlog-row-metadata': 'FULL',
      ...(durable ? { 'sync-binlog': '1' } : { 'innodb-flush-log-at-trx-commit': '0', 'innodb-doublewrite': '0', 'innodb-flush-method': 'nosync' }),
      ...more,
    };
    return [path.join(programs, 'mariadbd'), '--no-defaults', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)];
  },

  url: (port, password) => `mysql://root:${password}@127.0.0.1:${port}/`,

  async ping(url) {
    const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
    try {
      await connection.query('select 1');
    } finally {
      await connection.end();
    }
  },
};

function folders(): string[] {
  return ['/usr/sbin', '/usr/bin', '/usr/libexec', ...searchPath(), '/usr/local/mysql/bin', '/opt/homebrew/bin'];
}
