/** Private database servers for tests and demonstrations; never the machine's own. */
import { mariadbEngine, startMariadb } from './mariadb.ts';
import { postgresEngine, startPostgres } from './postgres.ts';
import type { EngineName, Service, ServiceOptions } from './service.ts';
import { findService } from './start.ts';

export { type EngineName, type Service, ServiceError, type ServiceOptions } from './service.ts';
export { startMariadb, startPostgres };

/** Starts the engine named; see `ServiceOptions` for what lasts and what does not. @throws {ServiceError} */
export const startServer = (engine: EngineName, options?: ServiceOptions): Promise<Service> =>
  engine === 'postgres' ? startPostgres(options) : startMariadb(options);

/** The server that runs in `directory`, started there by any process; undefined when none does. */
export const runningServer = (engine: EngineName, directory: string): Promise<Service | undefined> =>
  findService(engine === 'postgres' ? postgresEngine : mariadbEngine, directory);
