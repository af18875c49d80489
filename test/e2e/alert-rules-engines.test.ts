/** Alert rules over three departments on SQLite, PostgreSQL and MariaDB: each fires and clears by what any of them writes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilFiring } from '../helpers/alerts.ts';
import { openWorksHub, type Department, type WorksHub } from '../helpers/works-hub.ts';

let world: WorksHub;
beforeAll(async () => {
  world = await openWorksHub();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

type Step = readonly [department: Department, sql: string, fires: Readonly<Record<string, boolean>>];

const RULES: readonly (readonly [rule: string, steps: readonly Step[]])[] = [
  [
    'over-budget',
    [
      ['treasury', `insert into payment values ('A1', 'S1', 950)`, { S1: true }],
      ['works', `update site set budget = 2000 where code = 'S1'`, { S1: false }],
      ['works', `update site set budget = 1000 where code = 'S1'`, { S1: true }],
      ['treasury', `update payment set site_code = 'S2' where voucher = 'A1'`, { S1: false, S2: false }],
      ['treasury', `update payment set amount = 1001 where voucher = 'A1'`, { S2: true }],
      ['treasury', `delete from payment where voucher = 'A1'`, { S2: false }],
    ],
  ],
  [
    'suspended-and-paid',
    [
      ['registry', `update firm set suspended = true where number = 'F1'`, { S1: true, S2: false }],
      ['treasury', `insert into payment values ('A2', 'S2', 1)`, { S1: true, S2: true }],
      ['works', `update site set firm_no = 'F2' where code = 'S2'`, { S1: true, S2: false }],
      ['works', `update site set firm_no = 'F1' where code = 'S2'`, { S2: true }],
      ['treasury', `delete from payment where voucher = 'A2'`, { S2: false }],
      ['registry', `delete from firm where number = 'F1'`, { S1: false }],
      ['registry', `insert into firm values ('F1', 'Stone', true)`, { S1: true }],
      ['registry', `update firm set suspended = false where number = 'F1'`, { S1: false }],
    ],
  ],
  [
    // Its subject hangs on rows of one department through rows of another.
    'firm-with-many-sites',
    [
      ['treasury', `insert into payment values ('A3', 'S2', 5)`, { F1: true }],
      ['works', `update site set firm_no = 'F2' where code = 'S2'`, { F1: false, F2: false }],
      ['treasury', `insert into payment values ('A4', 'S3', 5)`, { F2: true }],
      ['treasury', `delete from payment where voucher in ('A3', 'A4')`, { F2: false }],
      ['works', `update site set firm_no = 'F1' where code = 'S2'`, { F1: false }],
    ],
  ],
];

it.each(RULES)('%s fires and clears from every side', { timeout: 60_000 }, async (rule, steps) => {
  for (const [department, sql, fires] of steps) {
    await world.write(department, sql);
    await expect(untilFiring(world.hub, rule, fires)).resolves.toBeUndefined();
  }
});
