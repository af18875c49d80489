import { HubError } from '../schema/errors/hub-error.ts';
import type { SourceKind } from '../schema/model/configuration.ts';
import type { Connector, SourceConfig } from './spi/connector.ts';

interface ConnectorKind extends Omit<SourceKind, 'name'> {
  /** Drivers are loaded by whoever has such a source: loading all of them is a good part of a start. */
  load(): Promise<(config: SourceConfig) => Connector>;
}

const CONNECTORS: Readonly<Record<string, ConnectorKind>> = {
  postgres: {
    also: ['postgresql', 'pg', 'kingbase', 'opengauss'],
    tinyint1: false,
    load: async () => (await import('./postgres/connector.ts')).createPostgresConnector,
  },
  /** MariaDB 10.6 and later. */
  mysql: { also: ['mariadb', 'tidb', 'oceanbase'], tinyint1: true, load: async () => (await import('./mysql/connector.ts')).createMysqlConnector },
  sqlite: { also: ['sqlite3'], tinyint1: false, load: async () => (await import('./sqlite/connector.ts')).createSqliteConnector },
};

/** A source whose rows the hub has at hand. */
export { createMemoryConnector, type MemoryTable } from './memory/connector.ts';

/** The meaning of row sets and expressions, over rows that the hub has at hand. */
export { interpret, interpretKeys, type InterpretedTables } from './memory/interpret.ts';

export const SOURCE_KINDS: readonly SourceKind[] = Object.entries(CONNECTORS).map(([name, { also, tinyint1 }]) => ({ name, also, tinyint1 }));

/**
 * Opens a source of any kind; does not wait for the database.
 * @throws {HubError} SOURCE_CAPABILITY_MISSING for a kind that has no connector
 */
export async function openConnector(config: SourceConfig): Promise<Connector> {
  const known = Object.hasOwn(CONNECTORS, config.kind) ? CONNECTORS[config.kind] : undefined;
  if (known === undefined)
    throw new HubError(
      'SOURCE_CAPABILITY_MISSING',
      `source "${config.source}": there is no connector of kind "${config.kind}", only ${Object.keys(CONNECTORS).join(', ')}`,
      { source: config.source },
    );
  const create = await known.load();
  return create(config);
}
