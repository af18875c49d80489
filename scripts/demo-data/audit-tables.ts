import { column, labelled, type Department } from './table.ts';

/** 审计局 · 投资审计与整改台账 */
export const audit: Department = {
  name: 'audit',
  schema: 'sjj',
  tables: [
    {
      name: 'sj_xm',
      columns: [
        column('id', 'serial'),
        column('审计项目编号', 'varchar(40)'),
        labelled('项目代码', 'varchar(60)', '手工录入,可能多个,以、分隔'),
        column('项目名称', 'varchar(200)'),
        column('被审计单位', 'varchar(200)'),
        labelled('审计类型', 'varchar(20)', '跟踪审计/竣工决算审计/预算执行审计/第三方审计'),
        column('审计机构', 'varchar(200)'),
        column('进点日期', 'varchar(20)'),
        column('报告日期', 'varchar(20)'),
      ],
      primaryKey: ['id'],
    },
    {
      name: 'sj_wt',
      columns: [
        column('wtid', 'serial'),
        column('xm_id', 'int'),
        column('问题编号', 'varchar(30)'),
        column('问题类型', 'varchar(40)'),
        column('问题描述', 'text'),
        labelled('涉及金额', 'varchar(40)', '如 123.45万元'),
        column('责任单位', 'varchar(200)'),
        column('整改期限', 'varchar(20)'),
        labelled('整改类型', 'varchar(20)', '立行立改/分阶段整改/持续整改'),
        labelled('整改状态', 'varchar(20)', '已整改/正在整改/未整改/部分整改'),
        column('是否移送', 'varchar(4)'),
      ],
      primaryKey: ['wtid'],
      indexes: [['xm_id']],
    },
    {
      name: 'sj_zg',
      columns: [
        column('zgid', 'serial'),
        column('wtid', 'int'),
        column('填报日期', 'varchar(20)'),
        column('整改措施', 'text'),
        column('追回金额', 'varchar(40)'),
        labelled('审核意见', 'varchar(20)', '认可/退回'),
        column('审核人', 'varchar(30)'),
      ],
      primaryKey: ['zgid'],
      indexes: [['wtid']],
    },
    {
      name: 'sj_lxr',
      columns: [
        column('id', 'int'),
        column('单位', 'varchar(200)'),
        column('姓名', 'varchar(30)'),
        column('身份证号', 'varchar(18)'),
        column('手机', 'varchar(20)'),
        column('银行卡', 'varchar(30)'),
      ],
      primaryKey: ['id'],
    },
  ],
};
