import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runCommand } from '../../../helpers/run-command.ts';
import { createSmallHub } from '../../../helpers/small-hub.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

it('looks at the sources of a release as at those of hub.yaml, from the first one on', async () => {
  await using small = createSmallHub();
  const file = path.join(small.folder, 'archive.sqlite');
  new DatabaseSync(file).exec('create table box (no integer primary key, label text)');
  process.env['ARCHIVE_URL'] = `sqlite:${file}`;
  small.write('archive/hub.yaml', 'departments: { archive: { en: Archive } }\n');
  small.write('archive/sources.yaml', 'sources: { archive: { department: archive, kind: sqlite, url: "${ARCHIVE_URL}" } }\n');
  const run = (command: string): Promise<string> => runCommand(`yiwang ${command} --config ${small.folder}/archive/hub.yaml`);
  expect(await run('introspect archive')).toContain('label  TEXT');
  expect(await run('suggest archive')).toContain('type Box @key(fields: "no")');
  const mapping = (column: string): string => `source: archive\ntypes:\n  Box: { rows: box, key: "no", fields: { number: "no", label: ${column} } }\n`;
  small.write('archive/schema/box.graphql', 'type Box @key(fields: "number") @authority(department: "archive") { number: BigInt! label: String }\n');
  small.write('archive/mappings/archive.yaml', mapping('label'));
  expect(await run('check')).toContain('archive: 1 of 1 tables, 2 of 2 columns mapped');
  expect(await run('changes ddl archive --mode trigger')).toContain('create trigger "yiwang_box_insert"');
  expect(await run('grants archive')).toContain('must be able to read the file');
  small.write('archive/mappings/archive.yaml', mapping('lable'));
  await expect(run('check')).rejects.toThrow(/archive\.yaml:3:.*unknown column "lable" in table "box"; did you mean "label"\?/);
  small.write('archive/schema/box.graphql', 'type Box {');
  await expect(run('introspect archive')).rejects.toThrow('box.graphql:1:');
});
