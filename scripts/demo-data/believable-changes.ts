import type { DatabaseSync } from 'node:sqlite';
import type { DepartmentName } from './table.ts';

/** Something that happens in a department, and how it is put right again later. */
export interface BelievableChange {
  readonly department: DepartmentName;
  readonly says: string;
  readonly sql: string;
  readonly later: { readonly says: string; readonly sql: string };
}

export type Databases = Readonly<Record<DepartmentName, DatabaseSync>>;

const DAY_MS = 86_400_000;
const quoted = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;
const compact = (day: string): string => day.replaceAll('-', '');

interface Paid {
  readonly pzh: string;
  readonly xmdm: string;
  readonly htbh: string;
  readonly zje: number;
  readonly zfrq: string;
  readonly skrmc: string;
}

/** What may happen next: a different thing each time, about rows that are there. `turn` counts up; names that are made contain `stamp`. Undefined when the databases hold nothing of the kind. */
export function believableChange(databases: Databases, turn: number, stamp: string, now: Date): BelievableChange | undefined {
  const stories = [progressPayment, twicePaid, blacklisted, permitWithdrawn, behindPlan, branchPaid, complaints, accident, reopened];
  return stories[turn % stories.length]?.({ databases, turn, stamp: `${stamp}${turn}`, now });
}

interface Scene {
  readonly databases: Databases;
  readonly turn: number;
  readonly stamp: string;
  readonly now: Date;
}

/** One of the rows of a query, another at each turn. */
function pick<T>(database: DatabaseSync, sql: string, turn: number): T | undefined {
  const rows = database.prepare(sql).all();
  return rows[(turn * 7) % Math.max(rows.length, 1)] as T | undefined;
}

const today = ({ now }: Scene): string => new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

/** A paid voucher under a contract that the housing department has too. */
function paidVoucher({ databases, turn }: Scene): Paid | undefined {
  const known = databases.housing.prepare(`select "ContractNum" as no from "TBContractRecordManage" where "UpdateFlag" = 'U'`).all() as { no: string }[];
  const paid = databases.finance
    .prepare(
      `select * from zf_zfpz_2024 p where zt = '2' and zje > 0 and htbh is not null and (select count(*) from zf_zfpz_2024 o where o.skrmc = p.skrmc) <= 4 order by pzh`,
    )
    .all() as unknown as Paid[];
  const numbers = new Set(known.map(({ no }) => no));
  const usable = paid.filter(({ htbh }) => numbers.has(htbh));
  return usable[(turn * 7) % Math.max(usable.length, 1)];
}

function voucher(number: string, like: Paid, change: Partial<Paid>): string {
  const { xmdm, htbh, zje, zfrq, skrmc } = { ...like, ...change };
  return `insert into zf_zfpz_2024 (pzh, xmdm, htbh, zje, zfrq, zffs, zjxz, skrmc, zy, zt, gxsj) values (${[number, xmdm, htbh].map(quoted).join(', ')}, ${zje}, ${quoted(zfrq)}, '11', '111', ${quoted(skrmc)}, '进度款', '2', ${quoted('2024-06-30 09:00:00')})`;
}

const wan = (fen: number): string => `${(fen / 1_000_000).toLocaleString('en', { maximumFractionDigits: 2 })} 万元`;

function progressPayment(scene: Scene): BelievableChange | undefined {
  const paid = paidVoucher(scene);
  if (!paid) return undefined;
  const contract = scene.databases.finance.prepare('select htje from ht_htxx where htbh = ?').get(paid.htbh) as { htje: string } | undefined;
  const zje = Math.round(Number(contract?.htje ?? 50_000_000) * 100);
  const number = `ZF-${scene.stamp}`;
  return {
    department: 'finance',
    says: `支付进度款 ${wan(zje)}，合同 ${paid.htbh}，凭证 ${number}`,
    sql: voucher(number, paid, { zje, zfrq: compact(today(scene)) }),
    later: { says: `凭证 ${number} 退票`, sql: `update zf_zfpz_2024 set zt = '3' where pzh = ${quoted(number)}` },
  };
}

function twicePaid(scene: Scene): BelievableChange | undefined {
  const paid = paidVoucher(scene);
  if (!paid) return undefined;
  const number = `ZF-${scene.stamp}`;
  return {
    department: 'finance',
    says: `凭证 ${paid.pzh} 又录入一次: ${number}，${wan(paid.zje)}`,
    sql: voucher(number, paid, {}),
    later: { says: `凭证 ${number} 作废`, sql: `update zf_zfpz_2024 set zt = '9' where pzh = ${quoted(number)}` },
  };
}

function blacklisted(scene: Scene): BelievableChange | undefined {
  const paid = paidVoucher(scene);
  if (!paid) return undefined;
  const { id } = scene.databases.housing.prepare('select coalesce(max(id), 0) + 1 as id from "信用评价"').get() as { id: number };
  return {
    department: 'housing',
    says: `${paid.skrmc} 列入黑榜，自 2024-01-01 起`,
    sql: `insert into "信用评价" (id, "企业名称", "年度", "等级", "榜单", "事由", "公布日期", "已修复") values (${id}, ${quoted(paid.skrmc)}, 2024, 'D', 2, '拖欠农民工工资', '2024-01-01', 0)`,
    later: { says: `${paid.skrmc} 信用已修复`, sql: `update "信用评价" set "已修复" = 1 where id = ${id}` },
  };
}

