import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { parseYaml } from '../../schema/parse/yaml.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { mintDevelopmentToken } from '../../server/authenticate/development-token.ts';
import { readConfiguration } from '../../server/hub.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { openStore } from '../../store/open-store.ts';
import { configOption, DEMO, type ConfigOption } from './options.ts';

interface TokenOptions extends ConfigOption {
  readonly as: string;
  readonly purpose?: string;
  readonly hours: number;
}

/** Tokens to try the demo as somebody else. Only a hub on its embedded default takes them: their key lives in its store. */
export function addToken(program: Command): void {
  program
    .command('token')
    .description('print a development token for one of the demo’s people (identities.yaml)')
    .addOption(configOption())
    .requiredOption('--as <name>', 'whose')
    .option('--purpose <text>', 'what the data are asked for, bound to the token')
    .option('--hours <n>', 'how long it is good', toHours, 8)
    .action(async ({ config, as, purpose, hours }: TokenOptions) => {
      const configuration = await readConfiguration(config);
      if (configuration.auth)
        throw new HubProblem(`${config} has \`auth\`: its tokens come from ${configuration.auth.issuer}. Development tokens are for the demo.`);
      if (path.resolve(config) !== DEMO)
        throw new HubProblem(
          `development tokens are for the demo; to try ${config} as somebody else, give it \`auth\` with a key of your own (docs/guides/access.md)`,
        );
      const people = await readPeople(path.join(path.dirname(configuration.file), 'identities.yaml'));
      const person = people.get(as);
      if (!person) throw new HubProblem(`identities.yaml has nobody "${as}"; ${suggestion(as, [...people.keys()])}`);
      const { department, roles = [], ...attributes } = person;
      await using store = await openStore(configuration.store.url);
      const claims = { subject: as, department: textOf(department), roles: textsOf(roles), attributes, purpose, seconds: hours * 3_600 };
      console.log(await mintDevelopmentToken(store.settings, claims));
    });
}

async function readPeople(file: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const text = await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read; it lists who there is to try as`)));
  const { root, problems } = parseYaml(text, file);
  const [problem] = problems;
  if (problem) throw new HubProblem(`${file}:${problem.line}: ${problem.message}; ${problem.remedy}`);
  return new Map([...(root?.entries ?? [])].map(([name, node]) => [name, node.value as Readonly<Record<string, unknown>>]));
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

function toHours(text: string): number {
  if (/^([1-9]|1[0-2])$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be from 1 to 12.');
}
