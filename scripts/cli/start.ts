import { InvalidArgumentError, type Command } from 'commander';
import { createLog } from '../../server/log.ts';
import { runHub } from '../../server/main.ts';
import { prepareGraphiql } from '../graphiql/prepare.ts';
import { configOption, type ConfigOption } from './options.ts';

interface StartOptions extends ConfigOption {
  readonly port?: number;
  readonly graphiql: boolean;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('run the hub until SIGTERM or SIGINT')
    .addOption(configOption())
    .option('-p, --port <port>', 'instead of the configured one; 0 takes a free one', toPort)
    .option('--no-graphiql', 'without the GraphiQL page')
    .action(async ({ config, port, graphiql }: StartOptions) => {
      const log = createLog(process.env['YIWANG_LOG_LEVEL']);
      const page = graphiql ? await prepareGraphiql('.yiwang', (reason) => log.warn({ reason }, 'GraphiQL could not be built')) : undefined;
      await runHub({
        configurationFile: config,
        log,
        ...(port === undefined ? {} : { port }),
        ...(page ? { console: page } : {}),
        onListening(_hub, address) {
          console.log(`${address}/graphql`);
          page?.build();
        },
      });
    });
}

function toPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
