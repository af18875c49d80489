import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { readLive } from '../../../../scripts/cli/live.ts';
import { createDatabase } from '../../../helpers/services.ts';
import { createSmallHub } from '../../../helpers/small-hub.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** What `yiwang check` says of a source whose address is wrong. */
async function saidOf(kind: string, url: string): Promise<string> {
  await using small = createSmallHub();
  writeFileSync(
    path.join(small.folder, 'text.sqlite'),
    'not a database, but longer than the header of one would be, so that nobody takes it for an empty file',
  );
  process.env['LIBRARY_KIND'] = kind;
  process.env['LIBRARY_URL'] = url;
  const { down } = await readLive(small.file);
  return down.map(({ reason }) => reason.replace(/^SOURCE_UNAVAILABLE: source "library" [^;]*; /, '')).join();
}

const edited = (url: string, edit: (url: URL) => void): string => {
  const found = new URL(url);
  edit(found);
  return found.href;
};

it.each([['postgres', 'postgres'] as const, ['mariadb', 'mysql'] as const])(
  'says what is wrong with the address of a %s, and repeats none of it',
  async (engine, kind) => {
    const database = await createDatabase(engine, 'address');
    try {
      const said = (edit: (url: URL) => void): Promise<string> => saidOf(kind, edited(database.url, edit));
      expect(await said(() => undefined)).toBe('');
      expect(await said((url) => (url.password = 'wrong'))).toBe('user or password of its url are refused');
      expect(await said((url) => (url.pathname = '/nosuchdatabase'))).toBe('there is no such database, or its user may not enter it');
      expect(await said((url) => (url.port = '1'))).toBe('nothing listens at its address: is the server running, are host and port of its url right?');
    } finally {
      await database.drop();
    }
  },
);

it('says that a file is not there, or is none', async () => {
  expect(await saidOf('sqlite', 'sqlite:nowhere.sqlite')).toBe('its url leads to no file that can be opened; a relative one leads from hub.yaml');
  expect(await saidOf('sqlite', 'sqlite:text.sqlite')).toBe('its url leads to a file that is no SQLite database');
});
