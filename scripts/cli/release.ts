import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { printFileDiff } from '../../mappings/file-diff.ts';
import type { Mappings } from '../../mappings/mappings.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import type { ReleaseRow } from '../../store/releases-table.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { configOption, type ConfigOption } from './options.ts';
import { withLiveHub } from './with-hub.ts';

type By = ConfigOption & { readonly by: string; readonly why: string };

export function addRelease(program: Command): void {
  const release = program.command('release').description('what was published, and publishing; a running hub on the same store follows within two seconds');

  release
    .command('list')
    .description('the newest releases: when, by whom, why')
    .addOption(configOption())
    .option('-n, --count <number>', 'how many', toNumber, 20)
    .option('--json', 'as JSON')
    .action(async ({ config, count, json }: ConfigOption & { readonly count: number; readonly json?: true }) => {
      const rows = await withLiveHub(config, ({ mappings }) => mappings.releases.history(count));
      if (json) console.log(JSON.stringify(rows, null, 2));
      else for (const row of rows) console.log(printRelease(row));
    });

  release
    .command('diff <from> [to]')
    .description('lines that differ between two releases; without <to>, to what is live')
    .addOption(configOption())
    .action(async (from: string, to: string | undefined, { config }: ConfigOption) =>
      console.log(
        await withLiveHub(config, async ({ mappings: { releases } }) => {
          const newer = to === undefined ? (await releases.live()).number : toNumber(to);
          return printFileDiff(await releases.files(toNumber(from)), await releases.files(newer));
        }),
      ),
    );

  release
    .command('publish')
    .description('publish the files on disk')
    .addOption(configOption())
    .requiredOption('--why <text>', 'kept in the history')
    .option('--by <name>', 'who publishes', userInfo().username)
    .action(async ({ config, by, why }: By) => {
      const row = await withLiveHub(config, ({ mappings }) => mappings.releases.publishDisk({ by, why }));
      console.log(row === undefined ? 'the files on disk are what is live' : printRelease(row));
    });

  release
    .command('restore <number>')
    .description('publish an earlier release again')
    .addOption(configOption())
    .requiredOption('--why <text>', 'kept in the history')
    .option('--by <name>', 'who publishes', userInfo().username)
    .action(async (number: string, { config, by, why }: By) =>
      console.log(printRelease(await withLiveHub(config, ({ mappings }) => mappings.releases.restore({ number: toNumber(number), by, why })))),
    );

  release
    .command('export [number]')
    .description('write a release’s files to where hub.yaml has them; without [number], what is live')
    .addOption(configOption())
    .action((number: string | undefined, { config }: ConfigOption) =>
      withLiveHub(config, async ({ mappings, configuration }) => {
        const written = await exportRelease(mappings, configuration, number === undefined ? undefined : toNumber(number));
        for (const file of written) console.log(file);
      }),
    );
}

async function exportRelease({ releases }: Mappings, { file }: HubConfiguration, number?: number): Promise<string[]> {
  const files = await releases.files(number ?? (await releases.live()).number);
  for (const { path: name, text } of files) {
    const target = path.resolve(path.dirname(file), name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text).catch(() => Promise.reject(new HubProblem(`${name} cannot be written`)));
  }
  return files.map(({ path: name }) => name);
}

export function printRelease({ number, at, by, why, origin, restores, approvedBy }: ReleaseRow): string {
  const how = origin === 'restore' ? `  (release ${restores} again)` : origin === 'files' ? '  (from files)' : '';
  return `${number}  ${at}  ${by}${approvedBy === null ? '' : ` with ${approvedBy}`}  ${why}${how}`;
}

export function toNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number.');
}
