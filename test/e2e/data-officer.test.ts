import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand as run } from '../helpers/run-command.ts';

const GUIDE = readFileSync(path.resolve(import.meta.dirname, '../../docs/guides/data-officer.md'), 'utf8');
const before = { cwd: process.cwd(), argv: process.argv, env: { ...process.env } };
const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-officer-'));

beforeAll(() => {
  const library = new DatabaseSync(path.join(folder, 'library.sqlite'));
  library.exec(
    "create table book (isbn text primary key, title text, pages integer); insert into book values ('978-1', '山海经', 312), ('978-2', '红楼梦', 1606)",
  );
  library.close();
  const reading = new DatabaseSync(path.join(folder, 'reading.sqlite'));
  reading.exec(
    "create table loan (loan_no text primary key, isbn text, lent_on text); insert into loan values ('a', '978-2', '20240301'), ('b', '978-1', '20240302'), ('c', '978-2', '20240303')",
  );
  reading.close();
  process.env['LIBRARY_URL'] = `sqlite:${path.join(folder, 'library.sqlite')}`;
  process.env['READING_URL'] = `sqlite:${path.join(folder, 'reading.sqlite')}`;
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before.cwd);
  process.argv = before.argv;
  process.env = before.env;
  rmSync(folder, { recursive: true, force: true });
});

it('does what the guide says, command by command', { timeout: 120_000 }, async () => {
  const said = new Map<string, string>();
  let commands = 0;
  for (const [, language = '', name, text = ''] of GUIDE.matchAll(/```(\w+)(?: (\S+))?\n([^]*?)```/g))
    if (language !== 'sh' && name) writeFileSync(path.join(folder, name), text);
  for (const [, language, , text = ''] of GUIDE.matchAll(/```(\w+)(?: (\S+))?\n([^]*?)```/g)) {
    if (language === 'graphql') parse(text);
    if (language !== 'sh') continue;
    for (const line of text.trim().split('\n')) {
      said.set(line, await run(line));
      commands++;
    }
  }
  expect(commands).toBeLessThanOrEqual(20);
  expect(said.get('yiwang suggest reading --tables loan --write')).toContain('relation to Book (named as the key of Book)');
  expect(said.get('yiwang draft validate 1')).toContain('nothing is wrong');
  expect(said.get('yiwang draft preview 1 Loan --count 2')).toContain('"lentOn":"2024-03-01"');
  expect(JSON.parse(said.get('yiwang query question.graphql') ?? '{}')).toEqual({
    data: {
      loans: {
        nodes: [
          { loanNo: 'a', lentOn: '2024-03-01', book: { title: '红楼梦' } },
          { loanNo: 'c', lentOn: '2024-03-03', book: { title: '红楼梦' } },
        ],
      },
    },
  });
  expect(said.get('yiwang release list')).toMatch(/^2 .* first release$/m);
});
