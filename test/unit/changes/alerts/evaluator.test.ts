import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Connector } from '../../../../connectors/spi/connector.ts';
import { HubError } from '../../../../schema/errors/hub-error.ts';
import { createAlertWorld, type AlertWorld, type Instance } from '../../../helpers/alert-world.ts';
import { createDatabase } from '../../../helpers/services.ts';

const LIGHTING = '2301-320500-04-01-123456';
const SCHOOL = '2205-320508-04-01-654321';

const rule = (name: string, more: string): string => `- { rule: ${name}, severity: WARNING, title: { zh: 名, en: Name }, ${more} }\n`;
const UNPAID = rule('unpaid', `subject: Project, select: "{ paidTotal }", when: "paidTotal < 200000000 && paidTotal > 0"`);
const VOID = `update zf_zfpz_2024 set zt = '9' where pzh = 'ZF2024000045'`;
const PAID = `update zf_zfpz_2024 set zt = '2', zje = 18000000000 where pzh = 'ZF2024000045'`;
const [PENDING, FIRING, RESOLVED] = ['PENDING', 'FIRING', 'RESOLVED'].map((state) => `unpaid ${LIGHTING} ${state}`) as [string, string, string];

describe('the evaluator', () => {
  let world: AlertWorld;
  let hub: Instance;
  let down = false;
  beforeAll(async () => {
    world = await createAlertWorld(UNPAID);
    hub = await world.start({ wrap: failing(() => down) });
  });
  afterAll(async () => {
    await hub[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it('waits for as long as the rule asks, and forgets what ended before', async () => {
    await hub.publish(rule('unpaid', `subject: Project, for: 10m, select: "{ paidTotal }", when: "paidTotal < 200000000 && paidTotal > 0"`));
    const minutes = (count: number): void => void (world.clock.now = new Date(world.clock.now.getTime() + count * 60_000));
    world.write('finance', VOID);
    await hub.until([PENDING]);
    minutes(9);
    world.write('finance', PAID);
    await hub.until([PENDING, RESOLVED]);
    expect(await hub.alerts.list({}, { first: 10 })).toEqual([]);
    world.write('finance', VOID);
    await hub.until([PENDING, RESOLVED, PENDING]);
    minutes(10);
    await hub.until([PENDING, RESOLVED, PENDING, FIRING]);
    world.write('finance', PAID);
    await hub.until([PENDING, RESOLVED, PENDING, FIRING, RESOLVED]);
  });

  it('goes on firing between the two conditions of a rule, with the values of now', async () => {
    await hub.publish(
      rule('unpaid', `subject: Project, select: "{ paidTotal }", when: "paidTotal < 200000000 && paidTotal > 0", resolve: "paidTotal > 280000000"`),
    );
    world.write('finance', VOID);
    await hub.until([FIRING]);
    world.write('finance', `update zf_zfpz_2024 set zt = '2', zje = 15000000000 where pzh = 'ZF2024000045'`);
    await vi.waitFor(async () => {
      const [shown] = await hub.alerts.list({ states: ['FIRING'] }, { first: 1 });
      expect(shown?.alert.values).toEqual({ paidTotal: '259800000.00' });
    }, 15_000);
    world.write('finance', PAID);
    await hub.until([FIRING, RESOLVED]);
  });

  it('evaluates anew what an officer matches, and what he takes back', async () => {
    await hub.publish(rule('paid', `subject: Project, select: "{ paidTotal }", when: "paidTotal > 0 && paidTotal < 100000000"`));
    const { officer } = hub.federation.keeper;
    await officer.confirm({ entity: 'Project', source: 'finance', localKey: '320508220000000000042', canonicalKey: SCHOOL, by: 'o' });
    await hub.until([`paid ${SCHOOL} FIRING`]);
    await officer.undo('o');
    await hub.until([`paid ${SCHOOL} FIRING`, `paid ${SCHOOL} RESOLVED`]);
    expect(await hub.alerts.count({ states: ['FIRING'] })).toBe(0);
  });

  it('evaluates what depends on the day when the day turns, and by the clock where the rule asks', async () => {
    await hub.publish(
      rule('late', `subject: Milestone, select: "{ overdue }", when: overdue`) +
        rule('fresh', `subject: Milestone, every: 15m, select: "{ name }", when: "now > '2024-07-02T00:10:00+08:00'"`),
    );
    world.clock.now = new Date('2024-07-01T15:59:00Z');
    world.write('housing', `update "工程节点" set "实际完成" = null, "计划完成" = '2024-07-01' where "节点编号" = 2`);
    const [first] = await hub.alerts.list({ rules: ['late'] }, { first: 1 });
    expect(await hub.events()).toEqual([]);
    expect(first?.alert.subject.key).toEqual([3]);
    world.clock.now = new Date('2024-07-01T16:00:01Z'); // midnight in Shanghai
    await hub.until(['late 2 FIRING']);
    world.clock.now = new Date('2024-07-01T16:16:00Z');
    await vi.waitFor(async () => expect((await hub.events()).filter((event) => event.startsWith('fresh'))).toHaveLength(3), { timeout: 10_000 });
  });

  it('keeps what it knows while a department does not answer, and catches up when it does', async () => {
    await hub.publish(UNPAID + rule('open', `subject: Project, select: "{ openFindings }", when: "openFindings > 2"`));
    world.write('finance', VOID);
    await hub.until([FIRING]);
    down = true;
    world.write('finance', PAID);
    // Another department's rule is evaluated all the same.
    world.write('audit', `update sj_wt set xm_id = 1, "整改状态" = '未整改'`);
    await hub.until([FIRING, `open ${LIGHTING} FIRING`]);
    down = false;
    await hub.until([FIRING, `open ${LIGHTING} FIRING`, RESOLVED]);
    expect(await hub.alerts.count({ states: ['FIRING'] })).toBe(1);
  });

  it('ends the alerts of a rule that is published no more', async () => {
    await hub.publish(UNPAID);
    world.write('finance', VOID);
    await hub.until([FIRING]);
    await hub.publish(rule('key', `subject: Project, select: "{ isKey }", when: isKey`));
    expect((await hub.alerts.list({ states: ['FIRING'] }, { first: 10 })).map(({ alert }) => alert.rule)).toEqual(['key']);
    world.write('finance', PAID);
  });
});

describe('several instances, one after another or at once', () => {
  it('tell each change once, also what happened while none was there', async () => {
    await using world = await createAlertWorld(UNPAID);
    {
      await using first = await world.start();
      world.write('finance', VOID);
      await first.until([FIRING]);
    }
    world.write('finance', PAID);
    await using second = await world.start();
    await second.until([FIRING, RESOLVED]);
    world.write('finance', VOID);
    await second.until([FIRING, RESOLVED, FIRING]);
    expect(await second.alerts.count({})).toBe(2);
  });

  it('share a Postgres store: one evaluates, and another goes on when it ends', async () => {
    const database = await createDatabase('postgres', 'alerts');
    try {
      await using world = await createAlertWorld(UNPAID, { storeUrl: database.url });
      const first = await world.start();
      await using second = await world.start();
      world.write('finance', VOID);
      await second.until([FIRING]);
      await first[Symbol.asyncDispose]();
      world.write('finance', PAID);
      await second.until([FIRING, RESOLVED]);
      const [last] = await second.alerts.list({}, { first: 1 });
      expect(await second.alerts.acknowledge(last?.alert.id ?? '', 'officer', 'seen')).toMatchObject({
        state: 'RESOLVED',
        acknowledged: { by: 'officer', note: 'seen' },
      });
      await second.until([FIRING, RESOLVED, `unpaid ${LIGHTING} ACKNOWLEDGED`]);
    } finally {
      await database.drop();
    }
  });
});

/** Statements on the payments' tables fail while `isDown`. */
function failing(isDown: () => boolean): (connector: Connector) => Connector {
  return (connector) => ({
    ...connector,
    prepare: (request) => {
      const prepared = connector.prepare(request);
      return {
        ...prepared,
        run: (bindings, call) => {
          if (isDown() && prepared.statement.includes('zf_zfpz')) throw new HubError('SOURCE_UNAVAILABLE', 'finance is down', { source: 'finance' });
          return prepared.run(bindings, call);
        },
      };
    },
  });
}
