import type { Command } from 'commander';
import type { CatalogTable } from '../../schema/model/catalog.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readHubFiles } from '../../server/hub.ts';
import { configOption, type ConfigOption } from './options.ts';
import { withConnector } from './live.ts';

const TIMEOUT_MS = 30_000;

export function addIntrospect(program: Command): void {
  program
    .command('introspect <source>')
    .description('print a source’s tables, columns and keys')
    .addOption(configOption())
    .option('--json', 'as JSON')
    .action(async (name: string, { config, json }: ConfigOption & { readonly json?: true }) => {
      const { configuration } = await readHubFiles(config);
      const source = configuration.sources.get(name);
      if (!source) throw new HubProblem(`there is no source "${name}"; ${suggestion(name, [...configuration.sources.keys()])}`);
      const { tables } = await withConnector(configuration, source, (connector) =>
        connector.introspect({ signal: AbortSignal.timeout(TIMEOUT_MS), timeoutMs: TIMEOUT_MS }),
      );
      console.log(json ? JSON.stringify({ tables }, null, 2) : tables.map(printTable).join('\n\n'));
    });
}

function printTable({ schema, name, comment, columns, primaryKey, foreignKeys, rowEstimate }: CatalogTable): string {
  const lines = [
    `${schema === undefined ? '' : `${schema}.`}${name}${comment === undefined ? '' : `  ${comment}`}${rowEstimate === undefined ? '' : `  ~${rowEstimate} rows`}`,
  ];
  for (const column of columns) {
    const marks = [primaryKey.includes(column.name) ? 'key' : '', column.nullable ? '' : 'not null', column.comment ?? ''].filter((mark) => mark !== '');
    lines.push(`  ${column.name}  ${column.nativeType}${marks.length > 0 ? `  ${marks.join('  ')}` : ''}`);
  }
  for (const key of foreignKeys) lines.push(`  (${key.columns.join(', ')}) → ${key.table.name} (${key.references.join(', ')})`);
  return lines.join('\n');
}
