/**
 * What the merged database holds and how a question can walk through it, written by hand: tables, canonical columns, joins. Left out are the relations
 * to one organisation by its name: the demo has a name twice, and which of the two is meant nobody can say.
 */

export type Kind = 'text' | 'code' | 'decimal' | 'int' | 'bigint' | 'date' | 'month' | 'moment' | 'bool';

export interface MergedField {
  readonly name: string;
  readonly kind: Kind;
  /** GraphQL scalar or enum, for variables. */
  readonly scalar: string;
}

export interface MergedRelation {
  readonly name: string;
  readonly target: string;
  readonly many: boolean;
  /** Both sides are computed from text of the same source, which compares them row by row: a condition or order follows one such relation at most. */
  readonly computed?: true;
  /** SQL of the join between the aliases of this row and the related one. */
  readonly on: (here: string, there: string) => string;
}

export interface MergedType {
  readonly name: string;
  /** Root field of the list; also where lists of it come from. */
  readonly root: string;
  readonly table: string;
  readonly key: string;
  readonly fields: readonly MergedField[];
  readonly relations: readonly MergedRelation[];
  readonly checks?: readonly MergedCheck[];
}

export interface MergedCheck {
  readonly code: string;
  readonly severity: string;
  /** SQL that is true when it has failed. */
  readonly failed: (row: string) => string;
}

const SCALARS: Readonly<Record<Kind, string>> = {
  text: 'String',
  code: '',
  decimal: 'Decimal',
  int: 'Int',
  bigint: 'BigInt',
  date: 'Date',
  month: 'YearMonth',
  moment: 'DateTime',
  bool: 'Boolean',
};

/** `name:kind`, with `=Scalar` behind where it is not the kind's usual one. */
function fields(list: string): MergedField[] {
  return list
    .trim()
    .split(/\s+/)
    .map((item) => {
      const [, name, kind, scalar] = /^(\w+):(\w+)(?:=(\w+))?$/.exec(item) as unknown as [string, string, Kind, string | undefined];
      return { name, kind, scalar: scalar ?? SCALARS[kind] };
    });
}

const equal = (name: string, target: string, many: boolean, here: string, there: string = here): MergedRelation => ({
  name,
  target,
  many,
  on: (a, b) => `${b}."${there}" = ${a}."${here}"`,
});
const computed = (relation: MergedRelation): MergedRelation => ({ ...relation, computed: true });
const ofProject = (name: string, target: string): MergedRelation => equal(name, target, true, 'code', 'projectCode');
const toProject = equal('project', 'Project', false, 'projectCode', 'code');
/** One audit may be about several projects: a table of pairs stands between. */
const auditing = (name: string, target: string): MergedRelation => ({
  name,
  target,
  many: true,
  on: (a, b) => `exists (select 1 from audit_project l where l."projectCode" = ${a}."code" and l."auditId" = ${b}."auditId")`,
});
const audited: MergedRelation = {
  name: 'projects',
  target: 'Project',
  many: true,
  on: (a, b) => `exists (select 1 from audit_project l where l."auditId" = ${a}."auditId" and l."projectCode" = ${b}."code")`,
};

const check = (code: string, severity: string, failed: (row: string) => string): MergedCheck => ({ code, severity, failed });
/** Some of `departments/checks.yaml`. */
const projectChecks: readonly MergedCheck[] = [
  check('ESTIMATE_OVERRUN', 'WARNING', (p) => `${p}."budgetEstimate" > ${p}.estimate * 1.1`),
  check(
    'PAID_AHEAD_OF_PROGRESS',
    'CRITICAL',
    (p) => `${p}."contractTotal" > 0 and ${p}."paidTotal" * 100 - ${p}."physicalPercent" * ${p}."contractTotal" > 5 * ${p}."contractTotal"`,
  ),
  check('SCHEDULE_SLIP', 'WARNING', (p) => `${p}."plannedPercent" - ${p}."physicalPercent" > 10`),
  check(
    'PAYEE_NOT_CONTRACTOR',
    'CRITICAL',
    (p) => `exists (select 1 from payment x where x."projectCode" = ${p}.code and x.status = 'PAID' and x."payeeMatchesContractor" = false)`,
  ),
  check(
    'RECTIFICATION_OVERDUE',
    'WARNING',
    (p) => `exists (select 1 from finding x join audit_project l using ("auditId") where l."projectCode" = ${p}.code and x.overdue)`,
  ),
  check('PAID_EXCEEDS_CONTRACT', 'CRITICAL', (p) => `exists (select 1 from contract x where x."projectCode" = ${p}.code and x."paidTotal" > x.amount)`),
  check('CONTRACT_EXCEEDS_APPROPRIATION', 'WARNING', (p) => `${p}."contractTotal" > ${p}."appropriatedTotal"`),
];

