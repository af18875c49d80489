import { HubError } from '../schema/errors/hub-error.ts';
import { createMysqlConnector } from './mysql/connector.ts';
import { createPostgresConnector } from './postgres/connector.ts';
import type { Connector, SourceConfig } from './spi/connector.ts';
import { createSqliteConnector } from './sqlite/connector.ts';

const CONNECTORS: Readonly<Record<string, (config: SourceConfig) => Connector>> = {
  /** Also what speaks its protocol and SQL: kingbase, opengauss. */
  postgres: createPostgresConnector,
  /** MariaDB 10.6 and later. */
  mysql: createMysqlConnector,
  sqlite: createSqliteConnector,
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
export function openConnector(config: SourceConfig): Connector {
  const create = Object.hasOwn(CONNECTORS, config.kind) ? CONNECTORS[config.kind] : undefined;
  if (create === undefined)
    throw new HubError(
      'SOURCE_CAPABILITY_MISSING',
      `source "${config.source}": there is no connector of kind "${config.kind}", only ${SOURCE_KINDS.join(', ')}`,
      { source: config.source },
    );
  return create(config);
}
