import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printExplanation, type Explanation } from '../../federation/execute/explain.ts';
import { send, startTestHub, type TestHub } from '../helpers/hub.ts';

const folder = new URL('../../departments/questions/', import.meta.url);
const SCHOOL = '2205-320508-04-01-654321';

/** Worked out from the hand-made rows; the day is 30 June 2024. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'q01-four-figures.graphql': {
    project: {
      name: '智慧城市照明提升工程',
      estimate: '35000.00',
      budgetEstimate: '38000.00',
      funds: {
        approved: '39650.50',
        appropriated: '31650.50',
        contracted: '36600.00',
        paid: '28980.00',
        physicalPercent: '100',
        appropriatedRate: '0.7982',
        paidRate: '0.9156',
        paidAheadPoints: '-20.82',
      },
      _meta: {
        sources: [
          { department: 'development', table: 'inv_project', key: '1001' },
          { department: 'housing', table: 'TBProjectInfo', key: '3205002303010201' },
        ],
      },
    },
  },
  'q02-paid-ahead-of-progress.graphql': {
    projects: {
      nodes: [
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          progress: { physicalPercent: '31.5', paidPercentOfContract: '46.61' },
          checks: [{ failed: true, value: '15.1', severity: 'CRITICAL', departments: ['development', 'finance', 'housing'] }],
        },
      ],
    },
  },
  'q03-payee-is-not-the-contractor.graphql': {
    payments: {
      totalCount: 4,
      aggregate: { sum: { amount: '34480.00' } },
      nodes: [
        {
          voucherNo: 'ZF2023000123',
          paidOn: '2023-04-01',
          amount: '109800000.00',
          payeeName: '苏州市某照明科技股份有限公司',
          payeeMatchesContractor: true,
          contract: { contractNo: 'SZZJ-2023-0087', contractorName: '苏州市某照明科技股份有限公司' },
          project: { code: '2301-320500-04-01-123456', name: '智慧城市照明提升工程' },
        },
        {
          voucherNo: 'ZF2023000777',
          paidOn: '2023-11-15',
          amount: '56000000.00',
          payeeName: '某建设集团有限公司姑苏分公司',
          payeeMatchesContractor: false,
          contract: { contractNo: 'GSJY-2022-11', contractorName: '某建设集团有限公司' },
          project: { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程' },
        },
        {
          voucherNo: 'ZF2023000778',
          paidOn: '2023-11-20',
          amount: '-1000000.00',
          payeeName: '某建设集团有限公司姑苏分公司',
          payeeMatchesContractor: false,
          contract: { contractNo: 'GSJY-2022-11', contractorName: '某建设集团有限公司' },
          project: { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程' },
        },
        {
          voucherNo: 'ZF2024000045',
          paidOn: '2024-02-06',
          amount: '180000000.00',
          payeeName: '苏州市某照明科技股份有限公司',
          payeeMatchesContractor: true,
          contract: { contractNo: 'SZZJ-2023-0087', contractorName: '苏州市某照明科技股份有限公司' },
          project: { code: '2301-320500-04-01-123456', name: '智慧城市照明提升工程' },
        },
      ],
    },
  },
  'q04-blacklisted-and-still-paid.graphql': {
    payments: {
      nodes: [
        {
          voucherNo: 'ZF2023000777',
          paidOn: '2023-11-15',
          amount: '5600.00',
          payeeName: '某建设集团有限公司姑苏分公司',
          contract: {
            contractorName: '某建设集团有限公司',
            contractorCreditRecords: { nodes: [{ reason: '拖欠农民工工资', publishedOn: '2023-09-01', expiresOn: '2024-08-31', restrictsBidding: true }] },
          },
          project: { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程', owner: { name: '姑苏区教育局' } },
        },
        {
          voucherNo: 'ZF2023000778',
          paidOn: '2023-11-20',
          amount: '-100.00',
          payeeName: '某建设集团有限公司姑苏分公司',
          contract: {
            contractorName: '某建设集团有限公司',
            contractorCreditRecords: { nodes: [{ reason: '拖欠农民工工资', publishedOn: '2023-09-01', expiresOn: '2024-08-31', restrictsBidding: true }] },
          },
          project: { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程', owner: { name: '姑苏区教育局' } },
        },
      ],
    },
  },
  'q05-overdue-findings.graphql': {
    findings: {
      nodes: [
        {
          number: '2023-11-01',
          category: '超进度付款',
          amount: '1200.00',
          dueOn: '2024-01-31',
          overdueDays: 151,
          responsibleName: '姑苏区教育局',
          projects: {
            nodes: [
              { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程', funds: { paid: '55000000.00' } },
              { code: '2205-320508-04-01-654399', name: '姑苏区三中扩建项目', funds: { paid: '0.00' } },
            ],
          },
        },
        {
          number: '2023-11-02',
          category: '转包、违法分包',
          amount: '5600.00',
          dueOn: '2023-12-31',
          overdueDays: 182,
          responsibleName: '某建设集团有限公司',
          projects: {
            nodes: [
              { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程', funds: { paid: '55000000.00' } },
              { code: '2205-320508-04-01-654399', name: '姑苏区三中扩建项目', funds: { paid: '0.00' } },
            ],
          },
        },
      ],
    },
  },
  'q06-suspected-duplicates.graphql': {
    projects: {
      nodes: [
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          owner: { name: '姑苏区教育局' },
          approvedInvestment: '12600.00',
          duplicates: { nodes: [{ code: '2205-320508-04-01-654399', name: '姑苏区三中扩建项目' }] },
        },
        {
          code: '2205-320508-04-01-654399',
          name: '姑苏区三中扩建项目',
          owner: { name: '姑苏区教育局' },
          approvedInvestment: '12600.00',
          duplicates: { nodes: [{ code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程' }] },
        },
      ],
    },
  },
  'q07-budget-above-estimate.graphql': {
    projects: {
      nodes: [
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          estimate: '11000.00',
          budgetEstimate: '12600.00',
          estimateOverrunPercent: '14.55',
          checks: [{ failed: true }],
          approvals: {
            nodes: [
              { documentNo: '姑发改〔2022〕7号', approvedOn: '2022-05-11', approvedAmount: '11000.00' },
              { documentNo: '姑发改〔2022〕19号', approvedOn: '2022-07-01', approvedAmount: '12600.00' },
            ],
          },
        },
        {
          code: '2301-320500-04-01-123456',
          name: '智慧城市照明提升工程',
          estimate: '35000.00',
          budgetEstimate: '38000.00',
          estimateOverrunPercent: '8.57',
          checks: [{ failed: false }],
          approvals: {
            nodes: [
              { documentNo: '苏发改投〔2023〕12号', approvedOn: '2023-01-10', approvedAmount: '35000.00' },
              { documentNo: '苏发改投〔2023〕45号', approvedOn: '2023-02-20', approvedAmount: '38000.00' },
            ],
          },
        },
      ],
    },
  },
  'q08-contracts-without-budget.graphql': {
    projects: {
      nodes: [
        {
          code: '2301-320500-04-01-123456',
          name: '智慧城市照明提升工程',
          funds: { contracted: '36600.00', appropriated: '31650.50', unpaidBalance: '7620.00' },
          checks: [{ failed: true, value: '49495000' }],
          appropriations: {
            nodes: [
              { fiscalYear: 2023, amount: '20000.00', fundNatureLabel: '一般公共预算资金' },
              { fiscalYear: 2024, amount: '11650.50', fundNatureLabel: '政府性基金预算资金' },
            ],
          },
        },
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          funds: { contracted: '11800.00', appropriated: '6000.00', unpaidBalance: '6300.00' },
          checks: [{ failed: true, value: '58000000' }],
          appropriations: { nodes: [{ fiscalYear: 2022, amount: '6000.00', fundNatureLabel: '一般公共预算资金' }] },
        },
      ],
    },
  },
  'q09-started-without-permit.graphql': {
    projects: {
      nodes: [
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          actualStart: '2022-09-10',
          checks: [{ failed: true }],
          licences: { nodes: [] },
          payments: { aggregate: { count: 2, sum: { amount: '55000000.00' } } },
        },
      ],
    },
  },
  'q10-one-map.graphql': {
    projects: {
      nodes: [
        {
          code: '2205-320508-04-01-654321',
          name: '姑苏区第三中学改扩建工程',
          stage: 'IMPLEMENTATION',
          location: { lng: 120.6211757, lat: 31.3088245, datum: 'GCJ02' },
        },
        {
          code: '2301-320500-04-01-123456',
          name: '智慧城市照明提升工程',
          stage: 'ACCEPTANCE',
          location: { lng: 120.5894774, lat: 31.2968153, datum: 'GCJ02' },
        },
      ],
    },
  },
  'q11-gantt-and-slip.graphql': {
    project: {
      name: '姑苏区第三中学改扩建工程',
      plannedStart: '2022-09-01',
      plannedEnd: '2024-06-30',
      milestones: {
        nodes: [{ milestoneId: 3, name: '主体封顶', weight: '40', plannedOn: '2023-10-31', actualOn: null, percent: '58', overdue: true, slipDays: 243 }],
      },
      progress: { month: '2023-12', spi: '0.5081', slipPoints: '30.5' },
    },
  },
  'q12-districts.graphql': {
    projects: {
      groups: [
        {
          key: { district: '320500' },
          aggregate: {
            count: 1,
            sum: { approvedInvestment: '39650.50', appropriatedTotal: '31650.50', paidTotal: '28980.00', openFindings: '0' },
            avg: { physicalPercent: '100' },
          },
        },
      ],
    },
    accidents: { groups: [] },
    surveys: { groups: [{ key: { project: { district: '320500' } }, aggregate: { sum: { sampleSize: '1250', satisfied: '1200' } } }] },
  },
  'q13-a-company.graphql': {
    contracts: {
      nodes: [
        {
          contractNo: 'SZZJ-2023-0087',
          contractorName: '苏州市某照明科技股份有限公司',
          contractorCode: '91320500MA99X001X7',
          amount: '36600.00',
          paidRate: '0.7918',
          contractorCreditRecords: { nodes: [] },
          project: {
            code: '2301-320500-04-01-123456',
            name: '智慧城市照明提升工程',
            surveys: { nodes: [{ period: '2024H1', rate: '0.96' }] },
            accidents: { nodes: [] },
            findings: { nodes: [{ category: '多计工程价款', status: 'COMPLETED' }] },
          },
        },
      ],
    },
  },
  'q15-split-contracts.graphql': {
    projects: {
      nodes: [
        { code: '2205-320508-04-01-654321', checks: [{ failed: false }], contracts: { totalCount: 0, nodes: [] } },
        { code: '2301-320500-04-01-123456', checks: [{ failed: false }], contracts: { totalCount: 0, nodes: [] } },
      ],
    },
  },
  'q16-where-the-money-went.graphql': {
    payments: {
      nodes: [
        {
          voucherNo: 'ZF2023000123',
          amount: '109800000.00',
          paidOn: '2023-04-01',
          bankTransactionNo: 'BK230401001',
          purpose: '预付款30%',
          fundNatureLabel: '一般公共预算资金',
          contract: { contractNo: 'SZZJ-2023-0087', signedOn: '2023-03-10' },
          project: {
            approvals: { nodes: [{ documentNo: '苏发改投〔2023〕12号' }, { documentNo: '苏发改投〔2023〕45号' }, { documentNo: '苏发改投〔2024〕88号' }] },
            appropriations: {
              nodes: [
                { documentNo: '苏财建〔2023〕31号', functionCode: '2120303' },
                { documentNo: '苏财建〔2024〕9号', functionCode: '2120803' },
              ],
            },
            findings: { nodes: [{ number: '2024-3-01', status: 'COMPLETED' }] },
          },
        },
        {
          voucherNo: 'ZF2024000045',
          amount: '180000000.00',
          paidOn: '2024-02-06',
          bankTransactionNo: 'BK240206033',
          purpose: '进度款',
          fundNatureLabel: '政府性基金预算资金',
          contract: { contractNo: 'SZZJ-2023-0087', signedOn: '2023-03-10' },
          project: {
            approvals: { nodes: [{ documentNo: '苏发改投〔2023〕12号' }, { documentNo: '苏发改投〔2023〕45号' }, { documentNo: '苏发改投〔2024〕88号' }] },
            appropriations: {
              nodes: [
                { documentNo: '苏财建〔2023〕31号', functionCode: '2120303' },
                { documentNo: '苏财建〔2024〕9号', functionCode: '2120803' },
              ],
            },
            findings: { nodes: [{ number: '2024-3-01', status: 'COMPLETED' }] },
          },
        },
      ],
    },
  },
  'q18-open-citizens-reports.graphql': {
    siteReports: {
      totalCount: 1,
      nodes: [
        {
          number: 'WT202311050001',
          category: 'SAFE',
          description: '脚手架未挂密目网',
          reportedAt: '2023-11-05T08:00:00+08:00',
          status: 'ASSIGNED',
          assigneeName: '某建设集团有限公司',
          assigneeCreditRecords: { totalCount: 1 },
          project: { code: '2205-320508-04-01-654321', name: '姑苏区第三中学改扩建工程', stage: 'IMPLEMENTATION', surveys: { nodes: [] } },
        },
      ],
    },
  },
  'q19-awarded-after-an-accident.graphql': {
    safetyAccidents: { nodes: [] },
    projects: {
      nodes: [
        { code: '2018-320500-48-01-515465', checks: [{ failed: false }] },
        { code: '2205-320508-04-01-654321', checks: [{ failed: false }] },
        { code: '2205-320508-04-01-654399', checks: [{ failed: false }] },
        { code: '2301-320500-04-01-123456', checks: [{ failed: false }] },
      ],
    },
  },
  'q20-where-the-data-comes-from.graphql': {
    sources: [
      { name: 'development', ok: true, department: { zh: '发展改革委' } },
      { name: 'finance', ok: true, department: { zh: '财政局' } },
      { name: 'housing', ok: true, department: { zh: '住房和城乡建设局' } },
      { name: 'audit', ok: true, department: { zh: '审计局' } },
    ],
    project: {
      _meta: {
        sources: [
          { department: 'development', table: 'inv_project', key: '1001', mappingVersion: 1, observedAt: '2024-06-30T12:00:00+08:00' },
          { department: 'housing', table: 'TBProjectInfo', key: '3205002303010201', mappingVersion: 1, observedAt: '2024-06-30T12:00:00+08:00' },
        ],
        issues: [],
        unresolved: [],
      },
    },
  },
};

describe('the questions of the departments', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
    const { officer } = hub.hub.federation.keeper;
    await officer.confirm({ entity: 'Project', source: 'finance', localKey: '320508220000000000042', canonicalKey: SCHOOL, by: 'test' });
    await officer.confirm({ entity: 'Project', source: 'housing', localKey: '3205082208150101', canonicalKey: SCHOOL, by: 'test' });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  it.each(Object.entries(ANSWERS))('%s is answered from the departments’ rows', async (file, data) => {
    expect((await hub.post(readFileSync(new URL(file, folder), 'utf8'))).body).toEqual({ data });
  });

  it.each(Object.keys(ANSWERS))('%s is planned as before', async (file) => {
    const query = readFileSync(new URL(file, folder), 'utf8');
    const { body } = await send(`${hub.address}/graphql`, { query, extensions: { explain: true } });
    const explained = printExplanation(body.extensions.explain as Explanation, { brief: true });
    await expect(explained).toMatchFileSnapshot(`../golden/questions/${file.replace('.graphql', '.txt')}`);
  });

  it('have an answer each', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(ANSWERS).toSorted());
  });
});