function permitWithdrawn({ databases, turn }: Scene): BelievableChange | undefined {
  const permit = pick<{ no: string }>(
    databases.housing,
    `select "BuilderLicenceNum" as no from "TBBuilderLicenceManage" where "UpdateFlag" = 'U' order by 1`,
    turn,
  );
  if (!permit) return undefined;
  const flag = (to: string): string => `update "TBBuilderLicenceManage" set "UpdateFlag" = '${to}' where "BuilderLicenceNum" = ${quoted(permit.no)}`;
  return {
    department: 'housing',
    says: `撤销施工许可 ${permit.no}`,
    sql: flag('D'),
    later: { says: `恢复施工许可 ${permit.no}`, sql: flag('U') },
  };
}

function behindPlan({ databases, turn }: Scene): BelievableChange | undefined {
  const report = pick<{ id: number; project: number; done: string }>(
    databases.development,
    `select report_id as id, project_id as project, physical_pct as done from inv_monthly_report r where cast(physical_pct as real) > 40
       and ym = (select max(ym) from inv_monthly_report o where o.project_id = r.project_id and ym between '200001' and '209912' and substr(ym, 5, 2) between '01' and '12') order by 1`,
    turn,
  );
  if (!report) return undefined;
  return {
    department: 'development',
    says: `月报更正: 项目 ${report.project} 形象进度 ${report.done}% → 12%`,
    sql: `update inv_monthly_report set physical_pct = '12.00' where report_id = ${report.id}`,
    later: {
      says: `月报复核: 项目 ${report.project} 形象进度 ${report.done}%`,
      sql: `update inv_monthly_report set physical_pct = ${quoted(report.done)} where report_id = ${report.id}`,
    },
  };
}

function branchPaid(scene: Scene): BelievableChange | undefined {
  const paid = paidVoucher(scene);
  if (!paid) return undefined;
  const payee = (name: string): string => `update zf_zfpz_2024 set skrmc = ${quoted(name)} where pzh = ${quoted(paid.pzh)}`;
  return {
    department: 'finance',
    says: `凭证 ${paid.pzh} 收款人改为 ${paid.skrmc}第一分公司`,
    sql: payee(`${paid.skrmc}第一分公司`),
    later: { says: `凭证 ${paid.pzh} 收款人改回 ${paid.skrmc}`, sql: payee(paid.skrmc) },
  };
}

function complaints(scene: Scene): BelievableChange | undefined {
  const project = pick<{ no: string }>(scene.databases.housing, `select "PrjNum" as no from "TBProjectInfo" where "UpdateFlag" = 'U' order by 1`, scene.turn);
  if (!project) return undefined;
  const at = (daysAgo: number): number => scene.now.getTime() - daysAgo * DAY_MS;
  const rows = [0, 1, 2, 3].map(
    (i) => `(${quoted(`WT-${scene.stamp}-${i}`)}, ${quoted(project.no)}, ${3 + (i % 2)}, 'LAMP', '夜间施工扰民', ${at(i * 0.3)}, 1)`,
  );
  return {
    department: 'housing',
    says: `热线接到 4 件群众投诉，项目 ${project.no}`,
    sql: `insert into "现场问题" ("单号", "项目编号", "来源", "类别", "描述", "上报时间", "状态") values ${rows.join(', ')}`,
    later: {
      says: `4 件投诉办结，归入巡查`,
      sql: `update "现场问题" set "状态" = 4, "来源" = 1, "办结时间" = ${scene.now.getTime()} where "单号" like ${quoted(`WT-${scene.stamp}-%`)}`,
    },
  };
}

function accident(scene: Scene): BelievableChange | undefined {
  const project = pick<{ no: string }>(
    scene.databases.housing,
    `select "PrjNum" as no from "TBProjectInfo" where "UpdateFlag" = 'U' order by 1`,
    scene.turn + 3,
  );
  if (!project) return undefined;
  const number = `SG-${scene.stamp}`;
  return {
    department: 'housing',
    says: `安全事故快报: 项目 ${project.no}，死亡 3 人`,
    sql: `insert into "安全事故" ("编号", "项目编号", "发生时间", "死亡", "重伤", "直接损失万元", "等级", "简况") values (${quoted(number)}, ${quoted(project.no)}, ${quoted(`${today(scene)} 07:30:00`)}, 3, 1, '260.00', 2, '脚手架坍塌')`,
    later: { says: `事故快报核实: ${number} 系演练，撤回`, sql: `delete from "安全事故" where "编号" = ${quoted(number)}` },
  };
}

function reopened({ databases, turn }: Scene): BelievableChange | undefined {
  const finding = pick<{ id: number; number: string; status: string }>(
    databases.audit,
    `select wtid as id, "问题编号" as number, "整改状态" as status from sj_wt where "整改状态" = '已整改' order by 1`,
    turn,
  );
  if (!finding) return undefined;
  const state = (to: string, due: string): string => `update sj_wt set "整改状态" = '${to}'${due} where wtid = ${finding.id}`;
  const { due } = databases.audit.prepare('select "整改期限" as due from sj_wt where wtid = ?').get(finding.id) as { due: string };
  return {
    department: 'audit',
    says: `审计问题 ${finding.number} 复查未整改，期限 2024-01-10`,
    sql: state('未整改', `, "整改期限" = '2024-01-10'`),
    later: { says: `审计问题 ${finding.number} 已整改`, sql: state('已整改', `, "整改期限" = ${quoted(due)}`) },
  };
}
