import type { Command } from 'commander';
import { sourceCoverage } from '../../federation/supergraph/coverage.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import { configOption, type ConfigOption } from './options.ts';
import { readLive } from './live.ts';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('check hub.yaml, schema and mappings, against the sources as they are now')
    .addOption(configOption())
    .option('--unmapped', 'list the columns that no mapping uses')
    .action(async ({ config, unmapped }: ConfigOption & { readonly unmapped?: true }) => {
      const { catalogs, composition, problems, down, configuration } = await readLive(config);
      for (const problem of problems) console.error(printProblem(problem));
      for (const { source, reason } of down) console.error(`${source}: cannot be read, so its mapping is not checked against it (${reason})`);
      if (composition) {
        for (const name of configuration.sources.keys()) {
          const catalog = catalogs.get(name);
          if (!catalog) continue;
          const coverage = sourceCoverage(composition.supergraph, name, catalog);
          console.log(`${name}: ${coverage.mappedTables} of ${coverage.tables} tables, ${coverage.mappedColumns} of ${coverage.columns} columns mapped`);
          if (unmapped) for (const { table, columns } of coverage.unmapped) console.log(`  ${table}: ${columns.join(', ')}`);
        }
        console.log(`${composition.supergraph.bindings.size} types; the API has ${Object.keys(composition.schema.getTypeMap()).length} types`);
      }
      if (!composition || down.length > 0) process.exitCode = 1;
    });
}
