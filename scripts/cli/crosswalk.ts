import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { WorkItem } from '../../federation/crosswalk/work-list.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { configOption, type ConfigOption } from './options.ts';
import { withHub } from './with-hub.ts';

type By = ConfigOption & { readonly by: string };

export function addCrosswalk(program: Command): void {
  const crosswalk = program.command('crosswalk').description('see and decide which keys of the sources mean the same entity');
  const officer: [string, string, string] = ['--by <name>', 'who decides', userInfo().username];

  crosswalk
    .command('list')
    .description('keys that resolve to nothing, with suggestions')
    .addOption(configOption())
    .option('-e, --entity <entity>')
    .option('-s, --source <source>')
    .option('--json', 'as JSON')
    .action(async ({ config, json, ...filter }: ConfigOption & { readonly entity?: string; readonly source?: string; readonly json?: true }) => {
      const items = await withHub(config, async ({ federation }) => {
        const all: WorkItem[] = [];
        for (let after: string | undefined; ;) {
          const page = await federation.keeper.workList({ first: 200, ...filter, ...(after === undefined ? {} : { after }) });
          all.push(...page.items);
          if (!page.hasNextPage || page.endCursor === null) return all;
          after = page.endCursor;
        }
      });
      if (json) console.log(JSON.stringify(items, null, 2));
      else for (const item of items) console.log(printItem(item));
    });

  crosswalk
    .command('confirm <entity> <source> <localKey> <canonicalKey>')
    .description('this source’s key stands for this entity')
    .addOption(configOption())
    .option(...officer)
    .action((entity: string, source: string, localKey: string, canonicalKey: string, { config, by }: By) =>
      withHub(config, ({ federation }) => federation.keeper.officer.confirm({ entity, source, localKey, canonicalKey, by })),
    );

  crosswalk
    .command('reject <entity> <source> <localKey> [canonicalKey]')
    .description('this source’s key does not stand for this entity; without canonicalKey, for none at all')
    .addOption(configOption())
    .option(...officer)
    .action((entity: string, source: string, localKey: string, canonicalKey: string | undefined, { config, by }: By) =>
      withHub(config, ({ federation }) => federation.keeper.officer.reject({ entity, source, localKey, canonicalKey: canonicalKey ?? null, by })),
    );

  crosswalk
    .command('undo')
    .description('take back your newest decision')
    .addOption(configOption())
    .option(...officer)
    .action(async ({ config, by }: By) => {
      const undone = await withHub(config, ({ federation }) => federation.keeper.officer.undo(by));
      for (const { entity, source, localKey, canonicalKey, action } of undone)
        console.log(`undone: ${action} ${entity} ${source} ${localKey} ${canonicalKey ?? ''}`.trimEnd());
    });

  crosswalk
    .command('refresh')
    .description('read the sources’ keys now')
    .addOption(configOption())
    .action(async ({ config }: ConfigOption) => {
      const results = await withHub(config, ({ federation }) => federation.keeper.refresh());
      for (const result of results)
        console.log(
          `${result.entity} ${result.source}: ${result.status === 'done' ? `${result.rows} rows${result.changed ? ', changed' : ''}` : result.code} (${result.elapsedMs} ms)`,
        );
      if (results.some(({ status }) => status === 'failed')) throw new HubProblem('some sources could not be read');
    });
}

function printItem({ entity, source, localKey, raw, fields, suggestions, unknown }: WorkItem): string {
  const said = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const lines = [`${entity} ${source} ${localKey}${raw === null ? '' : `  written as ${raw}`}${said.length > 0 ? `  ${said.join(', ')}` : ''}`];
  for (const { canonicalKey, reason, score } of suggestions) lines.push(`  ${canonicalKey}  ${reason}${score === null ? '' : ` ${score.toFixed(2)}`}`);
  for (const key of unknown) lines.push(`  ${key}  is not in the authority`);
  return lines.join('\n');
}
