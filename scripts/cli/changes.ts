import { Option, type Command } from 'commander';
import { consumerName, translatorOf } from '../../changes/capture-source.ts';
import type { CapturedTable, ChangeMode } from '../../connectors/spi/changes.ts';
import type { TableRef } from '../../connectors/spi/connector.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import type { Catalog, CatalogTable } from '../../schema/model/catalog.ts';
import type { Mapping, TableName } from '../../schema/model/mapping.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readLive, requireComposition, requireSource, withConnector } from './live.ts';
import { configOption, type ConfigOption } from './options.ts';

interface DdlOptions extends ConfigOption {
  readonly mode?: ChangeMode;
}

export function addChanges(program: Command): void {
  program
    .command('changes')
    .description('how the hub learns of a department’s changes')
    .command('ddl <source>')
    .description('print what the department’s DBA runs so that the hub can read changes: outbox and triggers, or publication and rights. The hub never runs it')
    .addOption(configOption())
    .addOption(new Option('-m, --mode <mode>', 'instead of the configured one').choices(['log', 'trigger', 'poll']))
    .action((name: string, { config, mode }: DdlOptions) => printSetup(config, name, mode));
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
  const pattern = named.name.split(/\{[^{}]*\}/).map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[A-Za-z0-9]+')}$`, 'u').test(table.name);
}

function tablesNamedBy({ types, crosswalks }: Mapping): TableName[] {
  const rows = [...[...types.values()].map((type) => type.rows), ...[...crosswalks.values()].flatMap((crosswalk) => crosswalk.rows ?? [])];
  return rows.flatMap(({ table, tables, union = [], lookups = {} }) => [
    ...[table, tables].filter((name) => name !== undefined),
    ...[...union, ...Object.values(lookups)].map((each) => each.table),
  ]);
}

function printStatements(statements: readonly string[]): void {
  for (const statement of statements) console.log(statement.startsWith('--') ? statement : `${statement};`);
}

async function printSetup(config: string, name: string, asked: ChangeMode | undefined): Promise<void> {
  const live = await readLive(config);
  const { supergraph } = requireComposition(live);
  const { configuration, catalogs, down } = live;
  const source = requireSource(configuration, name);
  const catalog = catalogs.get(name);
  if (!catalog) throw new HubProblem(`the tables of "${name}" are not known: ${down.find((each) => each.source === name)?.reason ?? 'it was not reached'}`);
  const mode = asked ?? (source.changes === 'none' ? undefined : source.changes);
  if (mode === undefined) throw new HubProblem(`source "${name}" says \`changes: none\`; choose a mode with --mode log, trigger or poll`);
  const { tables } = translatorOf({ supergraph, catalog, source, timeZone: configuration.timeZone });
  const setup = await withConnector(configuration, source, async (connector) => {
    if (connector.capabilities.changes?.[mode] === undefined)
      throw new HubProblem(
        `a source of kind ${source.kind} cannot tell changes by "${mode}", only by ${Object.keys(connector.capabilities.changes ?? {}).join(' or ')}`,
      );
    const views = tables.filter((table) => tableIn(catalog, table)?.kind === 'view').map(({ table }) => table);
    if (mode !== 'poll' && views.length > 0)
      throw new HubProblem(`changes of views can only be polled: ${views.join(', ')}; map the tables that they read, or read "${name}" by \`changes: poll\``);
    return connector.changeSetup?.(mode, whole(tables, catalog), consumerName(configuration.changes, name));
  });
  printStatements(setup?.statements ?? []);
}

/** Triggers write every column down: a mapping may come to read more of them without anything being run again. */
function whole(tables: readonly CapturedTable[], catalog: Catalog): CapturedTable[] {
  return tables.map((table) => ({ ...table, columns: tableIn(catalog, table)?.columns.map(({ name, type }) => ({ name, type })) ?? table.columns }));
}

const tableIn = (catalog: Catalog, { schema, table }: TableRef): CatalogTable | undefined =>
  catalog.tables.find((each) => each.name === table && (schema === undefined || each.schema === schema));
