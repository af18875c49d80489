/** Every rule that ships, fired and cleared by what a department writes into its own database, from each department that it reads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilFiring } from '../helpers/alerts.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
  // The last rule is evaluated: what was there at the start has been told.
  await untilFiring(test.hub, 'report-overdue', { WT202311050001: true });
});
afterAll(() => test[Symbol.asyncDispose]());

const LIGHTING = '2301-320500-04-01-123456';
const SCHOOL = '2205-320508-04-01-654321';
const TWIN = '2205-320508-04-01-654399';
const CONTRACT = `"TBContractRecordManage" where "RecordNum" = '3205002303010201-HZ-001'`;

/** A department's statement, and who fires afterwards. */
type Step = readonly [department: string, sql: string, fires: Readonly<Record<string, boolean>>];

const payment = (voucher: string, amount: number, day: string, payee = '苏州市某照明科技股份有限公司'): string =>
  `insert into zf_zfpz_2024 (pzh, xmdm, htbh, zje, zfrq, zffs, zjxz, skrmc, zt, gxsj) values ('${voucher}', '320500230000000000017', 'SZZJ-2023-0087', ${amount}, '${day}', '11', '111', '${payee}', '2', '2024-06-30 09:00:00')`;
const newVersion = (version: number, project: string, changes: string): string =>
  `create temp table v as select * from inv_project where project_id = ${project} order by version_no desc limit 1;
   update v set version_no = ${version}, ${changes}; insert into inv_project select * from v; drop table v;`;
const report = (number: string, daysAgo: number, channel: number): string =>
  `insert into "现场问题" ("单号", "项目编号", "来源", "类别", "上报时间", "状态") values ('${number}', '3205002303010201', ${channel}, 'LAMP', ${Date.parse('2024-06-30T02:00:00Z') - daysAgo * 86_400_000}, 1)`;

