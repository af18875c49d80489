import { HubError } from '../schema/errors/hub-error.ts';
import type { Connector, SourceConfig } from './spi/connector.ts';

/** Drivers are loaded by whoever has such a source: loading all of them is a good part of a start. */
const CONNECTORS: Readonly<Record<string, () => Promise<(config: SourceConfig) => Connector>>> = {
  /** Also what speaks its protocol and SQL: kingbase, opengauss. */
  postgres: async () => (await import('./postgres/connector.ts')).createPostgresConnector,
  /** MariaDB 10.6 and later. */
  mysql: async () => (await import('./mysql/connector.ts')).createMysqlConnector,
  sqlite: async () => (await import('./sqlite/connector.ts')).createSqliteConnector,
};

/** A source whose rows the hub has at hand. */
export { createMemoryConnector, type MemoryTable } from './memory/connector.ts';

/** The meaning of row sets and expressions, over rows that the hub has at hand. */
export { interpret, interpretKeys, type InterpretedTables } from './memory/interpret.ts';

export const SOURCE_KINDS: readonly string[] = Object.keys(CONNECTORS);

/**
 * Opens a source of any kind; does not wait for the database.
 * @throws {HubError} SOURCE_CAPABILITY_MISSING for a kind that has no connector
 */
export async function openConnector(config: SourceConfig): Promise<Connector> {
  const load = Object.hasOwn(CONNECTORS, config.kind) ? CONNECTORS[config.kind] : undefined;
  if (load === undefined)
    throw new HubError(
      'SOURCE_CAPABILITY_MISSING',
      `source "${config.source}": there is no connector of kind "${config.kind}", only ${SOURCE_KINDS.join(', ')}`,
      { source: config.source },
    );
  const create = await load();
  return create(config);
}
