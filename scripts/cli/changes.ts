import { Option, type Command } from 'commander';
import { consumerName, translatorOf } from '../../changes/capture-source.ts';
import type { CapturedTable, ChangeMode } from '../../connectors/spi/changes.ts';
import type { TableRef } from '../../connectors/spi/connector.ts';
import type { Catalog, CatalogTable } from '../../schema/model/catalog.ts';
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
}

/** As a DBA runs them; remarks stay remarks. */
export function printStatements(statements: readonly string[]): void {
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
