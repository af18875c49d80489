/** Private database servers for tests and demonstrations; never the machine's own. */
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import type { EngineName, Service, ServiceOptions } from './service.ts';

export { type EngineName, type Service, type ServiceOptions } from './service.ts';
export { startNats } from './nats.ts';
export { startMariadb, startPostgres };

/** Starts the engine named; see `ServiceOptions` for what lasts and what does not. @throws {ServiceError} */
export const startServer = (engine: EngineName, options?: ServiceOptions): Promise<Service> =>
  engine === 'postgres' ? startPostgres(options) : startMariadb(options);
