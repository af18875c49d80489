/** A fifth department joins a running hub by a release: its changes are told from then on, as long as the release names it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { sqliteChangeSetup } from '../../connectors/sqlite/change-setup.ts';
import { createSmallHub } from '../helpers/small-hub.ts';
import { follow, openClient } from '../helpers/subscriber.ts';

const FILES = [
  {
    part: 'sources',
    path: 'sources.yaml',
    text: `departments: { museum: { zh: 博物馆, en: Museum } }\nsources: { museum: { department: museum, kind: sqlite, url: "\${MUSEUM_URL}", changes: trigger } }\n`,
  },
  {
    part: 'schema',
    path: 'schema/exhibit.graphql',
    text: `type Exhibit @key(fields: "number") @authority(department: "museum") {
  number: String!
  name: String
  isbn: String
  book: Book @relation(fields: ["isbn"], references: ["isbn"])
}
`,
  },
  {
    part: 'mappings',
    path: 'museum/mapping.yaml',
    text: 'source: museum\ntypes:\n  Exhibit: { rows: zp, key: bh, fields: { number: bh, name: mc, isbn: sh } }\n',
  },
] as const;

it('a source and a type that a release adds to a running hub are subscribable at once, and captured while a release names them', async () => {
  await using small = createSmallHub();
  const database = new DatabaseSync(path.join(small.folder, 'museum.sqlite'), { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; create table zp (bh text primary key, mc text, sh text); insert into zp values ('一', '石头', null)");
  const columns = ['bh', 'mc', 'sh'].map((name) => ({ name, type: { kind: 'text' } as const }));
  for (const statement of sqliteChangeSetup([{ table: 'zp', key: ['bh'], columns }]).statements) database.exec(statement);
  mkdirSync(path.join(small.folder, 'secrets'));
  writeFileSync(path.join(small.folder, 'secrets/MUSEUM_URL'), 'sqlite:museum.sqlite\n');
  await using running = await small.start();
  const { mappings, changes } = running.hub;
  const captures = async (): Promise<string[]> => (await changes.captures()).map(({ source, state }) => `${source} ${state}`);
  const captured = (...expected: string[]) => vi.waitFor(async () => expect(await captures()).toEqual(expected), { timeout: 10_000, interval: 20 });
  expect(await captures()).toEqual([]);

  const editor = { subject: '王', roles: [], unverified: 'developer' } as const;
  const made = await mappings.drafts.create({ title: '第五家', editor });
  const { id, revision } = await mappings.drafts.save({ id: made.id, revision: made.revision, editor, files: FILES });
  await mappings.drafts.publish({ id, revision, editor, why: '并网' });
  const client = openClient(running.address);
  const query = 'subscription { exhibitChanges { op department changedFields node { number name book { title } } } }';
  const subscriber = follow(client.iterate({ query }));
  await captured('museum live');
  database.exec("insert into zp values ('二', '残卷', '978-2')");
  const [first] = await subscriber.wait(1);
  expect(first).toEqual({
    data: {
      exhibitChanges: {
        op: 'CREATED',
        department: 'museum',
        changedFields: ['isbn', 'name', 'number'],
        node: { number: '二', name: '残卷', book: { title: '红楼梦' } },
      },
    },
  });

  await mappings.releases.restore({ number: 1, by: '王', why: '退网' });
  await captured();
  database.exec("update zp set mc = '残卷（修复）' where bh = '二'");
  await mappings.releases.restore({ number: 2, by: '王', why: '再并网' });
  const again = follow(client.iterate({ query }));
  await vi.waitFor(async () => expect((await changes.log.read(1, 10)).map(({ op, after }) => [op, after?.['name']])).toEqual([['UPDATED', '残卷（修复）']]), {
    timeout: 10_000,
  });
  await captured('museum live');
  database.exec("delete from zp where bh = '一'");
  expect((await again.wait(1)).at(-1)?.data.exhibitChanges.op).toMatch(/UPDATED|DELETED/);
  await client.dispose();
  database.close();
}, 60_000);
