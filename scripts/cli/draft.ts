import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { DraftFile } from '../../mappings/drafts.ts';
import type { Editor } from '../../mappings/editor.ts';
import { fileChanges, printFileDiff } from '../../mappings/file-diff.ts';
import type { Mappings } from '../../mappings/mappings.ts';
import { readReleaseFiles } from '../../federation/supergraph/read-release.ts';
import { printProblem } from '../../schema/errors/problem.ts';
import { RELEASE_PARTS, type ReleasePart } from '../../schema/model/release.ts';
import type { DraftRow } from '../../store/drafts-table.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import type { Hub } from '../../server/hub.ts';
import { configOption, type ConfigOption } from './options.ts';
import { printRelease, toNumber } from './release.ts';
import { withLiveHub } from './with-hub.ts';

type By = ConfigOption & { readonly by: string };

/** On the machine that holds the store, whoever runs the command line may do what the store's owner may. */
export const editorOf = (by: string): Editor => ({ subject: by, roles: [], unverified: 'developer' });
const ADDITIONS_SHOWN = 20;
const signal = (): AbortSignal => AbortSignal.timeout(60_000);

export function addDraft(program: Command): void {
  const draft = program.command('draft').description('prepare changes beside what is live: check them, look at them, publish them');
  const officer: [string, string, string] = ['--by <name>', 'who does it', userInfo().username];
  const command = (name: string, description: string): Command => draft.command(name).description(description).addOption(configOption());

  command('create <title>', 'a new draft of what is live')
    .option(...officer)
    .option('--from-disk', 'with what the files on disk say differently')
    .action((title: string, { config, by, fromDisk }: By & { readonly fromDisk?: true }) =>
      withLiveHub(config, async (hub) => {
        const { mappings } = hub;
        let made = await mappings.drafts.create({ title, editor: editorOf(by) });
        if (fromDisk) made = await mappings.drafts.save({ id: made.id, revision: made.revision, files: await diskChanges(hub), editor: editorOf(by) });
        console.log(printDraft(made));
      }),
    );

  command('list', 'drafts, newest first').action(({ config }: ConfigOption) =>
    withLiveHub(config, async ({ mappings }) => {
      for (const each of await mappings.drafts.list(undefined, 50)) console.log(printDraft(each));
    }),
  );

  command('put <draft> <part> <file>', `take a file of the disk into the draft; part is one of ${RELEASE_PARTS.join(', ')}`)
    .option(...officer)
    .option('--remove', 'take the file out')
    .action((id: string, part: string, file: string, { config, by, remove }: By & { readonly remove?: true }) =>
      withLiveHub(config, async ({ mappings, configuration }) => {
        const text = remove ? null : await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read`)));
        const name = path.relative(path.dirname(configuration.file), path.resolve(file)).replaceAll(path.sep, '/');
        const files: DraftFile[] = [{ part: toPart(part), path: name, text }];
        console.log(
          printDraft(await step(mappings, id, ({ id: number, revision }) => mappings.drafts.save({ id: number, revision, files, editor: editorOf(by) }))),
        );
      }),
    );

  command('show <draft>', 'what it changes in the files').action((id: string, { config }: ConfigOption) =>
    withLiveHub(config, async ({ mappings }) => {
      const found = await mappings.drafts.get(toNumber(id));
      console.log(printDraft(found));
      console.log(printFileDiff(await mappings.releases.files(found.base), await mappings.drafts.files(found.id)));
    }),
  );

  command('validate <draft>', 'every error at once, with place and remedy')
    .option('--sample <rows>', 'rows of each changed type to decode', toNumber, 200)
    .action((id: string, { config, sample }: ConfigOption & { readonly sample: number }) =>
      withLiveHub(config, async ({ mappings }) => {
        const { problems } = await mappings.bench.validate(toNumber(id), sample, signal());
        for (const problem of problems) console.log(printProblem(problem));
        if (problems.some(({ severity }) => severity === 'error')) throw new HubProblem('the draft cannot be published yet');
        console.log(problems.length === 0 ? 'nothing is wrong' : 'it can be published');
      }),
    );

  command('preview <draft> <type>', 'rows as the graph would return them, beside the source’s own')
    .option('-s, --source <source>', 'only of this source')
    .option('-n, --count <rows>', 'how many', toNumber, 5)
    .action((id: string, type: string, { config, source, count }: ConfigOption & { readonly source?: string; readonly count: number }) =>
      withLiveHub(config, async ({ mappings }) => {
        const request = { id: toNumber(id), type, first: count, editor: editorOf(userInfo().username), ...(source === undefined ? {} : { source }) };
        for (const { source: from, rows } of await mappings.bench.preview(request, signal())) {
          for (const row of rows) {
            console.log(`${from} ${row.key}`);
            console.log(`  source  ${JSON.stringify(row.raw)}`);
            console.log(`  graph   ${JSON.stringify(row.unified)}`);
            for (const { field, code, rawValue } of row.issues) console.log(`  ${field}: ${code} ${JSON.stringify(rawValue)}`);
          }
        }
      }),
    );

  command('compare <draft>', 'what changes against what is live, and for whom')
    .option('--all', 'every addition to the API, too')
    .action((id: string, { config, all = false }: ConfigOption & { readonly all?: boolean }) =>
      withLiveHub(config, async ({ mappings }) => {
        const { changes, impacts } = await mappings.bench.compare(toNumber(id), signal());
        // A new type comes with dozens of others that the API makes of it.
        const additions = changes.filter(({ level, of }) => level === 'SAFE' && of === 'schema');
        const shown = all || additions.length <= ADDITIONS_SHOWN ? changes : changes.filter((change) => !additions.includes(change));
        for (const { level, path: where, source, message } of shown) console.log(`${level}  ${where}${source === undefined ? '' : ` (${source})`}: ${message}`);
        if (shown !== changes) console.log(`SAFE  ${additions.length} additions to the API; --all lists them`);
        for (const { kind, name, touches, breaks } of impacts)
          console.log(`${breaks.length > 0 ? 'breaks' : 'touches'} ${kind} ${name}: ${[...breaks, ...touches].join('; ')}`);
        if (changes.length === 0) console.log('nothing changes');
      }),
    );

  for (const [name, description] of [
    ['rebase', 'base the draft on what is live now'],
    ['discard', 'give the draft up'],
    ['approve', 'agree to its publication'],
  ] as const)
    command(`${name} <draft>`, description)
      .option(...officer)
      .action((id: string, { config, by }: By) =>
        withLiveHub(config, async ({ mappings }) =>
          console.log(
            printDraft(await step(mappings, id, ({ id: number, revision }) => mappings.drafts[name]({ id: number, revision, editor: editorOf(by) }))),
          ),
        ),
      );

  command('publish <draft>', 'make it live; a running hub on the same store follows within two seconds')
    .requiredOption('--why <text>', 'kept in the history')
    .option(...officer)
    .action((id: string, { config, by, why }: By & { readonly why: string }) =>
      withLiveHub(config, async ({ mappings }) =>
        console.log(
          printRelease(await step(mappings, id, ({ id: number, revision }) => mappings.drafts.publish({ id: number, revision, why, editor: editorOf(by) }))),
        ),
      ),
    );
}

async function step<T>({ drafts }: Mappings, id: string, work: (draft: DraftRow) => Promise<T>): Promise<T> {
  return work(await drafts.get(toNumber(id)));
}

/** What the disk says differently from what is live. */
async function diskChanges({ mappings, configuration }: Hub): Promise<DraftFile[]> {
  const { files, problems } = await readReleaseFiles(configuration);
  const unreadable = problems.filter(({ severity }) => severity === 'error');
  if (unreadable.length > 0) throw new HubProblem(unreadable.map(printProblem).join('\n'));
  const live = await mappings.releases.files((await mappings.releases.live()).number);
  return fileChanges(live, files).map(({ part, path: name }) => ({
    part,
    path: name,
    text: files.find((file) => file.part === part && file.path === name)?.text ?? null,
  }));
}

function toPart(text: string): ReleasePart {
  const part = RELEASE_PARTS.find((known) => known === text);
  if (part) return part;
  throw new HubProblem(`"${text}" is no part of a release; it is one of ${RELEASE_PARTS.join(', ')}`);
}

export function printDraft({ id, title, base, revision, by, state, approvedBy, department }: DraftRow): string {
  const notes = [state === 'open' ? '' : state, approvedBy === null ? '' : `approved by ${approvedBy}`, department ?? ''].filter((note) => note !== '');
  return `${id}  ${title}  (of release ${base}, revision ${revision}, by ${by}${notes.length > 0 ? `, ${notes.join(', ')}` : ''})`;
}
