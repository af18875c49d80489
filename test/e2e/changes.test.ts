/** From a write in a department's SQLite file to the change log of a running hub. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesAfter, untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
});
afterAll(() => test[Symbol.asyncDispose]());

const A_PAYMENT = `(select min(pzh) from zf_zfpz_2023 where zt <> '9')`;

describe('the change log', () => {
  it('takes what was there at the start as known', async () => {
    expect(await test.hub.changes.log.newest()).toBe(0);
    expect(await test.hub.changes.log.oldest()).toBe(1);
  });

  it('tells a payment as the type that it is mapped to, before and after', async () => {
    writeDemo(test.folder, 'finance', `update zf_zfpz_2023 set zje = zje + 100 where pzh = ${A_PAYMENT}`);
    const changes = await changesAfter(test.hub, 0, 1);
    expect(changes.map(({ sequence, department, source, type, op, changedFields }) => ({ sequence, department, source, type, op, changedFields }))).toEqual([
      { sequence: 1, department: 'finance', source: 'finance', type: 'Payment', op: 'UPDATED', changedFields: ['amount'] },
    ]);
    expect(Number(changes[0]?.after?.['amount']) - Number(changes[0]?.before?.['amount'])).toBe(1);
  });

  it('tells a row that leaves the mapped rows as deleted', async () => {
    const start = await test.hub.changes.log.newest();
    writeDemo(test.folder, 'finance', `update zf_zfpz_2023 set zt = '9' where pzh = ${A_PAYMENT}`);
    expect((await changesAfter(test.hub, start, 1)).map(({ type, op, after }) => [type, op, after])).toEqual([['Payment', 'DELETED', null]]);
  });
});
