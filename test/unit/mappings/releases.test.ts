import { expect, it } from 'vitest';
import { createSmallHub, SMALL_MAPPING } from '../../helpers/small-hub.ts';
import { codes } from '../../helpers/hub.ts';

const RELEASES = '{ releases { totalCount nodes { number by why origin restores isLive changes { path kind lines } } } }';
const TITLES = '{ books { nodes { isbn title } } hub { version } }';
const swapped = SMALL_MAPPING.replace('title: title', 'title: author');

it('makes files that changed on disk a new release, and keeps the live one when they did not', async () => {
  await using small = createSmallHub();
  {
    await using first = await small.start();
    expect(await first.data(RELEASES)).toMatchObject({ releases: { totalCount: 1, nodes: [{ number: 1, by: 'files', origin: 'FILES', isLive: true }] } });
  }
  {
    await using again = await small.start();
    expect((await again.data(RELEASES)).releases.totalCount).toBe(1);
  }
  small.write('library/mapping.yaml', swapped);
  await using edited = await small.start();
  const { releases } = await edited.data(RELEASES);
  expect(releases.totalCount).toBe(2);
  expect(releases.nodes[0].changes).toEqual([
    {
      path: 'library/mapping.yaml',
      kind: 'CHANGED',
      lines: [
        '-     fields: { isbn: isbn, title: title, author: author, pages: pages }',
        '+     fields: { isbn: isbn, title: author, author: author, pages: pages }',
      ],
    },
  ]);
  expect((await edited.data(TITLES)).books.nodes[1]).toEqual({ isbn: '978-2', title: '曹雪芹' });
});

it('keeps what officers published when the files on disk have not changed, and takes from disk only what did', async () => {
  await using small = createSmallHub();
  {
    await using hub = await small.start();
    const files = await hub.hub.mappings.releases.files(1);
    await hub.hub.mappings.releases.publish({
      base: 1,
      files: files.map((file) => (file.part === 'mappings' ? { ...file, text: swapped } : file)),
      by: '王',
      why: '试',
    });
    expect((await hub.data(TITLES)).books.nodes[0]).toEqual({ isbn: '978-1', title: '佚名' });
  }
  {
    await using again = await small.start();
    expect((await again.data(TITLES)).hub.version).toBe(2);
  }
  small.write('checks.yaml', '# none yet\n');
  await using later = await small.start();
  const answer = await later.data(TITLES);
  expect([answer.hub.version, answer.books.nodes[0].title]).toEqual([3, '佚名']);
});

it('switches every instance within two seconds', async () => {
  await using small = createSmallHub();
  await using one = await small.start();
  await using two = await small.start();
  const files = await one.hub.mappings.releases.files(1);
  await one.hub.mappings.releases.publish({ base: 1, files: [...files, { part: 'checks', path: 'checks.yaml', text: '' }], by: '王', why: '试' });
  const start = performance.now();
  while ((await two.data(TITLES)).hub.version !== 2) expect(performance.now() - start).toBeLessThan(2_000);
});

it('restores an earlier release as a new one', async () => {
  await using small = createSmallHub();
  await using hub = await small.start();
  const first = await hub.hub.mappings.releases.get(1);
  const files = await hub.hub.mappings.releases.files(1);
  await hub.hub.mappings.releases.publish({
    base: 1,
    files: files.map((file) => (file.part === 'mappings' ? { ...file, text: swapped } : file)),
    by: '王',
    why: '试',
  });
  const { restoreRelease } = await hub.data('mutation { restoreRelease(number: 1, why: "错了") { number restores by why isLive } }');
  expect(restoreRelease).toEqual({ number: 3, restores: 1, by: 'developer', why: '错了', isLive: true });
  // What it says now it has said before.
  const { releases } = hub.hub.mappings;
  expect(await releases.since()).toEqual(new Map(files.map((file) => [file.path, first.at])));
  expect((await hub.data(TITLES)).books.nodes[0].title).toBe('山海经');
});

it(
  'restores any of the last fifty releases, and older ones, exactly as they were; a number that there is none of is refused',
  { timeout: 60_000 },
  async () => {
    await using small = createSmallHub();
    await using hub = await small.start();
    const { releases } = hub.hub.mappings;
    const first = await releases.files(1);
    const published = [first];
    for (let number = 2; number <= 52; number++) {
      const text = SMALL_MAPPING.replace('pages: pages', `pages: { constant: ${number} }`);
      const files = first.map((file) => (file.part === 'mappings' ? { ...file, text } : file));
      await releases.publish({ base: number - 1, files, by: '王', why: `第 ${number} 版` });
      published.push(files);
    }
    for (const [at, files] of published.entries()) expect(await releases.files(at + 1)).toEqual(files);
    for (const number of [1, 2, 3, 28, 51]) {
      const restored = await releases.restore({ number, by: '王', why: '回到从前' });
      expect(await releases.files(restored.number)).toEqual(published[number - 1]);
      const { books } = await hub.data('{ books(first: 1, orderBy: [{ isbn: ASC }]) { nodes { pages } } }');
      expect(books.nodes).toEqual([{ pages: number === 1 ? 312 : number }]);
    }
    const refused = await hub.post('mutation { restoreRelease(number: 999, why: "x") { number } }');
    expect(refused.body.errors?.map(({ message }) => message)).toEqual(['there is no release 999; the newest is 57']);
  },
);

it('refuses who lost the race, with what the winner changed', async () => {
  await using small = createSmallHub();
  await using one = await small.start();
  await using two = await small.start();
  const files = await one.hub.mappings.releases.files(1);
  const attempt = (running: typeof one, by: string) =>
    running.hub.mappings.releases.publish({ base: 1, files: [...files, { part: 'checks', path: 'checks.yaml', text: `# ${by}\n` }], by, why: '试' });
  const results = await Promise.allSettled([attempt(one, '甲'), attempt(two, '乙'), attempt(one, '丙')]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const error of lost) expect(error).toMatchObject({ code: 'MAPPING_CONFLICT', message: expect.stringMatching(/added checks\.yaml\n\+ # [甲乙丙]/) });
});

it('publishes nothing that does not fit its source', async () => {
  await using small = createSmallHub();
  await using hub = await small.start();
  const files = await hub.hub.mappings.releases.files(1);
  const bad = files.map((file) => (file.part === 'mappings' ? { ...file, text: SMALL_MAPPING.replace('title: title', 'title: titel') } : file));
  await expect(hub.hub.mappings.releases.publish({ base: 1, files: bad, by: '王', why: '试' })).rejects.toMatchObject({
    code: 'MAPPING_INVALID',
    message: expect.stringContaining('library/mapping.yaml:6:'),
  });
  expect((await hub.data(TITLES)).hub.version).toBe(1);
  expect(codes(await hub.post('mutation { restoreRelease(number: 9, why: "x") { number } }'))).toEqual(['BAD_USER_INPUT']);
});
