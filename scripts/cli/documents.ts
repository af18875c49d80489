import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { checkDocument, type CheckSchema } from '../../access/documents/check-document.ts';
import { ManifestProblem, readManifest, type ManifestEntry } from '../../access/documents/read-manifest.ts';
import { readConfiguration, type Hub } from '../../server/hub.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { limitsRule } from '../../server/limits/limits-rule.ts';
import { openStore } from '../../store/open-store.ts';
import { configOption, type ConfigOption } from './options.ts';
import { withLiveHub } from './with-hub.ts';

interface AppOption extends ConfigOption {
  readonly app: string;
}

export function addDocuments(program: Command): void {
  const documents = program
    .command('documents')
    .description('trusted documents: operations that an app registers before it sends them; a running hub on the same store knows them within two seconds');

  documents
    .command('push <manifest>')
    .description('register the operations of a manifest (GraphQL Code Generator, Relay or Apollo): all that fit what is live, or none')
    .addOption(configOption())
    .requiredOption('--app <name>', 'whose they are')
    .option('--by <name>', 'who registers them', userInfo().username)
    .action(push);

  documents
    .command('list')
    .description('what is registered, and what of it no longer fits what is live')
    .addOption(configOption())
    .option('--app <name>', 'only of this app')
    .option('--json', 'as JSON')
    .action(list);

  documents
    .command('remove [ids...]')
    .description('forget documents; whoever still sends them is told PERSISTED_QUERY_NOT_FOUND')
    .addOption(configOption())
    .requiredOption('--app <name>', 'whose they are')
    .option('--all', 'all of the app')
    .action(remove);
}

async function push(file: string, { config, app, by }: AppOption & { readonly by: string }): Promise<void> {
  const entries = await readEntries(file);
  const { added, unchanged, problems } = await withLiveHub(config, (hub) => hub.documents.push(app, entries, { check: checkOf(hub), by }));
  if (problems.length > 0) {
    const lines = problems.map(({ id, message }) => `${file}: ${id}: ${message}`);
    throw new HubProblem(
      [...lines, `nothing was registered: ${problems.length} ${problems.length === 1 ? 'fault' : 'faults'} in ${entries.length} documents`].join('\n'),
    );
  }
  console.log(`${app}: ${added} registered, ${unchanged} were there already`);
}

async function readEntries(file: string): Promise<readonly ManifestEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read`)));
  try {
    return readManifest(text);
  } catch (error) {
    if (error instanceof ManifestProblem) throw new HubProblem(`${file} is no manifest of documents: ${error.message}`);
    throw error;
  }
}

async function list({ config, app, json }: ConfigOption & { readonly app?: string; readonly json?: true }): Promise<void> {
  const rows = await withLiveHub(config, async (hub) => {
    const check = checkOf(hub);
    const asked = hub.documents.list().filter((row) => app === undefined || row.app === app);
    return asked.map((row) => ({ ...row, faults: checkDocument(row.document, check).faults }));
  });
  if (json) return console.log(JSON.stringify(rows, null, 2));
  for (const { app: whose, id, name, by, at, faults } of rows)
    console.log(`${faults.length > 0 ? '✗' : '✓'} ${whose}  ${name}  ${id}  ${at}  ${by}${faults.map((fault) => `\n    ${fault}`).join('')}`);
  if (rows.length === 0) console.log('nothing is registered');
}

async function remove(ids: readonly string[], { config, app, all }: AppOption & { readonly all?: true }): Promise<void> {
  if ((ids.length === 0) !== (all === true)) throw new HubProblem('name the ids, or say --all');
  const { store: settings } = await readConfiguration(config);
  await using store = await openStore(settings.url);
  const removed = await store.transaction(({ documents }) => documents.remove(app, all ? undefined : ids));
  console.log(`${app}: ${removed} removed`);
  if (removed < ids.length)
    throw new HubProblem(`${ids.length - removed} of these ids ${app} has not registered; \`yiwang documents list\` shows what there is`);
}

/** What is live, for whoever may see everything: rights are met when a document is sent. */
function checkOf({ federation, configuration: { limits } }: Hub): CheckSchema {
  return { schema: federation.generation().schema, rules: [limitsRule(limits)], maxTokens: limits.tokens };
}
