import type { Command } from 'commander';
import { printSchema } from 'graphql';
import { configOption, type ConfigOption } from './options.ts';
import { readLive, requireComposition } from './live.ts';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the API’s schema, as GraphQL SDL')
    .addOption(configOption())
    .action(async ({ config }: ConfigOption) => {
      console.log(printSchema(requireComposition(await readLive(config)).schema));
    });
}
