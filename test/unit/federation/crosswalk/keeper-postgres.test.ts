import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCrosswalkKeeper, type CrosswalkKeeper } from '../../../../federation/crosswalk/keeper.ts';
import { openStore } from '../../../../store/open-store.ts';
import type { Store } from '../../../../store/store.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/services.ts';
import { createDepartments, LIGHTS, SCHOOL } from './fixture.ts';

let database: TestDatabase;
const stores: Store[] = [];
const keepers: CrosswalkKeeper[] = [];
const departments = createDepartments();
const school = { entity: 'Project', source: 'finance', localKey: '320508220000000000042', canonicalKey: SCHOOL };

beforeAll(async () => {
  database = await createDatabase('postgres', 'crosswalk');
  for (let instance = 0; instance < 3; instance++) {
    const store = await openStore(database.url);
    stores.push(store);
    const log = { info: () => undefined, warn: () => undefined };
    keepers.push(await createCrosswalkKeeper({ store, ...departments, clock: () => new Date('2024-06-30T04:00:00Z'), refreshMs: 0, pollMs: 20, log }));
  }
});
afterAll(async () => {
  await Promise.all(keepers.map((keeper) => keeper[Symbol.asyncDispose]()));
  await Promise.all(stores.map((store) => store.close()));
  await database.drop();
});

/** One of the instances, whichever comes next. */
const instance = (index: number): CrosswalkKeeper => {
  const keeper = keepers[index % keepers.length];
  if (keeper === undefined) throw new Error('no instance');
  return keeper;
};
const everywhere = (source: string, local: string) => keepers.map((keeper) => keeper.current().toCanonical('Project', source, local));

it('lets several instances scan at once', async () => {
  const results = await Promise.all(keepers.map((keeper) => keeper.refresh()));
  expect(results.flat().filter((result) => result.status !== 'done')).toEqual([]);
  await expect.poll(() => everywhere('finance', '320500230000000000017')).toEqual([[LIGHTS], [LIGHTS], [LIGHTS]]);
});

it('shows an officer’s decision, and its undoing, on every instance', async () => {
  await instance(0).officer.confirm({ ...school, by: '王' });
  await expect.poll(() => everywhere('finance', school.localKey)).toEqual([[SCHOOL], [SCHOOL], [SCHOOL]]);
  await instance(1).officer.undo('王');
  await expect.poll(() => everywhere('finance', school.localKey)).toEqual([[], [], []]);
  expect((await instance(2).workList({ source: 'finance', first: 10 })).items.map((item) => item.localKey)).toEqual(['320500180000000000003', school.localKey]);
});

it('keeps every decision of many officers at once', async () => {
  const officers = ['王', '李', '张', '陈', '刘', '杨'];
  await Promise.all(officers.map((by, index) => instance(index).officer.confirm({ ...school, localKey: `key of ${by}`, by })));
  await expect.poll(() => keepers.map((keeper) => keeper.current().toLocal('Project', 'finance', SCHOOL).length)).toEqual([6, 6, 6]);
  await Promise.all([...keepers.map((keeper) => keeper.refresh()), ...officers.map((by, index) => instance(index + 1).officer.undo(by))]);
  await expect.poll(() => keepers.map((keeper) => keeper.current().toLocal('Project', 'finance', SCHOOL))).toEqual([[], [], []]);
});
