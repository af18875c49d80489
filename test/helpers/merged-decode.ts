/**
 * The departments' raw rows as the canonical rows of one merged database, by code of its own: what the mappings mean, said a second time and without
 * the hub. Rows are in the order of `merged-model.ts`; amounts and dates are text, moments RFC 3339.
 */
import { departmentRows, departments, type DepartmentName } from '../../scripts/demo-data/index.ts';
import type { Cell, Rows } from '../../scripts/demo-data/table.ts';

type Raw = Readonly<Record<string, Cell>>;
export type CanonicalRow = Readonly<Record<string, Cell>>;

export interface DemoRows {
  readonly size: number;
  readonly seed: number;
  /** Rows beside the demo's own. */
  readonly extra: Readonly<Partial<Record<DepartmentName, readonly Rows[]>>>;
  /** Pairs that an officer confirmed. */
  readonly confirmed: readonly { readonly source: DepartmentName; readonly localKey: string; readonly canonicalKey: string }[];
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** The canonical rows of every base table. */
export function decodeDemo(demo: DemoRows): Readonly<Record<string, readonly CanonicalRow[]>> {
  const raw = (department: DepartmentName, table: string): Raw[] => {
    const names = departments[department].tables.find((t) => t.name === table)?.columns.map((column) => column.name) ?? [];
    const sets = [...departmentRows(department, demo), ...(demo.extra[department] ?? [])].filter((set) => set.table === table);
    return sets.flatMap((set) => set.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]))));
  };
  const officer = (source: DepartmentName): [string, string][] =>
    demo.confirmed.filter((pair) => pair.source === source).map((pair) => [pair.localKey, pair.canonicalKey]);

  // 发展改革委: the newest version decides, also about deletion; secret projects have no code.
  const newest = new Map<Cell, Raw>();
  for (const row of raw('development', 'inv_project')) {
    const known = newest.get(row['project_id'] as Cell);
    if (!known || Number(known['version_no']) < Number(row['version_no'])) newest.set(row['project_id'] as Cell, row);
  }
  const live = [...newest.values()].filter((row) => row['is_deleted'] !== true && projectCode(row['project_code']) !== null);
  const codeOf = new Map(live.map((row) => [row['project_id'], projectCode(row['project_code']) as string]));
  const exists = new Set(codeOf.values());
  const organizations = new Map(raw('development', 'inv_org').map((row) => [row['org_id'], row]));
  const classes = new Map(
    raw('development', 'dict_item')
      .filter((row) => row['dict_code'] === 'PROJECT_CLASS')
      .map((row) => [row['item_code'], row['item_name']]),
  );
  const organizationCode = (row: Raw): string => uscc(row['uscc']) ?? `org:name:${nameKey(row['org_name'])}`;

  // 财政局 and 住建局 know projects by their own numbers.
  const budgetProjects = raw('finance', 'xm_xxb');
  const voided = new Set(budgetProjects.filter((row) => row['xmzt'] === '9').map((row) => row['xmdm']));
  const known = (pairs: readonly [Cell | undefined, string | null][]): Map<Cell | undefined, string> =>
    new Map(pairs.filter((pair): pair is [Cell, string] => pair[1] !== null && exists.has(pair[1])));
  const finance = known([
    ...budgetProjects
      .filter((row) => !voided.has(row['xmdm'] as Cell))
      .map((row): [Cell | undefined, string | null] => [row['xmdm'], projectCode(row['tydm'])]),
    ...officer('finance'),
  ]);
  const confirmed = raw('housing', 'xref_prj').filter(
    (row) => row['confirmed'] === true && (row['valid_to'] === null || String(row['valid_to']) >= demo.today),
  );
  const housing = known([...confirmed.map((row): [Cell | undefined, string | null] => [row['PrjNum'], projectCode(row['tydm_raw'])]), ...officer('housing')]);
  const of = (keys: ReadonlyMap<Cell | undefined, string>, local: Cell | undefined): string | null => keys.get(local) ?? null;
  const natures = new Map(raw('finance', 'dm_zjxz').map((row) => [row['dm'], row['mc']]));
  const methods = new Map(raw('finance', 'dm_zffs').map((row) => [row['dm'], row['mc']]));
  const used = (table: string): Raw[] => raw('housing', table).filter((row) => row['UpdateFlag'] === 'U');

  const payments = (year: number): CanonicalRow[] =>
    raw('finance', `zf_zfpz_${year}`)
      .filter((row) => row['zt'] !== '9')
      .map((row) => ({
        voucherNo: text(row['pzh']),
        projectCode: of(finance, row['xmdm']),
        fiscalYear: year,
        amount: scaled(row['zje'], -2),
        status: code(row['zt'], { '0': 'ENTERED', '1': 'APPROVED', '2': 'PAID', '3': 'RETURNED' }),
        paidOn: date(row['zfrq']),
        method: text(row['zffs']),
        methodLabel: text(methods.get(row['zffs'])),
        fundNature: text(row['zjxz']),
        fundNatureLabel: text(natures.get(row['zjxz'])),
        payeeName: text(row['skrmc']),
        payeeKey: nameKey(row['skrmc']),
        bank: text(row['skyh']),
        purpose: text(row['zy']),
        bankTransactionNo: text(row['yhlsh']),
        contractNo: text(row['htbh']),
        updatedAt: shanghai(row['gxsj']),
      }));

  return {
    organization: raw('development', 'inv_org').map((row) => ({
      code: organizationCode(row),
      uscc: uscc(row['uscc']),
      name: text(row['org_name']),
      nameKey: nameKey(row['org_name']),
      kind: code(row['org_kind'], { '1': 'GOVERNMENT', '2': 'PUBLIC_INSTITUTION', '3': 'STATE_ENTERPRISE', '4': 'PRIVATE_ENTERPRISE' }),
      contactPhone: text(row['contact_phone']),
    })),
    base_project: live.map((row) => {
      const owner = organizations.get(row['owner_org_id'] as Cell);
      return {
        code: codeOf.get(row['project_id']) ?? null,
        name: text(row['project_name']),
        district: text(row['region_code']),
        stage: row['stage'] === 'COMPLETION' ? 'ACCEPTANCE' : text(row['stage']),
        deliveryMode: row['delivery_mode'] === 'AGENT' ? 'AGENT_CONSTRUCTION' : text(row['delivery_mode']),
        buildNature: code(row['build_nature'], { '1': 'NEW', '2': 'REBUILD', '3': 'EXPAND', '4': 'RELOCATE', '5': 'RESTORE', '9': 'OTHER' }),
        projectClass: text(classes.get(row['project_class'])),
        industry: text(row['industry_gb4754']),
        isKey: isKey(row['ext_attrs']),
        changedAt: shanghai(row['changed_at']),
        approvedInvestment: scaled(row['total_invest_wan'], 4),
        plannedStart: text(row['plan_start']),
        plannedEnd: text(row['plan_end']),
        ownerCode: owner ? organizationCode(owner) : null,
        ownerName: text(owner?.['org_name']),
      };
    }),
    approval: raw('development', 'inv_approval').map((row) => ({
      approvalId: row['approval_id'] as Cell,
      projectCode: of(codeOf as Map<Cell | undefined, string>, row['project_id']),
      kind: code(row['doc_type'], { '10': 'PROPOSAL', '20': 'FEASIBILITY', '30': 'PRELIMINARY_DESIGN_BUDGET', '31': 'BUDGET_ADJUSTMENT', '40': 'START' }),
      documentNo: text(row['doc_no']),
      approvedAmount: scaled(row['approved_wan'], 4),
      approvedOn: text(row['approved_on']),
      approver: text(row['approver']),
    })),
    monthly_report: raw('development', 'inv_monthly_report').map((row) => ({
      reportId: row['report_id'] as Cell,
      projectCode: of(codeOf as Map<Cell | undefined, string>, row['project_id']),
      month: month(row['ym']),
      investmentDone: scaled(row['invest_done_wan'], 4),
      physicalPercent: row['physical_pct'] as Cell,
      plannedPercent: row['plan_pct'] as Cell,
      imageProgress: text(row['image_progress']),
      problems: text(row['problems']),
      submittedAt: shanghai(row['submitted_at']),
    })),
    appropriation: raw('finance', 'zb_zbwj')
      .filter((row) => row['zfbz'] !== '1' && !voided.has(row['xmdm'] as Cell))
      .map((row) => ({
        appropriationId: row['zbid'] as Cell,
        projectCode: of(finance, row['xmdm']),
        documentNo: text(row['zbwh']),
        fiscalYear: Number(row['ysnd']),
        amount: scaled(row['je'], 4),
        issuedOn: date(row['xdrq']),
        functionCode: text(row['gnfl']),
        economicCode: text(row['jjfl']),
        fundNature: text(row['zjxz']),
        fundNatureLabel: text(natures.get(row['zjxz'])),
      })),
    base_payment: [...payments(2023), ...payments(2024)],
    finance_contract: raw('finance', 'ht_htxx').map((row) => ({
      filingId: row['htid'] as Cell,
      contractNo: text(row['htbh']),
      projectCode: of(finance, row['xmdm']),
      amount: row['htje'] as Cell,
      contractorName: text(row['yfmc']),
      contractorKey: nameKey(row['yfmc']),
      contractorCode: uscc(row['yfdm']),
      signedOn: date(row['qdrq']),
      advanceRate: scaled(percent(row['yfkbl']), -2),
    })),
    base_contract: used('TBContractRecordManage').map((row) => ({
      recordNo: text(row['RecordNum']),
      contractNo: text(row['ContractNum']),
      projectCode: of(housing, row['PrjNum']),
      kind: code(row['ContractTypeNum'], {
        '100': 'SURVEY',
        '200': 'DESIGN',
        '301': 'CONSTRUCTION',
        '302': 'SUBCONTRACT',
        '303': 'LABOUR',
        '400': 'SUPERVISION',
        '600': 'EPC',
      }),
      amount: scaled(row['ContractMoney'], 4),
      signedOn: row['ContractDate'] === null ? null : String(row['ContractDate']).slice(0, 10),
      clientName: text(row['PropietorCorpName']),
      clientKey: nameKey(row['PropietorCorpName']),
      contractorName: text(row['ContractorCorpName']),
      contractorKey: nameKey(row['ContractorCorpName']),
      contractorCode: uscc(row['ContractorCorpCode']),
      consortiumName: text(row['UnionCorpName']),
    })),
    base_milestone: raw('housing', '工程节点').map((row) => ({
      milestoneId: row['节点编号'] as Cell,
      projectCode: of(housing, row['PrjNum']),
      name: text(row['节点名称']),
      weight: row['权重'] as Cell,
      plannedOn: text(row['计划完成']),
      actualOn: text(row['实际完成']),
      percent: percent(row['完成率']),
    })),
    inspection: raw('housing', '安全检查').map((row) => ({
      number: text(row['编号']),
      projectCode: of(housing, row['项目编号']),
      kind: code(row['检查类型'], { '1': 'ROUTINE', '2': 'DOUBLE_RANDOM', '3': 'SPECIAL' }),
      inspectedOn: text(row['检查日期']),
      inspector: text(row['检查人']),
      result: code(row['结果'], { '0': 'PASSED', '1': 'RECTIFY_BY_DATE', '2': 'STOP_WORK' }),
      problemCount: row['问题数'] as Cell,
      published: row['公示'] === null ? null : row['公示'] === '1',
    })),
    site_report: raw('housing', '现场问题').map((row) => ({
      number: text(row['单号']),
      projectCode: of(housing, row['项目编号']),
      channel: code(row['来源'], { '1': 'PATROL', '2': 'MOBILE_APP', '3': 'HOTLINE', '4': 'CITIZEN_APP', '5': 'VIDEO_AI' }),
      category: text(row['类别']),
      description: text(row['描述']),
      reportedAt: moment(row['上报时间']),
      status: code(row['状态'], { '0': 'REPORTED', '1': 'TRIAGED', '2': 'ASSIGNED', '3': 'IN_PROGRESS', '4': 'DONE', '5': 'CONFIRMED', '9': 'REJECTED' }),
      assigneeName: text(row['派单单位']),
      assigneeKey: nameKey(row['派单单位']),
      doneAt: moment(row['办结时间']),
      rating: row['满意度'] as Cell,
    })),
    base_credit_record: raw('housing', '信用评价').map((row) => ({
      recordId: row['id'] as Cell,
      organizationName: text(row['企业名称']),
      organizationKey: nameKey(row['企业名称']),
      organizationCode: uscc(row['统一社会信用代码']),
      year: row['年度'] as Cell,
      grade: text(row['等级']),
      list: code(row['榜单'], { '1': 'RED', '2': 'BLACK' }),
      reason: text(row['事由']),
      publishedOn: text(row['公布日期']),
      expiresOn: text(row['截止日期']),
      repaired: row['已修复'] as Cell,
    })),
    base_audit: raw('audit', 'sj_xm').map((row) => ({
      auditId: row['id'] as Cell,
      number: text(row['审计项目编号']),
      title: text(row['项目名称']),
      auditeeName: text(row['被审计单位']),
      kind: text(row['审计类型']),
      auditorName: text(row['审计机构']),
      startedOn: date(row['进点日期']),
      reportedOn: date(row['报告日期']),
    })),
    audit_project: raw('audit', 'sj_xm').flatMap((row) =>
      [
        ...new Set(
          String(row['项目代码'] ?? '')
            .split(/[、,，;；]/)
            .map(projectCode),
        ),
      ]
        .filter((c) => c !== null && exists.has(c))
        .map((c) => ({ auditId: row['id'] as Cell, projectCode: c })),
    ),
    base_finding: raw('audit', 'sj_wt').map((row) => ({
      findingId: row['wtid'] as Cell,
      auditId: row['xm_id'] as Cell,
      number: text(row['问题编号']),
      category: text(row['问题类型']),
      description: text(row['问题描述']),
      amount: amount(row['涉及金额']),
      responsibleName: text(row['责任单位']),
      responsibleKey: nameKey(row['责任单位']),
      dueOn: date(row['整改期限']),
      kind: code(row['整改类型'], { 立行立改: 'IMMEDIATE', 分阶段整改: 'PHASED', 持续整改: 'CONTINUOUS' }),
      status: code(row['整改状态'], { 已整改: 'COMPLETED', 正在整改: 'IN_PROGRESS', 部分整改: 'PARTIAL', 未整改: 'NOT_STARTED' }),
      transferred: row['是否移送'] === null ? null : row['是否移送'] === '是',
    })),
    rectification: raw('audit', 'sj_zg').map((row) => ({
      rectificationId: row['zgid'] as Cell,
      findingId: row['wtid'] as Cell,
      submittedOn: date(row['填报日期']),
      measure: text(row['整改措施']),
      recovered: amount(row['追回金额']),
      reviewResult: code(row['审核意见'], { 认可: 'ACCEPTED', 退回: 'RETURNED' }),
      reviewer: text(row['审核人']),
    })),
  };
}

