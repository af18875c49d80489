import type { Command } from 'commander';
import { printExplanation } from '../../federation/execute/explain.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { ask, askOptions, type AskOptions } from './query.ts';

export function addExplain(program: Command): void {
  askOptions(
    program.command('explain <file>').description('run an operation and print its plan: statements, rows, times, and why each condition is met where it is'),
  )
    .option('--json', 'as JSON')
    .action(async (file: string, { json, ...options }: AskOptions & { readonly json?: true }) => {
      const { errors, extensions } = await ask(file, { ...options, explain: true });
      for (const { message } of errors ?? []) console.error(message);
      const explained = extensions?.explain;
      if (!explained)
        throw new HubProblem(errors ? 'it was not run, so there is no plan' : 'the hub explains nothing to who asks; officers and stewards may see it');
      console.log(json ? JSON.stringify(explained, null, 2) : printExplanation(explained).trimEnd());
      if (errors !== undefined) process.exitCode = 1;
    });
}
