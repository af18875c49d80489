import { connect } from 'node:net';
import path from 'node:path';
import type { Engine, Place, Service, ServiceOptions } from './service.ts';
import { startService } from './start.ts';
import { firstWith, run, searchPath } from './system.ts';

/** A private NATS server with JetStream. */
export const startNats = (options?: ServiceOptions): Promise<Service> => startService(natsEngine, options);

const natsEngine: Engine = {
  name: 'nats',
  title: 'NATS',
  portVariable: 'YIWANG_NATS_PORT',
  aptPackage: 'nats-server',
  systemUser: 'nobody',
  signals: ['SIGTERM', 'SIGKILL'],
  locate: () => firstWith('nats-server', [...searchPath(), '/usr/sbin', '/usr/local/sbin']),
  version: (programs) => run(path.join(programs, 'nats-server'), ['--version']),
  initialise: async () => undefined,
  command: ({ programs, home }: Place, port) => [
    path.join(programs, 'nats-server'),
    '--addr',
    '127.0.0.1',
    '--port',
    String(port),
    '--jetstream',
    '--store_dir',
    path.join(home, 'data', 'jetstream'),
  ],
  url: (port) => `nats://127.0.0.1:${port}`,
  ping: (url) =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', reject);
    }),
};