const list: readonly MergedType[] = [
  {
    name: 'Organization',
    root: 'organizations',
    table: 'organization',
    key: 'code',
    fields: fields('code:text uscc:text=USCC name:text nameKey:text kind:code=OrganizationKind contactPhone:text'),
    relations: [computed(equal('projects', 'Project', true, 'code', 'ownerCode')), equal('findings', 'AuditFinding', true, 'nameKey', 'responsibleKey')],
  },
  {
    name: 'Project',
    root: 'projects',
    table: 'project',
    key: 'code',
    checks: projectChecks,
    fields:
      fields(`code:text=ProjectCode name:text district:text=RegionCode stage:code=LifecycleStage deliveryMode:code=DeliveryMode buildNature:code=BuildNature projectClass:text industry:text isKey:bool changedAt:moment
      approvedInvestment:decimal plannedStart:date plannedEnd:date ownerCode:text ownerName:text estimate:decimal budgetEstimate:decimal latestReportMonth:month investmentDone:decimal physicalPercent:decimal
      plannedPercent:decimal appropriatedTotal:decimal paidTotal:decimal contractTotal:decimal openFindings:int estimateOverrunPercent:decimal budgetAdjustedPercent:decimal paidRate:decimal
      paidPercentOfContract:decimal paidAheadPoints:decimal slipPoints:decimal`),
    relations: [
      computed(equal('owner', 'Organization', false, 'ownerCode', 'code')),
      ofProject('approvals', 'Approval'),
      ofProject('monthlyReports', 'MonthlyReport'),
      ofProject('appropriations', 'Appropriation'),
      ofProject('payments', 'Payment'),
      ofProject('financeContracts', 'FinanceContract'),
      ofProject('contracts', 'Contract'),
      ofProject('milestones', 'Milestone'),
      ofProject('inspections', 'Inspection'),
      ofProject('siteReports', 'SiteReport'),
      auditing('audits', 'Audit'),
      auditing('findings', 'AuditFinding'),
      {
        name: 'duplicates',
        computed: true,
        target: 'Project',
        many: true,
        on: (a, b) => `${b}."ownerCode" = ${a}."ownerCode" and ${b}."approvedInvestment" = ${a}."approvedInvestment" and ${b}."code" <> ${a}."code"`,
      },
    ],
  },
  {
    name: 'Approval',
    root: 'approvals',
    table: 'approval',
    key: 'approvalId',
    fields: fields(
      'approvalId:bigint projectCode:text=ProjectCode kind:code=ApprovalKind documentNo:text approvedAmount:decimal approvedOn:date approver:text',
    ),
    relations: [toProject],
  },
  {
    name: 'MonthlyReport',
    root: 'monthlyReports',
    table: 'monthly_report',
    key: 'reportId',
    fields: fields(
      'reportId:bigint projectCode:text=ProjectCode month:month investmentDone:decimal physicalPercent:decimal plannedPercent:decimal imageProgress:text problems:text submittedAt:moment',
    ),
    relations: [toProject],
  },
  {
    name: 'Appropriation',
    root: 'appropriations',
    table: 'appropriation',
    key: 'appropriationId',
    fields: fields(
      'appropriationId:bigint projectCode:text=ProjectCode documentNo:text fiscalYear:int amount:decimal issuedOn:date functionCode:text economicCode:text fundNature:text fundNatureLabel:text',
    ),
    relations: [toProject],
  },
  {
    name: 'Payment',
    root: 'payments',
    table: 'payment',
    key: 'voucherNo',
    fields:
      fields(`voucherNo:text projectCode:text=ProjectCode fiscalYear:int amount:decimal status:code=PaymentStatus paidOn:date method:text methodLabel:text fundNature:text fundNatureLabel:text payeeName:text
      payeeKey:text bank:text purpose:text bankTransactionNo:text contractNo:text updatedAt:moment contractorKey:text payeeMatchesContractor:bool`),
    relations: [
      toProject,
      equal('contract', 'Contract', false, 'contractNo'),
      equal('contracts', 'Contract', true, 'contractNo'),
      equal('payeeCreditRecords', 'CreditRecord', true, 'payeeKey', 'organizationKey'),
    ],
  },
  {
    name: 'FinanceContract',
    root: 'financeContracts',
    table: 'finance_contract',
    key: 'filingId',
    fields: fields(
      'filingId:bigint contractNo:text projectCode:text=ProjectCode amount:decimal contractorName:text contractorKey:text contractorCode:text=USCC signedOn:date advanceRate:decimal',
    ),
    relations: [toProject, equal('contract', 'Contract', false, 'contractNo')],
  },
  {
    name: 'Contract',
    root: 'contracts',
    table: 'contract',
    key: 'recordNo',
    fields:
      fields(`recordNo:text contractNo:text projectCode:text=ProjectCode kind:code=ContractKind amount:decimal signedOn:date clientName:text clientKey:text contractorName:text contractorKey:text contractorCode:text=USCC
      consortiumName:text paidTotal:decimal financeAmount:decimal paidRate:decimal`),
    relations: [
      toProject,
      equal('payments', 'Payment', true, 'contractNo'),
      equal('financeContracts', 'FinanceContract', true, 'contractNo'),
      computed(equal('contractorCreditRecords', 'CreditRecord', true, 'contractorKey', 'organizationKey')),
      computed(equal('contractorContracts', 'Contract', true, 'contractorKey')),
    ],
  },
  {
    name: 'Milestone',
    root: 'milestones',
    table: 'milestone',
    key: 'milestoneId',
    fields: fields(
      'milestoneId:int projectCode:text=ProjectCode name:text weight:decimal plannedOn:date actualOn:date percent:decimal overdue:bool slipDays:int',
    ),
    relations: [toProject],
  },
  {
    name: 'Inspection',
    root: 'inspections',
    table: 'inspection',
    key: 'number',
    fields: fields(
      'number:text projectCode:text=ProjectCode kind:code=InspectionKind inspectedOn:date inspector:text result:code=InspectionResult problemCount:int published:bool',
    ),
    relations: [toProject],
  },
  {
    name: 'SiteReport',
    root: 'siteReports',
    table: 'site_report',
    key: 'number',
    fields: fields(
      'number:text projectCode:text=ProjectCode channel:code=ReportChannel category:text description:text reportedAt:moment status:code=DispatchStatus assigneeName:text assigneeKey:text doneAt:moment rating:int',
    ),
    relations: [toProject, computed(equal('assigneeCreditRecords', 'CreditRecord', true, 'assigneeKey', 'organizationKey'))],
  },
  {
    name: 'CreditRecord',
    root: 'creditRecords',
    table: 'credit_record',
    key: 'recordId',
    fields:
      fields(`recordId:int organizationName:text organizationKey:text organizationCode:text=USCC year:int grade:text list:code=CreditList reason:text publishedOn:date expiresOn:date repaired:bool
      active:bool restrictsBidding:bool`),
    relations: [
      computed(equal('contracts', 'Contract', true, 'organizationKey', 'contractorKey')),
      equal('payments', 'Payment', true, 'organizationKey', 'payeeKey'),
    ],
  },
  {
    name: 'Audit',
    root: 'audits',
    table: 'audit',
    key: 'auditId',
    fields: fields('auditId:int number:text title:text auditeeName:text kind:text auditorName:text thirdParty:bool startedOn:date reportedOn:date'),
    relations: [audited, equal('findings', 'AuditFinding', true, 'auditId')],
  },
  {
    name: 'AuditFinding',
    root: 'findings',
    table: 'finding',
    key: 'findingId',
    fields:
      fields(`findingId:int auditId:int number:text category:text description:text amount:decimal responsibleName:text responsibleKey:text dueOn:date kind:code=RectificationKind status:code=RectificationStatus
      transferred:bool overdue:bool severity:code=FindingSeverity overdueDays:int`),
    relations: [equal('audit', 'Audit', false, 'auditId'), audited, equal('rectifications', 'Rectification', true, 'findingId')],
  },
  {
    name: 'Rectification',
    root: 'rectifications',
    table: 'rectification',
    key: 'rectificationId',
    fields: fields('rectificationId:int findingId:int submittedOn:date measure:text recovered:decimal reviewResult:code=ReviewResult reviewer:text'),
    relations: [equal('finding', 'AuditFinding', false, 'findingId')],
  },
];

export const mergedTypes: ReadonlyMap<string, MergedType> = new Map(list.map((type) => [type.name, type]));

export function mergedType(name: string): MergedType {
  const type = mergedTypes.get(name);
  if (!type) throw new Error(`no type ${name}`);
  return type;
}
