import { csvCell } from '../access/log/export-records.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { CatalogueField, CatalogueType } from './catalogue.ts';

/** 核心元数据 of 政务信息资源目录编制指南, in its order, then where the hub reads it. */
const HEAD = [
  '信息资源分类',
  '信息资源代码',
  '信息资源名称',
  '信息资源提供方',
  '信息资源提供方代码',
  '信息资源摘要',
  '信息资源格式',
  '信息项名称',
  '数据类型',
  '共享类型',
  '共享条件',
  '共享方式',
  '是否向社会开放',
  '开放条件',
  '更新周期',
  '发布日期',
  '关联资源代码',
  '来源',
] as const;
const SHARING: Readonly<Record<string, string>> = { UNCONDITIONAL: '无条件共享', CONDITIONAL: '有条件共享', NOT_SHARED: '不予共享' };
/** The guideline's own names of data types; any other scalar, and every enum, is text. */
const DATA_TYPES: Readonly<Record<string, string>> = {
  Int: '整型 I',
  BigInt: '整型 I',
  Float: '双精度型 B',
  Decimal: '数值型 N',
  Boolean: '逻辑型 L',
  Date: '日期型 D',
  DateTime: '日期时间型 T',
  JSON: '通用型 G',
  GeoJSON: '通用型 G',
};
const MONEY = '货币型 Y';
const RELATION = '关联资源';
const TEXT = '字符型 C';

export type CatalogueRow = Readonly<Record<(typeof HEAD)[number], string>>;

/**
 * 政务信息资源目录 core metadata: one row for each information item (信息项), in the order of the guideline's columns. Opening to the public is decided elsewhere, and
 * nothing here is open. Values are read from the department's database when they are asked for, so every item is as new as that.
 * @param publishedAt RFC 3339: since when a file of the release says what it says
 */
export function catalogueRows(
  types: readonly CatalogueType[],
  { departments, sources }: Pick<HubConfiguration, 'departments' | 'sources'>,
  publishedAt: (file: string) => string,
): CatalogueRow[] {
  const names = new Set(types.map(({ name }) => name));
  const formatOf = ({ lineage }: Pick<CatalogueField, 'lineage'>): string[] =>
    lineage.map(({ source }) => sources.get(source)).flatMap((source) => (source ? [source.flavor ?? source.kind] : []));
  return types.flatMap((type) => {
    const related = [...new Set(type.fields.map((field) => elementOf(field.type)).filter((name) => names.has(name) && name !== type.name))];
    const givers = new Set(type.fields.flatMap(({ lineage }) => lineage.map(({ department }) => department)));
    const formats = [...new Set(type.fields.flatMap(formatOf))];
    const published = type.files.map(publishedAt).toSorted().at(-1) ?? '';
    return type.fields
      .filter(({ lineage, derivation }) => lineage.length > 0 || derivation !== undefined)
      .map((field): CatalogueRow => {
        const department = field.authority ?? type.authority ?? '';
        const own = [...new Set(formatOf(field))];
        return {
          // What several departments make up together is about a subject, not about one of them.
          信息资源分类: givers.size > 1 ? '主题政务信息资源' : '部门政务信息资源',
          信息资源代码: type.name,
          信息资源名称: type.label?.zh ?? type.label?.en ?? type.name,
          信息资源提供方: departments.get(department)?.zh ?? departments.get(department)?.en ?? department,
          信息资源提供方代码: department,
          信息资源摘要: type.description ?? type.label?.zh ?? type.name,
          信息资源格式: `数据库（${(own.length > 0 ? own : formats).join('、')}）`,
          信息项名称: field.label?.zh ?? field.label?.en ?? field.name,
          数据类型: field.unit !== undefined ? MONEY : names.has(elementOf(field.type)) ? RELATION : (DATA_TYPES[field.type] ?? TEXT),
          // What nothing was decided for is shared by agreement alone.
          共享类型: field.sharing ? (SHARING[field.sharing.class] ?? field.sharing.class) : '有条件共享',
          共享条件: field.sharing?.grade ?? '',
          共享方式: field.sharing?.class === 'NOT_SHARED' ? '' : '共享平台方式',
          是否向社会开放: '否',
          开放条件: '',
          更新周期: '实时',
          发布日期: published.slice(0, 10),
          关联资源代码: related.join('、'),
          来源: field.lineage.map(({ source, tables, columns }) => `${source}:${tables.join('/')}.${columns.join('+')}`).join('; ') || (field.derivation ?? ''),
        };
      });
  });
}

const elementOf = (type: string): string => type.replaceAll(/[[\]]/g, '');

/** RFC 4180, with a byte-order mark so that spreadsheets read it as UTF-8; no cell can be taken for a formula. */
export function catalogueCsv(rows: readonly CatalogueRow[]): string {
  return `\uFEFF${[HEAD, ...rows.map((row) => HEAD.map((head) => row[head]))].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