const RULES: readonly (readonly [rule: string, steps: readonly Step[]])[] = [
  [
    'paid-ahead-of-progress',
    [
      ['finance', `update zf_zfpz_2024 set zje = 28000000000 where pzh = 'ZF2024000045'`, { [LIGHTING]: true }],
      ['housing', `update ${CONTRACT.replace(' where', ` set "ContractMoney" = '40000.0000' where`)}`, { [LIGHTING]: false }],
      ['development', `update inv_monthly_report set physical_pct = '80.00' where report_id = 2`, { [LIGHTING]: true }],
      ['finance', `update zf_zfpz_2024 set zje = 18000000000 where pzh = 'ZF2024000045'`, { [LIGHTING]: false }],
      ['development', `update inv_monthly_report set physical_pct = '100.00' where report_id = 2`, { [LIGHTING]: false }],
      ['housing', `update ${CONTRACT.replace(' where', ` set "ContractMoney" = '36600.0000' where`)}`, { [LIGHTING]: false }],
    ],
  ],
  [
    'blacklisted-payee',
    [
      // Listed afterwards, from a day before the payments.
      [
        'housing',
        `insert into "信用评价" (id, "企业名称", "榜单", "公布日期", "已修复") values (2, '苏州市某照明科技股份有限公司', 2, '2023-03-01', 0)`,
        { ZF2023000123: true, ZF2024000045: true },
      ],
      ['housing', `update "信用评价" set "已修复" = 1 where id = 2`, { ZF2023000123: false, ZF2024000045: false }],
      ['finance', payment('BL1', 100, '20240301', '某建设集团有限公司'), { BL1: true }],
      ['finance', `update zf_zfpz_2024 set zt = '3' where pzh = 'BL1'`, { BL1: false }],
      ['finance', `delete from zf_zfpz_2024 where pzh = 'BL1'`, { BL1: false }],
    ],
  ],
  [
    'payee-not-contractor',
    [
      [
        'housing',
        `update "TBContractRecordManage" set "ContractorCorpName" = '某建设集团有限公司姑苏分公司' where "ContractNum" = 'GSJY-2022-11'`,
        { ZF2023000777: false },
      ],
      [
        'housing',
        `update "TBContractRecordManage" set "ContractorCorpName" = '某建设集团有限公司' where "ContractNum" = 'GSJY-2022-11'`,
        { ZF2023000777: true },
      ],
      ['finance', `update zf_zfpz_2023 set skrmc = '某劳务公司' where pzh = 'ZF2023000123'`, { ZF2023000123: true, ZF2023000777: true }],
      ['finance', `update zf_zfpz_2023 set skrmc = '苏州市某照明科技股份有限公司' where pzh = 'ZF2023000123'`, { ZF2023000123: false }],
    ],
  ],
  [
    'overdue-finding-still-paid',
    [
      [
        'audit',
        `insert into sj_wt (wtid, xm_id, "问题编号", "整改期限", "整改状态", "是否移送") values (10, 1, '2024-3-10', '2024-03-01', '未整改', '否')`,
        { 10: false },
      ],
      ['finance', payment('OF1', 100, '20240315'), { 10: true }],
      ['audit', `update sj_wt set "整改状态" = '已整改' where wtid = 10`, { 10: false }],
      ['audit', `update sj_wt set "整改状态" = '正在整改' where wtid = 10`, { 10: true }],
      ['finance', `update zf_zfpz_2024 set zt = '9' where pzh = 'OF1'`, { 10: false }],
    ],
  ],
  [
    'behind-schedule',
    [
      ['development', `update inv_monthly_report set physical_pct = '40.00' where report_id = 1`, { [LIGHTING]: false }],
      ['development', `update inv_monthly_report set physical_pct = '70.00' where report_id = 2`, { [LIGHTING]: true }],
      ['development', `update inv_monthly_report set physical_pct = '100.00' where report_id = 2`, { [LIGHTING]: false }],
      ['development', `update inv_monthly_report set physical_pct = '58.00' where report_id = 1`, { [LIGHTING]: false }],
    ],
  ],
  [
    'cost-overrun-forecast',
    [
      ['development', `update inv_monthly_report set invest_done_wan = '42000.0000' where report_id = 2`, { [LIGHTING]: true }],
      ['development', newVersion(3, '1001', `total_invest_wan = '41000.0000'`), { [LIGHTING]: false }],
      ['development', `delete from inv_project where project_id = 1001 and version_no = 3`, { [LIGHTING]: true }],
      ['development', `update inv_monthly_report set invest_done_wan = '37800.0000' where report_id = 2`, { [LIGHTING]: false }],
    ],
  ],
  [
    'budget-above-estimate',
    [
      ['development', `update inv_approval set approved_wan = '39000.0000' where approval_id = 2`, { [LIGHTING]: true, [SCHOOL]: true }],
      ['development', `update inv_approval set approved_wan = '38000.0000' where approval_id = 2`, { [LIGHTING]: false, [SCHOOL]: true }],
    ],
  ],
  [
    'contracts-exceed-appropriations',
    [
      [
        'finance',
        `insert into zb_zbwj (zbid, zbwh, ysnd, xmdm, je, xdrq, zfbz) values (9, 'x', '2024', '320500230000000000017', '6000.000000', '20240601', '0')`,
        { [LIGHTING]: false },
      ],
      ['housing', `update ${CONTRACT.replace(' where', ` set "ContractMoney" = '40000.0000' where`)}`, { [LIGHTING]: true }],
      ['housing', `update ${CONTRACT.replace(' where', ` set "ContractMoney" = '36600.0000' where`)}`, { [LIGHTING]: false }],
      ['finance', `update zb_zbwj set zfbz = '1' where zbid = 9`, { [LIGHTING]: true }],
    ],
  ],
  [
    'duplicate-project',
    [
      ['development', `update inv_project set total_invest_wan = '12601.0000' where project_id = 1004`, { [TWIN]: false, [SCHOOL]: false }],
      ['development', `update inv_project set total_invest_wan = '12601.0000' where project_id = 1002`, { [TWIN]: true, [SCHOOL]: true }],
    ],
  ],
  [
    'duplicate-payment',
    [
      ['finance', payment('DP1', 18_000_000_000, '20240208'), { DP1: true, ZF2024000045: true }],
      ['finance', `update zf_zfpz_2024 set zfrq = '20240228' where pzh = 'DP1'`, { DP1: false, ZF2024000045: false }],
      ['finance', `delete from zf_zfpz_2024 where pzh = 'DP1'`, { DP1: false }],
    ],
  ],
  [
    'started-without-permit',
    [
      [
        'housing',
        `insert into "TBBuilderLicenceManage" ("BuilderLicenceNum", "PrjNum", "UpdateFlag") values ('L1', '3205002303010201', 'U')`,
        { [LIGHTING]: false },
      ],
      ['housing', `update "TBBuilderLicenceManage" set "UpdateFlag" = 'D' where "BuilderLicenceNum" = 'L1'`, { [LIGHTING]: true }],
      ['housing', `update "TBProjectInfo" set "BDate" = null where "PrjNum" = '3205002303010201'`, { [LIGHTING]: false }],
      ['housing', `update "TBProjectInfo" set "BDate" = '2023-03-05 00:00:00' where "PrjNum" = '3205002303010201'`, { [LIGHTING]: true }],
    ],
  ],
  [
    'safety-accident',
    [
      [
        'housing',
        `insert into "安全事故" ("编号", "项目编号", "发生时间", "死亡", "重伤", "直接损失万元") values ('SG1', '3205002303010201', '2024-06-29 08:00:00', 0, 1, '1.00')`,
        { SG1: true },
      ],
      // A key project no more: an ordinary accident is none for everybody.
      ['development', newVersion(4, '1001', `ext_attrs = '{"is_key":false}'`), { SG1: false }],
      ['development', newVersion(5, '1001', `ext_attrs = '{"is_key":true}'`), { SG1: true }],
      ['development', newVersion(6, '1001', `ext_attrs = '{"is_key":false}'`), { SG1: false }],
      ['housing', `update "安全事故" set "死亡" = 3 where "编号" = 'SG1'`, { SG1: true }],
      ['housing', `delete from "安全事故" where "编号" = 'SG1'`, { SG1: false }],
    ],
  ],
  [
    'report-overdue',
    [
      ['housing', report('WT-NEW', 2, 1), { 'WT-NEW': false }],
      ['housing', report('WT-OLD', 5, 1), { 'WT-OLD': true, 'WT-NEW': false }],
      ['housing', `update "现场问题" set "状态" = 4 where "单号" in ('WT-OLD', 'WT202311050001')`, { 'WT-OLD': false, WT202311050001: false }],
    ],
  ],
  [
    'complaints-surge',
    [
      ['housing', `${report('C1', 1, 3)}; ${report('C2', 2, 4)}; ${report('C3', 20, 4)}`, { [LIGHTING]: false }],
      ['housing', report('C4', 3, 3), { [LIGHTING]: true }],
      ['housing', `update "现场问题" set "来源" = 1 where "单号" = 'C4'`, { [LIGHTING]: false }],
    ],
  ],
];

describe('a rule fires and clears whichever department changes', () => {
  it.each(RULES)('%s', async (rule, steps) => {
    for (const [department, sql, fires] of steps) {
      writeDemo(test.folder, department, sql);
      await expect(untilFiring(test.hub, rule, fires), `after ${department}: ${sql}`).resolves.toBeUndefined();
    }
  });

  it('covers every rule that ships', () => {
    expect(RULES.map(([rule]) => rule).toSorted()).toEqual(
      test.hub.federation
        .generation()
        .supergraph.rules.map(({ rule }) => rule)
        .toSorted(),
    );
  });
});
