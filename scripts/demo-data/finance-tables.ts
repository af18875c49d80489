import { column, labelled, type Department, type Table } from './table.ts';

const payments = (year: number): Table => ({
  name: `zf_zfpz_${year}`,
  comment: '支付凭证2023', // the yearly tables are copies of the first, comment and all
  columns: [
    labelled('pzh', 'varchar(30)', '凭证号'),
    column('xmdm', 'varchar(30)'),
    column('htbh', 'varchar(60)'),
    labelled('zje', 'bigint', '金额(分),退款为负'),
    labelled('zfrq', 'char(8)', '支付日期'),
    column('zffs', 'char(2)'),
    column('zjxz', 'char(3)'),
    labelled('skrmc', 'varchar(200)', '收款人全称'),
    labelled('skrzh', 'varchar(40)', '收款人账号'),
    column('skyh', 'varchar(120)'),
    labelled('zy', 'varchar(200)', '摘要'),
    labelled('zt', 'char(1)', '0录入 1已审 2已付 3退票 9作废'),
    labelled('yhlsh', 'varchar(40)', '银行流水号'),
    labelled('hx', 'char(64)', '链上摘要'),
    labelled('hxs', 'char(64)', '上一摘要'),
    column('gxsj', 'timestamp'),
  ],
  primaryKey: ['pzh'],
  indexes: [['xmdm', 'zfrq'], ['htbh'], ['zfrq']],
});

/** 财政局 · 预算指标与国库集中支付库 */
export const finance: Department = {
  name: 'finance',
  schema: 'czgk',
  tables: [
    {
      name: 'dm_dw',
      comment: '预算单位(旧系统,GBK)',
      charset: 'gbk',
      columns: [
        labelled('dwdm', 'varchar(12)', '单位预算编码'),
        labelled('dwmc', 'varchar(100)', '单位名称'),
        labelled('zzjgdm', 'varchar(18)', '组织机构代码或信用代码'),
      ],
      primaryKey: ['dwdm'],
    },
    { name: 'dm_zjxz', comment: '资金性质', columns: [column('dm', 'char(3)'), column('mc', 'varchar(60)')], primaryKey: ['dm'] },
    { name: 'dm_zffs', comment: '支付方式', columns: [column('dm', 'char(2)'), column('mc', 'varchar(40)')], primaryKey: ['dm'] },
    {
      name: 'xm_xxb',
      comment: '项目信息表',
      columns: [
        labelled('xmdm', 'varchar(30)', '预算项目编码'),
        labelled('tydm', 'varchar(40)', '投资项目统一代码(20位数字,可能空)'),
        labelled('xmmc', 'varchar(200)', '项目名称'),
        column('dwdm', 'varchar(12)'),
        labelled('xmzt', 'char(1)', '1在用 2结束 9作废'),
      ],
      primaryKey: ['xmdm'],
      indexes: [['tydm']],
    },
    {
      name: 'zb_zbwj',
      comment: '指标文件',
      columns: [
        column('zbid', 'bigint'),
        labelled('zbwh', 'varchar(60)', '指标文号'),
        labelled('ysnd', 'char(4)', '预算年度'),
        column('xmdm', 'varchar(30)'),
        labelled('gnfl', 'varchar(7)', '支出功能分类'),
        labelled('jjfl', 'varchar(5)', '政府预算支出经济分类'),
        column('zjxz', 'char(3)'),
        labelled('je', 'decimal(18,6)', '金额(万元)'),
        labelled('xdrq', 'char(8)', '下达日期YYYYMMDD'),
        labelled('zfbz', 'char(1)', '作废标志', { default: { value: '0' } }),
      ],
      primaryKey: ['zbid'],
      indexes: [['xmdm']],
    },
    {
      name: 'ht_htxx',
      comment: '支付合同备案',
      columns: [
        column('htid', 'bigint'),
        labelled('htbh', 'varchar(60)', '合同编号'),
        column('xmdm', 'varchar(30)'),
        labelled('htje', 'decimal(18,2)', '合同金额(元)'),
        labelled('yfmc', 'varchar(200)', '乙方名称'),
        labelled('yfdm', 'varchar(20)', '乙方代码'),
        column('qdrq', 'char(8)'),
        labelled('yfkbl', 'varchar(8)', '预付款比例 30%'),
      ],
      primaryKey: ['htid'],
      indexes: [['htbh'], ['xmdm']],
    },
    payments(2023),
    payments(2024),
  ],
};
