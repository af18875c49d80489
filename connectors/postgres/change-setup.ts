import type { CapturedTable, ChangeMode, ChangeSetup } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { postgresTriggerSetup } from './trigger-setup.ts';

export const quoteName = (text: string): string => `"${text.replaceAll('"', '""')}"`;
export const qualifiedName = ({ schema, table }: Pick<CapturedTable, 'schema' | 'table'>): string =>
  schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`;

/** For the log: rights of the hub's role and the publication. For triggers: the outbox with its triggers, and the right to read it. For both: the right to read the tables. */
export function postgresChangeSetup(config: SourceConfig, mode: ChangeMode, tables: readonly CapturedTable[], consumer: string): ChangeSetup {
  const user = decodeURIComponent(new URL(config.url).username) || 'yiwang';
  const role = quoteName(user);
  const schemas = [...new Set(tables.map(({ schema = 'public' }) => schema))];
  const reading = [
    '-- The hub reads these tables and nothing else.',
    ...schemas.map((schema) => `grant usage on schema ${quoteName(schema)} to ${role}`),
    `grant select on ${tables.map(qualifiedName).join(', ')} to ${role}`,
  ];
  if (mode === 'poll') return { statements: reading };
  if (mode === 'trigger') return { statements: [...reading, ...postgresTriggerSetup(tables, role)] };
  return {
    statements: [
      '-- Needs wal_level = logical (postgresql.conf, restart). Set max_slot_wal_keep_size, so that a hub that stays away cannot fill the disk.',
      ...reading,
      `alter role ${role} replication`,
      '-- Whoever owns the tables publishes them, and runs this again when tables come or are made anew; the hub makes its slot by itself.',
      `do $yiwang$ begin
  if exists (select from pg_publication where pubname = '${consumer}') then
    alter publication ${quoteName(consumer)} set table ${tables.map(qualifiedName).join(', ')};
  else
    create publication ${quoteName(consumer)} for table ${tables.map(qualifiedName).join(', ')} with (publish_via_partition_root = true);
  end if;
end $yiwang$`,
      ...tables
        .filter(({ key, columns }) => key.length === columns.length)
        .map((table) => `-- without a primary key: alter table ${qualifiedName(table)} replica identity full`),
    ],
  };
}
