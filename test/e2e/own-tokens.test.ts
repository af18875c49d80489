import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { send } from '../helpers/hub.ts';
import { createSmallHub } from '../helpers/small-hub.ts';

const guide = readFileSync(new URL('../../docs/guides/access.md', import.meta.url), 'utf8');
const block = (name: string): string => new RegExp(String.raw`^\`\`\`\w+ ${name}\n([^]*?)^\`\`\`$`, 'm').exec(guide)?.[1] ?? '';
const WHO = { query: '{ whoAmI { subject department roles } books { totalCount } }' };

it('answers as whom the guide’s own token names', async () => {
  await using small = createSmallHub();
  appendFileSync(small.file, block('hub.yaml'));
  // From where the project's packages are found, as the guide says.
  const folder = mkdtempSync(path.resolve(import.meta.dirname, '../../node_modules/.yiwang-token-'));
  const script = path.join(folder, 'my-token.mjs');
  writeFileSync(script, block('my-token.mjs'));
  const token = (...who: string[]): string => execFileSync(process.execPath, [script, small.folder, ...who], { encoding: 'utf8' }).trim();
  try {
    const tokens = [token('ada', 'library', 'consumer'), token('ben', 'archive', 'consumer', 'officer')];
    await using running = await small.start();
    const answers = await Promise.all(tokens.map((each) => send(`${running.address}/graphql`, WHO, { authorization: `Bearer ${each}` })));
    expect(answers.map(({ body }) => body)).toEqual([
      { data: { whoAmI: { subject: 'ada', department: 'library', roles: ['consumer'] }, books: { totalCount: 3 } } },
      { data: { whoAmI: { subject: 'ben', department: 'archive', roles: ['consumer', 'officer'] }, books: { totalCount: 3 } } },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('refuses a token where nothing says whose tokens hold: who sends one is not answered as anybody else', async () => {
  await using small = createSmallHub();
  await using running = await small.start({ development: false });
  expect((await send(`${running.address}/graphql`, WHO)).body).toMatchObject({ data: { whoAmI: { subject: 'local' } } });
  const { body } = await send(`${running.address}/graphql`, WHO, { authorization: 'Bearer a.b.c' });
  expect(body.errors).toMatchObject([{ message: expect.stringContaining('hub.yaml has no `auth`'), extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(body.data).toBeUndefined();
});
