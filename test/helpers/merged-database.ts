/** One Postgres database with the canonical rows of all departments: what the hub's answers are compared with. */
import pg from 'pg';
import { createDatabase } from './services.ts';
import { decodeDemo, type DemoRows } from './merged-decode.ts';
import { mergedTypes, type Kind } from './merged-model.ts';

export interface MergedDatabase extends AsyncDisposable {
  /** The one value of a statement's one row. */
  value(sql: string): Promise<unknown>;
}

const TYPES: Readonly<Record<Kind, string>> = {
  text: 'text collate "C"',
  code: 'text collate "C"',
  decimal: 'numeric',
  int: 'int',
  bigint: 'bigint',
  date: 'date',
  month: 'text collate "C"',
  moment: 'timestamptz',
  bool: 'boolean',
};

export async function openMergedDatabase(demo: DemoRows): Promise<MergedDatabase> {
  const database = await createDatabase('postgres', 'merged');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const tables = decodeDemo(demo);
  for (const [table, rows] of Object.entries(tables)) {
    const type = [...mergedTypes.values()].find((t) => t.table === table.replace(/^base_/, ''));
    const columns = Object.keys(rows[0] ?? {}).map(
      (name) => `"${name}" ${TYPES[type?.fields.find((f) => f.name === name)?.kind ?? (name === 'auditId' ? 'int' : 'text')]}`,
    );
    await client.query(`create table ${table} (${columns.join(', ')})`);
    await client.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [JSON.stringify(rows)]);
  }
  for (const statement of derived(demo.today)) await client.query(statement);
  await client.query('analyze');
  return {
    async value(sql) {
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      return rows[0]?.[0];
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await database.drop();
    },
  };
}

/** What the unified schema derives, said in SQL. */
const derived = (today: string): string[] => [
  'create index on monthly_report ("projectCode")',
  'create index on base_payment ("contractNo")',
  `create table payment as select p.*, c."contractorKey", p."payeeKey" = c."contractorKey" as "payeeMatchesContractor"
     from base_payment p left join lateral (select "contractorKey" from base_contract c where c."contractNo" = p."contractNo" order by "recordNo" limit 1) c on true`,
  `create table contract as select c.*, round("paidTotal" / nullif(amount, 0), 4) as "paidRate" from (
     select c.*, (select f.amount from finance_contract f where f."contractNo" = c."contractNo" order by f."filingId" limit 1) as "financeAmount",
       (select coalesce(sum(p.amount), 0) from base_payment p where p."contractNo" = c."contractNo" and p.status = 'PAID') as "paidTotal" from base_contract c) c`,
  `create table milestone as select *, "actualOn" is null and "plannedOn" < '${today}' as overdue, coalesce("actualOn", '${today}') - "plannedOn" as "slipDays" from base_milestone`,
  `create table credit_record as select *, list = 'BLACK' and active as "restrictsBidding" from (
     select *, repaired is not true and "publishedOn" <= '${today}' and ("expiresOn" is null or "expiresOn" >= '${today}') as active from base_credit_record) r`,
  `create table audit as select *, "auditorName" like '%事务所%' as "thirdParty" from base_audit`,
  `create table finding as select *, case when transferred then 'CRITICAL' when overdue then 'WARNING' when status = 'COMPLETED' then 'INFO' when status is not null then 'NOTICE' end collate "C" as severity,
     case when overdue then '${today}' - "dueOn" when not overdue then 0 end as "overdueDays"
     from (select *, "dueOn" < '${today}' and status in ('NOT_STARTED', 'IN_PROGRESS', 'PARTIAL') as overdue from base_finding) f`,
  `create table project as select *, round("budgetEstimate" * 100 / nullif(estimate, 0) - 100, 2) as "estimateOverrunPercent", round("approvedInvestment" * 100 / nullif("budgetEstimate", 0) - 100, 2) as "budgetAdjustedPercent",
     round("paidTotal" / nullif("appropriatedTotal", 0), 4) as "paidRate", round("paidTotal" * 100 / nullif("contractTotal", 0), 2) as "paidPercentOfContract",
     round("paidTotal" * 100 / nullif("contractTotal", 0) - "physicalPercent", 2) as "paidAheadPoints", round("plannedPercent" - "physicalPercent", 2) as "slipPoints"
   from (select p.*, ${newest('FEASIBILITY')} as estimate, ${newest('PRELIMINARY_DESIGN_BUDGET')} as "budgetEstimate",
       r.month as "latestReportMonth", r."investmentDone", r."physicalPercent", r."plannedPercent",
       (select coalesce(sum(amount), 0) from appropriation x where x."projectCode" = p.code) as "appropriatedTotal",
       (select coalesce(sum(amount), 0) from payment x where x."projectCode" = p.code and status = 'PAID') as "paidTotal",
       (select coalesce(sum(amount), 0) from contract x where x."projectCode" = p.code) as "contractTotal",
       (select count(*)::int from finding x join audit_project l using ("auditId") where l."projectCode" = p.code and status in ('NOT_STARTED', 'IN_PROGRESS', 'PARTIAL')) as "openFindings"
     from base_project p left join lateral (
       select * from monthly_report r where r."projectCode" = p.code and month is not null order by month desc, "submittedAt" desc nulls last, "reportId" limit 1) r on true) p`,
  ...['approval', 'monthly_report', 'appropriation', 'payment', 'finance_contract', 'contract', 'milestone', 'inspection', 'site_report', 'audit_project'].map(
    (table) => `create index on ${table} ("projectCode")`,
  ),
  'create index on project (code)',
  'create index on payment ("contractNo")',
  'create index on payment ("payeeKey")',
  'create index on contract ("contractNo")',
  'create index on contract ("contractorKey")',
  'create index on finance_contract ("contractNo")',
  'create index on finding ("auditId")',
  'create index on audit_project ("auditId")',
  'create index on rectification ("findingId")',
];

const newest = (kind: string): string =>
  `(select a."approvedAmount" from approval a where a."projectCode" = p.code and a.kind = '${kind}' order by a."approvedOn" desc nulls last, a."approvalId" limit 1)`;
