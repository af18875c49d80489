import { expect, it } from 'vitest';
import { runCommand } from '../../../helpers/run-command.ts';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL } from '../../../helpers/small-hub.ts';

it('folds what a new type adds to the API, and nothing that may break', async () => {
  await using small = createSmallHub();
  const run = (command: string): Promise<string> => runCommand(`yiwang ${command} --config ${small.file}`);
  await run('release publish --why first');
  small.write(
    'schema/book.graphql',
    `${SMALL_SDL.replace('  author: String\n', '')}type Shelf @key(fields: "number") @authority(department: "library") { number: String! title: String }\n`,
  );
  small.write(
    'library/mapping.yaml',
    `${SMALL_MAPPING.replace('author: author, ', '')}  Shelf: { rows: book, key: isbn, fields: { number: isbn, title: title } }\n`,
  );
  await run('draft create shelves --from-disk');
  const folded = (await run('draft compare 1')).split('\n');
  const whole = (await run('draft compare 1 --all')).split('\n');
  const count = Number(/^SAFE {2}(\d+) additions to the API; --all lists them$/.exec(folded.find((line) => line.includes('--all')) ?? '')?.[1]);
  expect(count).toBeGreaterThan(20);
  expect(folded.filter((line) => !line.includes('--all'))).toEqual(whole.filter((line) => folded.includes(line)));
  expect(whole).toHaveLength(folded.length - 1 + count);
  const breaking = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith('BREAKING'));
  expect(breaking(folded)).toEqual(breaking(whole));
  expect(breaking(folded)).toContainEqual(expect.stringMatching(/Book\.author/));
});
