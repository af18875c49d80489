/** A draft rule, on today's data and on what changed: what it would have said must be what the same rule, published, says. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesAfter, untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

const LIGHTING = '2301-320500-04-01-123456';
const CONTRACT = `"TBContractRecordManage" set "ContractMoney" = ? where "RecordNum" = '3205002303010201-HZ-001'`;
const WRITES: readonly (readonly [department: string, sql: string])[] = [
  ['finance', `update zf_zfpz_2024 set zje = 28000000000 where pzh = 'ZF2024000045'`],
  ['housing', `update ${CONTRACT.replace('?', `'40000.0000'`)}`],
  ['development', `update inv_monthly_report set physical_pct = '80.00' where report_id = 2`],
  ['finance', `update zf_zfpz_2024 set zt = '9' where pzh = 'ZF2024000045'`],
  ['housing', `update "TBProjectInfo" set "PrjName" = '改名' where "PrjNum" = '3205002303010201'`],
];

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub({ env: { YIWANG_NOW: '' } });
  await untilLive(test.hub);
  for (const [index, [department, sql]] of WRITES.entries()) {
    writeDemo(test.folder, department, sql);
    await changesAfter(test.hub, index, 1);
  }
});
afterAll(() => test[Symbol.asyncDispose]());

const TEST = `query ($text: String!, $days: Int) { testAlertRules(text: $text, days: $days) {
  problems { line message remedy }
  results { rule { rule } subjects firingCount firing { subject { code } value } failed past { changes relevant subjects eventCount events { state subject { code name } value cause } } }
} }`;
const run = async (text: string, days = 0) => (await test.post(TEST, { text, days })).body.data.testAlertRules;
const rule = (more: string): string => `- { rule: draft, severity: WARNING, title: { zh: 草案, en: Draft }, subject: Project, ${more} }`;

interface PastEvent {
  readonly state: string;
  readonly value: unknown;
  readonly cause: string;
  readonly subject: { readonly code: string };
}

describe('a draft rule', () => {
  it('says what it finds today', async () => {
    const { problems, results } = await run(rule(`select: "{ contractTotal }", when: "contractTotal > 0", value: contractTotal`));
    expect(problems).toEqual([]);
    expect(results).toEqual([
      { rule: { rule: 'draft' }, subjects: 4, firingCount: 1, firing: [{ subject: { code: LIGHTING }, value: '400000000' }], failed: 0, past: null },
    ]);
  });

  it('is what each example of the reference page is: published, it would work', async () => {
    const page = readFileSync(new URL('../../docs/reference/alerts.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/^```yaml alerts\n([^]*?)^```$/gm)].map(([, text = '']) => text);
    for (const text of blocks) expect((await run(text)).problems).toEqual([]);
    const operations = [...page.matchAll(/^```graphql\n(\{[^]*?)^```$/gm)].map(([, text = '']) => text);
    for (const operation of operations) expect((await test.post(operation)).body.errors).toBeUndefined();
    expect([blocks.length, operations.length]).toEqual([3, 3]);
  });

  it('says what it would have said of past changes of every department, over the state of each moment', async () => {
    const { results } = await run(
      rule(
        `select: "{ name paidTotal contractTotal physicalPercent }", when: "paidTotal * 100 / contractTotal - physicalPercent > 5", value: "round(paidTotal * 100 / contractTotal - physicalPercent, 1)"`,
      ),
      7,
    );
    const events = results[0].past.events.map(({ state, value, cause, subject }: PastEvent) => [state, value, cause, subject.code]);
    expect(events).toEqual([
      ['FIRING', '6.5', 'finance Payment ZF2024000045', LIGHTING],
      ['RESOLVED', '-2.6', 'housing Contract 3205002303010201-HZ-001', LIGHTING],
      ['FIRING', '17.5', 'development MonthlyReport 2', LIGHTING],
      ['RESOLVED', '-52.6', 'finance Payment ZF2024000045', LIGHTING],
    ]);
    expect(results[0]).toMatchObject({ firingCount: 0, past: { changes: 5, relevant: 4, subjects: 1, eventCount: 4 } });
  });

  it('goes through derived fields of rows that stand between, and through rows that have gone', async () => {
    const { results } = await run(
      `- { rule: draft, severity: WARNING, title: { zh: 草案, en: Draft }, subject: Contract, select: "{ paidTotal payments { nodes { voucherNo } } }", when: "paidTotal > 300000000" }`,
      7,
    );
    expect(results[0].past.events.map(({ state, cause }: PastEvent) => [state, cause])).toEqual([
      ['FIRING', 'finance Payment ZF2024000045'],
      ['RESOLVED', 'finance Payment ZF2024000045'],
    ]);
  });

  it.each([
    ['no YAML', '- rule: [', /./, 1],
    ['an unknown field', rule(`select: "{ paidTotl }", when: "true"`), /selects "paidTotl"/, 1],
    [
      'a field that is not there below a list',
      rule(`select: "{ payments { nodes { amuont } } }", when: "true"`),
      /does not fit the API: Cannot query field "amuont"/,
      1,
    ],
    [
      'an unknown value',
      rule(`select: "{ payments(where: { status: { eq: PAYED } }) { totalCount } }", when: "true"`),
      /does not fit the API: Value "PAYED"/,
      1,
    ],
    ['a condition of the wrong kind', rule(`select: "{ paidTotal }", when: "paidTotal"`), /"when" of rule draft does not work/, 1],
    [
      'a hysteresis that reads what is not selected',
      rule(`select: "{ paidTotal }", when: "paidTotal > 1", resolve: "paid < 1"`),
      /"resolve" of rule draft does not work: there is no value "paid"/,
      1,
    ],
  ])('is refused with place and remedy for %s', async (_what, text, message, line) => {
    const { problems, results } = await run(text);
    expect(results).toEqual([]);
    expect(problems[0]).toEqual({ line, message: expect.stringMatching(message) as string, remedy: expect.stringMatching(/./) as string });
  });
});
