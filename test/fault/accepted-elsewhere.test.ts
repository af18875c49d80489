import { afterEach, expect, it } from 'vitest';
import { LIBRARY_ENGINES, ENGINES } from '../helpers/library-engines.ts';
import { runCommand } from '../helpers/run-command.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const ALTER = {
  sqlite: [
    'begin; create table b (isbn varchar(20) primary key, title, author varchar(40), pages integer); insert into b select * from book; drop table book; alter table b rename to book; commit',
  ],
  postgres: ['alter table book alter column title type varchar(30)'],
  mariadb: ['alter table book modify title varchar(30)'],
} as const;

it.each(LIBRARY_ENGINES)('holds for all instances what one of them, or the command line, accepts (%s)', { timeout: 60_000 }, async (name) => {
  const engine = await ENGINES[name]();
  await using undo = new AsyncDisposableStack();
  undo.defer(() => engine.drop());
  const small = undo.use(engine.small);
  const [one, other] = [undo.use(await small.start()), undo.use(await small.start({ files: 'ignore' }))];
  const quarantined = async (hub: typeof one): Promise<string[]> => {
    await hub.hub.federation.reread('library');
    return hub.hub.federation.drifts().flatMap(({ quarantine }) => quarantine);
  };
  const titles = async (hub: typeof one): Promise<unknown> => (await hub.post('{ books { nodes { title } } }')).body.data.books?.nodes[0];
  await engine.run(...ALTER[name]);
  for (const hub of [one, other]) expect(await quarantined(hub)).toEqual(['Book.title']);
  await one.data('mutation { acceptDrift(source: "library") { source } }');
  expect(await quarantined(other)).toEqual([]);
  expect(await titles(other)).toEqual({ title: '山海经' });

  await engine.run('alter table book rename column author to writer');
  for (const hub of [one, other]) expect(await quarantined(hub)).toEqual(['Book.author']);
  Object.assign(process.env, { LIBRARY_KIND: name === 'mariadb' ? 'mysql' : name, LIBRARY_URL: engine.url });
  const run = (command: string): Promise<string> => runCommand(`yiwang ${command} --config ${small.file}`);
  expect(await run('drift list')).toMatch(/^library: book\.author was renamed: author .* → writer .*\nlibrary: Book\.author is quarantined$/);
  expect(await run('drift repair library')).toMatch(/^1 {2}library: follow its renamed columns/);
  await run('draft publish 1 --why renamed');
  expect(await run('drift list')).toBe('nothing has drifted');
  await expect(run('drift accept library')).rejects.toThrow('nothing has drifted in "library"');
});
