import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { printDrift } from '../../federation/drift/compare-catalogs.ts';
import { configOption, type ConfigOption } from './options.ts';
import { editorOf, printDraft } from './draft.ts';
import { withLiveHub } from './with-hub.ts';

type By = ConfigOption & { readonly by: string };

export function addDrift(program: Command): void {
  const drift = program.command('drift').description('what departments changed since the live mappings were right for their tables, and what to do about it');
  const officer: [string, string, string] = ['--by <name>', 'who does it', userInfo().username];
  const command = (name: string, description: string): Command => drift.command(name).description(description).addOption(configOption());

  command('list', 'what changed, and what is not answered for it').action(({ config }: ConfigOption) =>
    withLiveHub(config, async ({ mappings }) => {
      const found = mappings.drift.list();
      for (const { source, drifts, quarantine } of found) {
        for (const each of drifts) console.log(`${source.name}: ${printDrift(each)}`);
        for (const path of quarantine) console.log(`${source.name}: ${path} is quarantined`);
      }
      if (found.length === 0) console.log('nothing has drifted');
    }),
  );

  command('repair <source>', 'a new draft in which columns have the names that they seem to have now')
    .option(...officer)
    .action((source: string, { config, by }: By) =>
      withLiveHub(config, async ({ mappings }) => console.log(printDraft(await mappings.drift.draftRepair(source, editorOf(by))))),
    );

  command('accept <source>', 'its mapping is right for its tables as they are now; a running hub on the same store follows')
    .option(...officer)
    .action((source: string, { config, by }: By) => withLiveHub(config, ({ mappings }) => mappings.drift.accept(source, editorOf(by))));
}