/** Empty text is missing. */
const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined || cell === '' ? null : String(cell));

/** Full-width forms as ASCII. */
const narrow = (cell: Cell | undefined): string =>
  String(cell ?? '')
    .replaceAll(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replaceAll('　', ' ')
    .trim();

const code = (cell: Cell | undefined, codes: Readonly<Record<string, string>>): string | null => codes[String(cell ?? '').trim()] ?? null;

/** 投资项目统一代码: the twenty digits of any spelling, `YYMM-…` or, for 2015 to 2020, `YYYY-…`. */
function projectCode(cell: Cell | undefined): string | null {
  const digits = narrow(cell).replaceAll(/\D/g, '');
  const form = /^(201[5-9]|2020|20(?:09|1[0-2])|2[1-9](?:0[1-9]|1[0-2])|[3-9]\d(?:0[1-9]|1[0-2]))(\d{6})(\d\d)(\d\d)(\d{6})$/.exec(digits);
  return form ? form.slice(1).join('-') : null;
}

const uscc = (cell: Cell | undefined): string | null =>
  /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.exec(
    narrow(cell)
      .toUpperCase()
      .replaceAll(/[ –—-]/g, ''),
  )?.[0] ?? null;

/** Width, blanks and brackets do not distinguish organisations. */
const nameKey = (cell: Cell | undefined): string | null => text(narrow(cell).replaceAll(/[ ()[\]【】〔〕]/g, ''));

function date(cell: Cell | undefined): string | null {
  const form = /^(\d{4})(?:(\d\d)(\d\d)|-(\d\d?)-(\d\d?)|\.(\d\d?)\.(\d\d?)|\/(\d\d?)\/(\d\d?)|年(\d\d?)月(\d\d?)日)$/.exec(narrow(cell));
  if (!form) return null;
  const [year = '', monthPart = '', day = ''] = form.slice(1).filter((part) => part !== undefined);
  const iso = `${year}-${monthPart.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? null : iso;
}

const month = (cell: Cell | undefined): string | null =>
  /^\d{4}(0[1-9]|1[0-2])$/.test(String(cell)) ? `${String(cell).slice(0, 4)}-${String(cell).slice(4)}` : null;

/** Times without a zone are Shanghai's. */
const shanghai = (cell: Cell | undefined): string | null =>
  cell === null || cell === undefined ? null : `${String(cell).slice(0, 19).replace(' ', 'T')}+08:00`;

const moment = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : new Date(Number(cell)).toISOString());

/** 58%, 58 → 58 */
const percent = (cell: Cell | undefined): string | null => /^(\d+(?:\.\d+)?) *%?$/.exec(narrow(cell))?.[1] ?? null;

const UNITS: Readonly<Record<string, number>> = { 亿元: 8, 亿: 8, 万元: 4, 万: 4, 千元: 3, 元: 0, '': 0 };

/** 1,200万 → 12000000 */
function amount(cell: Cell | undefined): string | null {
  const form = /^(-?\d+(?:\.\d+)?)(亿元|亿|万元|万|千元|元|)$/.exec(narrow(cell).replaceAll(/[, ¥$]/g, ''));
  return form ? scaled(form[1] as string, UNITS[form[2] as string] as number) : null;
}

/** A decimal moved by powers of ten, exactly: Postgres reads the exponent. */
const scaled = (cell: Cell | undefined, power: number): string | null => (cell === null || cell === undefined ? null : `${String(cell)}e${power}`);

const isKey = (cell: Cell | undefined): boolean | null =>
  cell === null || cell === undefined ? null : ((JSON.parse(String(cell)) as { is_key?: boolean }).is_key ?? null);
