import { expect, it } from 'vitest';
import type { Change } from '../../schema/model/change.ts';
import { startTestHub } from '../helpers/hub.ts';
import { follow, openClient } from '../helpers/subscriber.ts';

it('a subscription lives through publishes that do not touch it, without a gap or a duplicate, and ends by name when its fields are gone', async () => {
  await using test = await startTestHub();
  const { federation, changes } = test.hub;
  const change = (name: string): Change => {
    const common = { id: name, transaction: name, committedAt: '2024-06-30T12:00:00+08:00', rowKey: '1', mappingVersion: 1, type: 'Project' };
    const own = { key: ['2301-320500-04-01-123456'], department: 'development', source: 'development', op: 'UPDATED' as const, changedFields: ['name'] };
    return { ...common, ...own, before: { name: '' }, after: { name } };
  };
  const client = openClient(test.address);
  const subscriber = follow(client.iterate({ query: 'subscription { projectChanges { cursor after { name } node { code } } }' }));
  const doomed = follow(client.iterate({ query: 'subscription { milestoneChanges { cursor } }' }));
  await follow(client.iterate({ query: '{ hub { version } }' })).wait(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const expected: string[] = [];
  for (let round = 0; round < 3; round++) {
    const names = [`${round}甲`, `${round}乙`, `${round}丙`];
    expected.push(...names);
    const release = federation.release();
    const publishing = federation.publish({ ...release, version: release.version + 1 });
    for (const name of names) await changes.log.append({ changes: [change(name)] });
    await publishing;
  }
  const results = await subscriber.wait(9, 30_000);
  expect(results.map(({ data }) => data.projectChanges.after.name)).toEqual(expected);
  expect(results.every(({ data, errors }) => data.projectChanges.node.code !== undefined && errors === undefined)).toBe(true);
  expect([subscriber.failure(), doomed.failure()]).toEqual([undefined, undefined]);

  const release = federation.release();
  const mappings = release.mappings.map((mapping) => ({ ...mapping, types: new Map([...mapping.types].filter(([name]) => name !== 'Milestone')) }));
  await federation.publish({ ...release, version: release.version + 1, mappings });
  expect(await doomed.ended()).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', cursor: expect.any(String) } }]);
  await changes.log.append({ changes: [change('末')] });
  await subscriber.wait(10, 30_000);
  await client.dispose();
}, 60_000);
