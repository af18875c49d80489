import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLive, requireComposition } from '../../../../scripts/cli/live.ts';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL, type SmallHub } from '../../../helpers/small-hub.ts';

let small: SmallHub;
beforeEach(() => {
  small = createSmallHub();
});
afterEach(() => small[Symbol.asyncDispose]());

const mapping = (fields: string): void => small.write('library/mapping.yaml', SMALL_MAPPING.replace(/fields: .*/, `fields: ${fields}`));

it('composes a sound release', async () => {
  const { composition, problems, down } = await readLive(small.file);
  expect([composition?.supergraph.bindings.size, problems, down]).toEqual([1, [], []]);
});

it('tells the errors of files and what does not fit the sources at once, each by where it stands', async () => {
  small.write('schema/book.graphql', `${SMALL_SDL}enum Size { SMALL LARGE }\n`.replace('pages: Int', 'pages: Int\n  size: Size'));
  mapping('{ isbn: isbn, title: titel, author: author, pages: pages, size: { column: pages, codes: { "1": SMAL } } }');
  const live = await readLive(small.file);
  expect(live.composition).toBeUndefined();
  expect(live.problems.map(({ file, message }) => `${file} ${message}`)).toEqual([
    `${small.folder}/library/mapping.yaml unknown column "titel" in table "book"`,
    expect.stringMatching(/code "1" of "Book.size" becomes "SMAL"/),
  ]);
  expect(() => requireComposition(live)).toThrow(/titel[^]*SMAL/);
});

it('tells warnings of a release that composes, and errors of a schema that cannot be read', async () => {
  mapping('{ isbn: isbn, title: title, author: author }');
  const warned = await readLive(small.file);
  expect([warned.composition === undefined, warned.problems.map(({ severity, message }) => `${severity}: ${message}`)]).toEqual([
    false,
    ['warning: no source gives "Book.pages" a value, so it is always null'],
  ]);
  small.write('schema/book.graphql', 'type {');
  const unread = await readLive(small.file);
  expect([unread.composition, unread.problems.length > 0]).toEqual([undefined, true]);
});
