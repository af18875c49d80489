import { Option, type Command } from 'commander';
import { consumerName, translatorOf } from '../../changes/capture-source.ts';
import type { CapturedTable, ChangeMode } from '../../connectors/spi/changes.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readLive, requireComposition, withConnector } from './live.ts';
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
    .action((name: string, { config }: ConfigOption) => printSetup(config, name, 'poll'));
}

async function printSetup(config: string, name: string, asked: ChangeMode | undefined): Promise<void> {
  const live = await readLive(config);
  const { supergraph } = requireComposition(live);
  const { configuration, catalogs } = live;
  const source = configuration.sources.get(name);
  if (!source) throw new HubProblem(`there is no source "${name}"; ${suggestion(name, [...configuration.sources.keys()])}`);
  const catalog = catalogs.get(name);
  if (!catalog) throw new HubProblem(`source "${name}" cannot be reached, so its tables are not known`);
  const mode = asked ?? (source.changes === 'none' ? undefined : source.changes);
  if (mode === undefined) throw new HubProblem(`source "${name}" says \`changes: none\`; choose a mode with --mode log, trigger or poll`);
  const { tables } = translatorOf({ supergraph, catalog, source, timeZone: configuration.timeZone });
  const setup = await withConnector(configuration, source, async (connector) => {
    if (connector.capabilities.changes?.[mode] === undefined)
      throw new HubProblem(
        `a source of kind ${source.kind} cannot tell changes by "${mode}", only by ${Object.keys(connector.capabilities.changes ?? {}).join(' or ')}`,
      );
    return connector.changeSetup?.(mode, whole(tables, catalog), consumerName(configuration.changes, name));
  });
  for (const statement of setup?.statements ?? []) console.log(statement.startsWith('--') ? statement : `${statement};`);
}

/** Triggers write every column down: a mapping may come to read more of them without anything being run again. */
function whole(tables: readonly CapturedTable[], catalog: Catalog): CapturedTable[] {
  return tables.map((table) => {
    const known = catalog.tables.find((each) => each.name === table.table && (table.schema === undefined || each.schema === table.schema));
    return { ...table, columns: known?.columns.map(({ name, type }) => ({ name, type })) ?? table.columns };
  });
}
