import type { Command } from 'commander';
import { consumerName } from '../../changes/capture-source.ts';
import type { TableRef } from '../../connectors/spi/connector.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { Mapping, TableName } from '../../schema/model/mapping.ts';
import { tablePattern } from '../../schema/parse/table-pattern.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { printStatements } from './changes.ts';
import { readLive, requireSource, withConnector } from './live.ts';
import { configOption, type ConfigOption } from './options.ts';

export function addGrants(program: Command): void {
  program
    .command('grants <source>')
    .description('print the rights that the hub’s account needs to read a source, and no more')
    .addOption(configOption())
    .action((name: string, { config }: ConfigOption) => printGrants(config, name));
}

/** By what the mappings name, since an account without rights sees no tables: what it is to see is what is asked here. */
async function printGrants(config: string, name: string): Promise<void> {
  const { configuration, reading, catalogs } = await readLive(config);
  const source = requireSource(configuration, name);
  if (!reading.partial) throw new HubProblem(reading.problems.map(printProblem).join('\n'), reading.problems);
  const named = reading.partial.mappings.filter((mapping) => mapping.source === name).flatMap(tablesNamedBy);
  if (named.length === 0) throw new HubProblem(`no mapping reads from "${name}" yet, so there is nothing to grant; to map it, its account must see its tables`);
  const { tables, unseen } = knownTables(named, catalogs.get(name));
  const setup = await withConnector(configuration, source, async (connector) =>
    connector.changeSetup?.(
      'poll',
      tables.map((table) => ({ ...table, columns: [], key: [] })),
      consumerName(configuration.changes, name),
    ),
  );
  printStatements([
    ...(tables.length === 0 ? [] : (setup?.statements ?? [])),
    ...unseen.map((pattern) => `-- and the like on each table that is called ${pattern}, of which the hub's account sees none yet`),
  ]);
}

function knownTables(named: readonly TableName[], catalog: Catalog | undefined): { readonly tables: readonly TableRef[]; readonly unseen: readonly string[] } {
  const tables = new Map<string, TableRef>();
  const unseen = new Set<string>();
  for (const each of named) {
    const seen = catalog?.tables.filter((table) => fits(table, each)) ?? [];
    const found = seen.length > 0 ? seen : each.name.includes('{') ? [] : [each];
    for (const { schema, name } of found) tables.set(JSON.stringify([schema, name]), { ...(schema === undefined ? {} : { schema }), table: name });
    if (found.length === 0) unseen.add(each.name);
  }
  return { tables: [...tables.values()], unseen: [...unseen] };
}

function fits(table: TableName, named: TableName): boolean {
  if (named.schema !== undefined && named.schema !== table.schema) return false;
  return tablePattern(named.name).test(table.name);
}

function tablesNamedBy({ types, crosswalks }: Mapping): TableName[] {
  const rows = [...[...types.values()].map((type) => type.rows), ...[...crosswalks.values()].flatMap((crosswalk) => crosswalk.rows ?? [])];
  return rows.flatMap(({ table, tables, union = [], lookups = {} }) => [
    ...[table, tables].filter((name) => name !== undefined),
    ...[...union, ...Object.values(lookups)].map((each) => each.table),
  ]);
}
