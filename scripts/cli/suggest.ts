import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { catalogueCsv, catalogueRows } from '../../mappings/catalogue-rows.ts';
import { catalogueOf } from '../../mappings/catalogue.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import type { ReleasePart } from '../../schema/model/release.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { configOption, type ConfigOption } from './options.ts';
import { withHub } from './with-hub.ts';

interface SuggestOptions extends ConfigOption {
  readonly tables?: string;
  readonly write?: true;
}

const editor = { subject: userInfo().username, roles: [], unverified: 'developer' } as const;

export function addSuggest(program: Command): void {
  program
    .command('suggest <source>')
    .description('look at a source’s tables and propose a schema and a mapping, with the reasons')
    .addOption(configOption())
    .option('-t, --tables <names>', 'only these, separated by commas')
    .option('-w, --write', 'write them to where hub.yaml looks for them, beside what is there')
    .action((source: string, { config, tables, write }: SuggestOptions) =>
      withHub(config, async ({ mappings, configuration }) => {
        const request = { source, editor, ...(tables === undefined ? {} : { tables: tables.split(',').map((name) => name.trim()) }) };
        const { sdl, mapping, reasons } = await mappings.study.suggest(request, AbortSignal.timeout(120_000));
        for (const { about, says, evidence, confidence } of reasons) console.log(`# ${confidence.toFixed(2)}  ${about}: ${says} (${evidence})`);
        if (!write) {
          console.log(`\n${sdl}\n${mapping}`);
          return;
        }
        for (const [part, text] of [
          ['schema', sdl],
          ['mappings', mapping],
        ] as const) {
          const file = targetOf(configuration, part, source);
          if (existsSync(file))
            throw new HubProblem(`${path.relative(process.cwd(), file)} is there already; move it away, or leave --write out and copy what you want`);
          await mkdir(path.dirname(file), { recursive: true });
          await writeFile(file, text);
          console.log(`written: ${path.relative(process.cwd(), file)}`);
        }
      }),
    );

  program
    .command('catalogue')
    .description('what there is, as 政务信息资源目录 core metadata')
    .addOption(configOption())
    .option('--json', 'as JSON instead of CSV')
    .action(({ config, json }: ConfigOption & { readonly json?: true }) =>
      withHub(config, async ({ federation, mappings }) => {
        const since = await mappings.releases.since();
        const types = catalogueOf(federation.release(), federation.generation(), []);
        const rows = catalogueRows(types, federation.configuration(), (file) => since.get(file) ?? '');
        console.log(json ? JSON.stringify(rows, null, 2) : catalogueCsv(rows));
      }),
    );
}

/** A file that the first pattern of hub.yaml finds, named after the source. */
function targetOf({ release }: HubConfiguration, part: ReleasePart, source: string): string {
  const [pattern = ''] = release[part];
  return pattern
    .replaceAll(/\[([?*()[\]{}])\]/g, '$1')
    .replaceAll('**/', '')
    .replaceAll('*', source);
}
