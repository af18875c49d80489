import type { Command } from 'commander';
import { printProblem } from '../../schema/errors/problem.ts';
import type { CatalogTable } from '../../schema/model/catalog.ts';
import { configurationOf } from '../../schema/model/release.ts';
import { readRelease } from '../../federation/supergraph/read-release.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readConfiguration } from '../../server/hub.ts';
import { configOption, type ConfigOption } from './options.ts';
import { requireSource, withConnector } from './live.ts';

const TIMEOUT_MS = 30_000;

export function addIntrospect(program: Command): void {
  program
    .command('introspect <source>')
    .description('print a source’s tables, columns and keys')
    .addOption(configOption())
    .option('--json', 'as JSON')
    .action(async (name: string, { config, json }: ConfigOption & { readonly json?: true }) => {
      const base = await readConfiguration(config);
      // Whatever is wrong with the release: who mends a mapping looks at the tables.
      const { partial, problems } = await readRelease(base);
      if (!partial && !base.sources.has(name)) throw new HubProblem(problems.map(printProblem).join('\n'), problems);
      const configuration = partial ? configurationOf(base, partial) : base;
      const source = requireSource(configuration, name);
      const { tables } = await withConnector(configuration, source, (connector) =>
        connector.introspect({ signal: AbortSignal.timeout(TIMEOUT_MS), timeoutMs: TIMEOUT_MS }),
      );
      if (tables.length === 0) console.error(`${name} has no table that its account may read`);
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
  for (const { columns: own, table, references } of foreignKeys)
    lines.push(
      `  (${own.join(', ')}) → ${table.schema === undefined || table.schema === schema ? '' : `${table.schema}.`}${table.name} (${references.join(', ')})`,
    );
  return lines.join('\n');
}
