/** Rows beside the demo's own that it has too few of: departments that keep one project under several numbers, and what hangs on each of them. */
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { departments, type DepartmentName, type Target } from '../../scripts/demo-data/index.ts';
import type { Row, Rows } from '../../scripts/demo-data/table.ts';

const PAYEE = '苏州市某照明科技股份有限公司';
const voucher = (number: string, project: string, fen: string, day: string, status: string): Row => [
  number,
  project,
  'SZZJ-2023-0099',
  fen,
  day,
  '11',
  '111',
  PAYEE,
  '6222021001112223334',
  '工行苏州分行',
  '进度款',
  status,
  null,
  null,
  null,
  `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)} 09:00:00`,
];

export const extraRows: Readonly<Partial<Record<DepartmentName, readonly Rows[]>>> = {
  finance: [
    {
      table: 'xm_xxb',
      rows: [
        ['320500230000000000098', '２３０１３２０５０００４０１１２３４５６', '智慧城市照明提升(二标)', '308001', '1'],
        ['320500230000000000099', '2301 320500 04 01 123456', '智慧照明(三标)', '308001', '9'],
      ],
    },
    {
      table: 'zb_zbwj',
      rows: [
        ['11', '苏财建〔2024〕10号', '2024', '320500230000000000098', '2120803', '50402', '121', '100.000001', '20240119', '0'],
        ['12', '苏财建〔2024〕11号', '2024', '320500230000000000099', '2120803', '50402', '121', '9999.000000', '20240119', '0'],
      ],
    },
    {
      table: 'zf_zfpz_2023',
      rows: [
        voucher('ZF2023900001', '320500230000000000098', '12345678', '20230701', '2'),
        voucher('ZF2023900002', '320500230000000000098', '1', '20230702', '1'),
      ],
    },
    { table: 'zf_zfpz_2024', rows: [voucher('ZF2024900001', '320500230000000000099', '7700', '20240102', '2')] },
    { table: 'ht_htxx', rows: [['11', 'SZZJ-2023-0099', '320500230000000000098', '123456.78', PAYEE, '91320500ＭＡ99Ｘ001Ｘ7', '20230701', '３０％']] },
  ],
  housing: [
    {
      table: 'xref_prj',
      rows: [
        ['3205002303010202', '2301320500040１123456', '人工', true, null],
        ['3205002303010203', '2301-320500-04-01-123456', '人工', true, '2024-06-29'],
      ],
    },
    {
      table: 'TBContractRecordManage',
      rows: [
        ['3205002303010202-HZ-001', '3205002303010202', 'SZZJ-2023-0099', '301', '12.3457', '2023-07-01 00:00:00', '苏州市住建局', `${PAYEE} `, '', null, 'U'],
        ['3205002303010203-HZ-001', '3205002303010203', 'SZZJ-2023-0100', '301', '99.0000', null, null, null, null, null, 'U'],
      ],
    },
    {
      table: '工程节点',
      rows: [
        [11, '3205002303010202', '路口灯具更换', '2024-05-31', null, '10.00', '５８％'],
        [12, '3205002303010203', '无人认领', '2024-05-31', null, null, null],
      ],
    },
    { table: '安全检查', rows: [['JC-11', '3205002303010202', 2, '2024-03-01', null, 1, null, null]] },
  ],
  audit: [
    {
      table: 'sj_xm',
      rows: [[11, '苏审投〔2024〕9号', '2301320500040112345６；20183205004801515465、，无', '三项目审计', null, '专项审计', null, '', '2024年6月31日']],
    },
    {
      table: 'sj_wt',
      rows: [
        [11, 11, '2024-9-01', '资金管理不规范', null, '０．５亿元', PAYEE, '2024-06-30', '立行立改', '部分整改', null],
        [12, 11, '2024-9-02', '超进度付款', '', '12', '', '2024-06-29', '', '未整改', '否'],
        [13, null, '2024-9-03', null, null, null, null, null, null, null, null],
      ],
    },
  ],
};

/** Adds the extra rows to a department that was just loaded. */
export async function loadExtraRows(department: DepartmentName, target: Target): Promise<void> {
  if (target.engine === 'sqlite') throw new Error('extra rows go to servers only');
  const { tables, schema } = departments[department];
  const run = target.engine === 'postgres' ? await onPostgres(target.url) : await onMariadb(target.url);
  const quote = (name: string): string => (target.engine === 'postgres' ? `"${name}"` : `\`${name}\``);
  try {
    for (const { table, rows } of extraRows[department] ?? []) {
      const columns = tables.find((t) => t.name === table)?.columns ?? [];
      for (const row of rows) {
        const into = target.engine === 'postgres' ? `${quote(schema)}.${quote(table)}` : quote(table);
        const places = columns.map((_, i) => (target.engine === 'postgres' ? `$${i + 1}` : '?'));
        await run.query(`insert into ${into} (${columns.map((c) => quote(c.name)).join(', ')}) values (${places.join(', ')})`, [...row]);
      }
    }
  } finally {
    await run.end();
  }
}

interface Session {
  query(sql: string, values: unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

async function onPostgres(url: string): Promise<Session> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { query: (sql, values) => client.query(sql, values), end: () => client.end() };
}

async function onMariadb(url: string): Promise<Session> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' });
  return { query: (sql, values) => connection.query(sql, values), end: () => connection.end() };
}
