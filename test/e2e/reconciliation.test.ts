import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDepartmentsHub, type Answer, type AnswerData, type DepartmentsHub, type DepartmentsHubOptions } from '../helpers/departments-hub.ts';

const RECONCILIATION = `{
  projects {
    nodes {
      code name estimate budgetEstimate approvedInvestment
      funds { appropriated contracted paid }
      progress { month physicalPercent plannedPercent }
      checks { code failed value }
    }
  }
}`;

/** What the four departments' seed rows add up to, per project; amounts in 元. */
const EXPECTED = {
  '2301-320500-04-01-123456': {
    name: '智慧城市照明提升工程',
    estimate: 350000000,
    budgetEstimate: 380000000,
    approvedInvestment: 396505000,
    appropriated: 316505000,
    contracted: 366000000,
    paid: 289800000,
    physical: { month: '2024-04', physicalPercent: 100, plannedPercent: 88 },
    flags: ['BUDGET_ADJUSTED 4.34', 'CONTRACT_EXCEEDS_APPROPRIATION 49495000'],
  },
  '2205-320508-04-01-654321': {
    name: '姑苏区第三中学改扩建工程',
    estimate: 110000000,
    budgetEstimate: 126000000,
    approvedInvestment: 126000000,
    appropriated: 60000000,
    contracted: 118000000,
    paid: 55000000,
    physical: { month: '2023-12', physicalPercent: 31.5, plannedPercent: 62 },
    flags: [
      'BLACKLISTED_CONTRACTOR_PAID',
      'CONTRACT_EXCEEDS_APPROPRIATION 58000000',
      'ESTIMATE_OVERRUN 14.55',
      'PAID_AHEAD_OF_PROGRESS 15.1',
      'PAYEE_NOT_CONTRACTOR',
      'RECTIFICATION_OVERDUE 2023-11-01',
      'RECTIFICATION_OVERDUE 2023-11-02',
      'SCHEDULE_SLIP 30.5',
      'SUSPECTED_DUPLICATE 2205-320508-04-01-654399',
    ],
  },
  '2018-320500-48-01-515465': {
    name: '京杭运河河道治理一期',
    estimate: null,
    budgetEstimate: null,
    approvedInvestment: 88000000,
    appropriated: 0,
    contracted: 0,
    paid: 0,
    physical: { month: null, physicalPercent: null, plannedPercent: null },
    flags: [],
  },
  '2205-320508-04-01-654399': {
    name: '姑苏区三中扩建项目',
    estimate: null,
    budgetEstimate: null,
    approvedInvestment: 126000000,
    appropriated: 0,
    contracted: 0,
    paid: 0,
    physical: { month: null, physicalPercent: null, plannedPercent: null },
    flags: ['RECTIFICATION_OVERDUE 2023-11-01', 'RECTIFICATION_OVERDUE 2023-11-02', 'SUSPECTED_DUPLICATE 2205-320508-04-01-654321'],
  },
};

/** Checks that the expected reconciliation knows, and which of them it prints a value of. */
const WITH_VALUE = new Set([
  'BUDGET_ADJUSTED',
  'CONTRACT_EXCEEDS_APPROPRIATION',
  'ESTIMATE_OVERRUN',
  'PAID_AHEAD_OF_PROGRESS',
  'SCHEDULE_SLIP',
  'RECTIFICATION_OVERDUE',
  'SUSPECTED_DUPLICATE',
]);
const KNOWN = new Set([...WITH_VALUE, 'BLACKLISTED_CONTRACTOR_PAID', 'PAYEE_NOT_CONTRACTOR', 'PAID_EXCEEDS_APPROPRIATION']);

interface Check {
  readonly code: string;
  readonly failed: boolean;
  readonly value: unknown;
}

function reconcile({ data }: Answer): unknown {
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return Object.fromEntries(
    data.projects.nodes.map((project: AnswerData) => {
      const flags = (project.checks as Check[])
        .filter((check) => check.failed && KNOWN.has(check.code))
        .flatMap(({ code, value }) => {
          if (!WITH_VALUE.has(code)) return [code];
          return (Array.isArray(value) ? value : [value]).map((v) => `${code} ${String(v)}`);
        });
      return [
        project.code,
        {
          name: project.name,
          estimate: number(project.estimate),
          budgetEstimate: number(project.budgetEstimate),
          approvedInvestment: number(project.approvedInvestment),
          appropriated: number(project.funds.appropriated),
          contracted: number(project.funds.contracted),
          paid: number(project.funds.paid),
          physical: {
            month: project.progress.month,
            physicalPercent: number(project.progress.physicalPercent),
            plannedPercent: number(project.progress.plannedPercent),
          },
          flags: flags.toSorted(),
        },
      ];
    }),
  );
}

const HOMES: Readonly<Record<string, DepartmentsHubOptions['engines']>> = {
  'the SQLite default': 'sqlite',
  'development and housing on Postgres, finance and audit on MariaDB': { development: 'postgres', housing: 'postgres', finance: 'mariadb', audit: 'mariadb' },
  'all four on Postgres': 'postgres',
  'all four on MariaDB': 'mariadb',
};

describe.each(Object.entries(HOMES))('four departments reconciled by one operation: %s', (_name, engines) => {
  let hub: DepartmentsHub;
  beforeAll(async () => {
    hub = await openDepartmentsHub({ engines });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  it('asks four databases at most four times', async () => {
    const { errors, statements } = await hub.query(
      '{ projects(first: 50) { nodes { code payments(first: 10) { nodes { amount } } milestones { nodes { name } } findings { nodes { number } } } } }',
    );
    expect(errors).toEqual([]);
    expect(statements.map((s) => s.source).toSorted()).toEqual(['audit', 'development', 'finance', 'housing']);
  });

  it('shows the school’s money as unresolved, not as none, before an officer has matched it', async () => {
    const { data } = await hub.query(`{
      project(code: "2205-320508-04-01-654321") { paidTotal contractTotal _meta { unresolved { source localKey canonicalKey state } } }
      payments(where: { voucherNo: { eq: "ZF2023000777" } }) { nodes { amount projectCode project { code } _meta { issues { field code rawValue } } } }
    }`);
    expect(data['project']).toEqual({
      paidTotal: '0.00',
      contractTotal: '0.00',
      _meta: {
        unresolved: expect.arrayContaining([
          { source: 'finance', localKey: '320508220000000000042', canonicalKey: '2205-320508-04-01-654321', state: 'candidate' },
          { source: 'housing', localKey: '3205082208150101', canonicalKey: '2205-320508-04-01-654321', state: 'candidate' },
        ]),
      },
    });
    expect(data['payments'].nodes).toEqual([
      {
        amount: '56000000.00',
        projectCode: null,
        project: null,
        _meta: { issues: [{ field: 'projectCode', code: 'UNRESOLVED_KEY', rawValue: '320508220000000000042' }] },
      },
    ]);
  });

  it('gives every project its money, progress and flags after that', async () => {
    await hub.confirmSchool();
    const result = await hub.query(RECONCILIATION);
    expect(result.errors).toEqual([]);
    expect(reconcile(result)).toEqual(EXPECTED);
  });
});
