import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError, type Command } from 'commander';
import type { Explanation } from '../../federation/execute/explain.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { authorization, configOption, type ConfigOption } from './options.ts';
import { withHub } from './with-hub.ts';

export interface AskOptions extends ConfigOption {
  readonly variables?: Record<string, unknown>;
  readonly operation?: string;
  readonly url?: string;
  readonly explain?: true;
}

export function addQuery(program: Command): void {
  askOptions(program.command('query <file>').description('run an operation from a file, or from standard input (-), and print its answer'))
    .option('--explain', 'with its plan and every statement that was run')
    .action(async (file: string, options: AskOptions) => {
      const answer = await ask(file, options);
      console.log(JSON.stringify(answer, null, 2));
      if (answer.errors !== undefined) process.exitCode = 1;
    });
}

/** Options of whatever asks the hub an operation. */
export function askOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .option('-v, --variables <json>', 'its variables', toObject)
    .option('-o, --operation <name>', 'which, where the file has several')
    .option('-u, --url <url>', 'ask a running hub, e.g. http://127.0.0.1:4000/graphql; YIWANG_TOKEN says who asks');
}

export interface Asked {
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: { readonly explain?: Explanation };
}

/** The answer to an operation in a file (`-`: standard input), from a running hub or one opened for it. @throws {HubProblem} */
export async function ask(file: string, options: AskOptions): Promise<Asked> {
  const query = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read`)));
  const body = JSON.stringify({
    query,
    variables: options.variables,
    operationName: options.operation,
    ...(options.explain ? { extensions: { explain: true } } : {}),
  });
  return options.url === undefined ? withHub(options.config, async (hub) => post(`${await hub.listen(0)}/graphql`, body)) : post(options.url, body);
}

async function post(url: string, body: string): Promise<Asked> {
  const headers = { 'content-type': 'application/json', connection: 'close', ...authorization() };
  const response = await fetch(url, { method: 'POST', headers, body }).catch(() => Promise.reject(new HubProblem(`no hub answers at ${url}`)));
  return (await response.json().catch(() => Promise.reject(new HubProblem(`what answers at ${url} is no hub (HTTP ${response.status})`)))) as Asked;
}

function toObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new InvalidArgumentError('It must be a JSON object.');
}
