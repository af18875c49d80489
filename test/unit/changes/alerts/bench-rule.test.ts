import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchRule, type BenchPast } from '../../../../changes/alerts/bench/bench-rule.ts';
import { HubError } from '../../../../schema/errors/hub-error.ts';
import type { ChangeRow, LoggedChange } from '../../../../schema/model/change.ts';
import { parseAlertRules } from '../../../../schema/parse/alert-rules.ts';
import { createAlertWorld, type AlertWorld, type Instance } from '../../../helpers/alert-world.ts';

const LIGHTING = '2301-320500-04-01-123456';
const START = Date.parse('2024-06-30T00:00:00+08:00');
const ruleOf = (more: string): string => `- { rule: draft, severity: WARNING, title: { zh: 草案, en: Draft }, subject: Project, ${more} }`;
const AHEAD = ruleOf(
  `select: "{ paidTotal contractTotal physicalPercent }", when: "contractTotal > 0 && paidTotal * 100 / contractTotal - physicalPercent > 5"`,
);

type Made = Pick<LoggedChange, 'department' | 'type' | 'before' | 'after'> & { readonly key: string };

const loggedOf = ({ department, type, key, before, after }: Made, index: number): LoggedChange => ({
  id: String(index),
  sequence: index + 1,
  department,
  source: department,
  type,
  key: [key],
  rowKey: key,
  op: before === null ? 'CREATED' : after === null ? 'DELETED' : 'UPDATED',
  changedFields: Object.keys(after ?? before ?? {}).filter((field) => before?.[field] !== after?.[field]),
  before,
  after,
  committedAt: new Date(START + index * 100).toISOString(),
  transaction: String(index),
  mappingVersion: 1,
});

const project = (code: string): Made => ({ department: 'development', type: 'Project', key: code, before: null, after: { code, name: code } });
const payment = (voucherNo: string, before: ChangeRow | null, after: ChangeRow | null): Made => ({
  department: 'finance',
  type: 'Payment',
  key: voucherNo,
  before,
  after,
});
const paid = (voucherNo: string, projectCode: string, status = 'PAID'): ChangeRow => ({ voucherNo, projectCode, amount: '100', status });
const payments = (count: number): Made[] => Array.from({ length: count }, (_, i) => payment(`X${i}`, null, paid(`X${i}`, LIGHTING)));

let world: AlertWorld;
let hub: Instance;
beforeAll(async () => {
  world = await createAlertWorld(AHEAD);
  hub = await world.start();
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function bench(text: string, made: readonly Made[], signal = new AbortController().signal): Promise<BenchPast> {
  const logged = made.map(loggedOf);
  const changes = { oldest: async () => 1, read: async (after: number, limit = logged.length) => logged.slice(after, after + limit) };
  const [rule] = parseAlertRules(text, 'alerts.yaml').rules ?? [];
  if (!rule) throw new Error('no rule');
  const { past } = await benchRule({ federation: hub.federation, changes }, hub.federation.generation(), rule, 1, signal);
  if (!past) throw new Error('no past');
  return past;
}

describe('a replay of many changes', () => {
  it('lets other work run meanwhile', async () => {
    let [longestMs, turns, ended] = [0, 0, false];
    const past = bench(AHEAD, payments(2_000)).finally(() => (ended = true));
    for (let last = performance.now(); !ended; turns += 1) {
      await setImmediate();
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }
    expect(await past).toMatchObject({ relevant: 2_000, subjects: 1 });
    expect(turns).toBeGreaterThan(20);
    expect(longestMs).toBeLessThan(2_000);
  });

  it('ends soon after its signal, with the reason of the signal', async () => {
    const end = new AbortController();
    const reason = new HubError('SOURCE_TIMEOUT', 'not finished');
    let endedMs = Number.NaN;
    setTimeout(() => {
      endedMs = performance.now();
      end.abort(reason);
    }, 300);
    await expect(bench(AHEAD, payments(19_000), end.signal)).rejects.toBe(reason);
    expect(performance.now() - endedMs).toBeLessThan(2_000);
  });

  it('takes as long for each of many changes as for each of few, also where all touch one subject', async () => {
    const cpuMs = async (count: number): Promise<number> => {
      const before = process.cpuUsage();
      await bench(AHEAD, payments(count));
      const { user } = process.cpuUsage(before);
      return user / 1_000;
    };
    await cpuMs(500);
    const few = await cpuMs(1_000);
    // Over all rows each time it was about 36 times as much.
    expect((await cpuMs(6_000)) / few).toBeLessThan(18);
  });
});

/** Vouchers that come, go, change their status and move between projects; and what a count of more than three paid ones says. */
function shuffled(seed: number, count: number): { readonly made: Made[]; readonly expected: string[] } {
  let state = seed;
  const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  const codes = ['P1', 'P2', 'P3'];
  const made = codes.map(project);
  const rows = new Map<string, ChangeRow>();
  const firing = new Set<string>();
  const expected: string[] = [];
  while (made.length < count) {
    const id = `V${Math.floor(random(1_000) / 77)}`;
    const before = rows.get(id) ?? null;
    const after = before && random(1_000) < 250 ? null : paid(id, codes[Math.floor(random(900) / 300)] ?? '', random(1_000) < 800 ? 'PAID' : 'ENTERED');
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    if (after) rows.set(id, after);
    else rows.delete(id);
    for (const code of codes) {
      const fires = [...rows.values()].filter(({ projectCode, status }) => projectCode === code && status === 'PAID').length > 3;
      if (fires === firing.has(code)) continue;
      if (fires) firing.add(code);
      else firing.delete(code);
      expected.push(`${made.length} ${code} ${fires ? 'FIRING' : 'RESOLVED'}`);
    }
    made.push(payment(id, before, after));
  }
  return { made, expected };
}

describe('a replay', () => {
  it.each([
    ['a sum', `select: "{ paidTotal }", when: "paidTotal > 300"`],
    ['a count', `select: "{ payments(where: { status: { eq: PAID } }) { totalCount } }", when: "payments.totalCount > 3"`],
    ['a list', `select: "{ payments { nodes { status } } }", when: "payments.filter(p, p.status == 'PAID').size() > 3"`],
    ['both', `select: "{ paidTotal payments(where: { status: { eq: PAID } }) { nodes { amount } } }", when: "paidTotal > 300 && payments.size() > 3"`],
  ])('judges %s over the rows of each moment', async (_what, more) => {
    for (const seed of [1, 2024]) {
      const { made, expected } = shuffled(seed, 300);
      const { events } = await bench(ruleOf(more), made);
      const found = events.map(({ at, key, state }) => `${(Date.parse(at) - START) / 100} ${String(key[0])} ${state}`);
      expect(expected.length).toBeGreaterThan(10);
      expect(found.toSorted(), `seed ${seed}`).toEqual(expected.toSorted());
    }
  });
});
