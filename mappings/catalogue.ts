import { parse } from 'graphql';
import { csvCell } from '../access/log/export-records.ts';
import { readsOf } from '../federation/drift/reads.ts';
import { printMeaning } from '../federation/drift/mapping-digest.ts';
import type { Expr } from '../connectors/spi/ir.ts';
import type { Generation } from '../federation/supergraph/generation.ts';
import type { Release } from '../schema/model/release.ts';
import type { Label, LeafField, UnifiedField, UnifiedType } from '../schema/model/unified.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { documentReadings } from './document-readings.ts';
import type { UsedOperation } from './usage.ts';

/** 政务信息资源: what there is, whose it is, where it comes from, and who asks for it. */
export interface CatalogueType {
  readonly name: string;
  readonly label?: Label;
  readonly description?: string;
  readonly authority?: string;
  readonly fields: readonly CatalogueField[];
}

export interface CatalogueField {
  readonly name: string;
  readonly type: string;
  readonly label?: Label;
  readonly description?: string;
  /** Which department's value counts. */
  readonly authority?: string;
  readonly unit?: string;
  readonly sharing?: { readonly class: string; readonly grade?: string };
  readonly personal?: string;
  /** How it is made of other fields, where it is. */
  readonly derivation?: string;
  /** Field ← transform ← column, for each source that gives it. */
  readonly lineage: readonly {
    readonly source: string;
    readonly department: string;
    readonly tables: readonly string[];
    readonly columns: readonly string[];
    readonly transform: string;
  }[];
  /** Names of operations that read, filter or order by it since this instance started, with how often. */
  readonly usedBy: readonly { readonly operation: string; readonly count: number }[];
}

/** Of the live release. Pure. */
export function catalogueOf(release: Release, generation: Generation, operations: readonly UsedOperation[]): CatalogueType[] {
  const usage = usageOf(generation, release, operations);
  return [...release.model.types.values()].map((type) => ({
    name: type.name,
    ...present({ label: type.label, description: type.description, authority: type.authority }),
    fields: [...type.fields.values()].map((field) => fieldOf(type, field, release, generation, usage.get(`${type.name}.${field.name}`) ?? [])),
  }));
}

function fieldOf(type: UnifiedType, field: UnifiedField, release: Release, { supergraph }: Generation, usedBy: CatalogueField['usedBy']): CatalogueField {
  const typeName = field.kind === 'leaf' ? field.type.name : field.kind === 'value' ? field.type : field.many ? `[${field.target}]` : field.target;
  const bindings = supergraph.bindings.get(type.name) ?? [];
  const lineage = bindings.flatMap((binding) =>
    [...binding.fields.values()].flatMap((bound) => {
      if (bound.path.split('.')[0] !== field.name) return [];
      const mapping = release.mappings
        .find(({ source, types }) => source === binding.source && types.has(type.name))
        ?.types.get(type.name)
        ?.fields.get(bound.path);
      const { column: _column, ...steps } = mapping ?? {};
      const columns = columnsOf([bound.reads, bound.crosswalk?.local]);
      const transform = printMeaning(steps);
      return [
        { source: binding.source, department: binding.department, tables: binding.tables, columns, transform: transform === '{}' ? 'as it is' : transform },
      ];
    }),
  );
  const leaf: LeafField | undefined = field.kind === 'leaf' ? field : undefined;
  return {
    name: field.name,
    type: typeName,
    ...present({
      label: field.label,
      description: field.description,
      authority: field.authority ?? type.authority,
      unit: leaf?.unit?.code,
      sharing: field.sharing,
      personal: field.personal,
      derivation: leaf?.derivation ? printMeaning(leaf.derivation) : undefined,
    }),
    lineage,
    usedBy,
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

function columnsOf(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const expr = node as Partial<Extract<Expr, { kind: 'column' }>>;
    if (expr.kind === 'column' && typeof expr.column === 'string') found.add(expr.column);
    Object.values(node).forEach(visit);
  };
  visit(value);
  for (const column of readsOf(value).columns) found.add((JSON.parse(column) as string[])[2] ?? '');
  return [...found];
}

function usageOf({ schema }: Generation, { model }: Release, operations: readonly UsedOperation[]): Map<string, { operation: string; count: number }[]> {
  const usage = new Map<string, { operation: string; count: number }[]>();
  for (const { name, document, count } of operations) {
    for (const reading of documentReadings(parse(document, { noLocation: true }), schema, model)) {
      const list = usage.get(reading) ?? [];
      usage.set(reading, [...list, { operation: name, count }]);
    }
  }
  return usage;
}

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

export type CatalogueRow = Readonly<Record<(typeof HEAD)[number], string>>;

/** What an answer through this hub is like, whatever the item. Opening to the public is decided elsewhere, and nothing here is open. */
const OF_THE_HUB = { 信息资源分类: '部门政务信息资源', 信息资源格式: '数据库', 是否向社会开放: '否', 开放条件: '', 更新周期: '实时' } as const;

/** 政务信息资源目录 core metadata: one row for each information item (信息项), in the order of the guideline's columns. */
export function catalogueRows(types: readonly CatalogueType[], { departments }: Pick<HubConfiguration, 'departments'>, publishedAt: string): CatalogueRow[] {
  const names = new Set(types.map(({ name }) => name));
  return types.flatMap((type) => {
    const related = [...new Set(type.fields.map((field) => field.type.replaceAll(/[[\]]/g, '')).filter((name) => names.has(name) && name !== type.name))];
    return type.fields
      .filter(({ lineage, derivation }) => lineage.length > 0 || derivation !== undefined)
      .map((field): CatalogueRow => {
        const department = field.authority ?? type.authority ?? '';
        return {
          ...OF_THE_HUB,
          信息资源代码: type.name,
          信息资源名称: type.label?.zh ?? type.label?.en ?? type.name,
          信息资源提供方: departments.get(department)?.zh ?? departments.get(department)?.en ?? department,
          信息资源提供方代码: department,
          信息资源摘要: type.description ?? type.label?.zh ?? type.name,
          信息项名称: field.label?.zh ?? field.label?.en ?? field.name,
          数据类型: field.type,
          // What nothing was decided for is shared by agreement alone.
          共享类型: field.sharing ? (SHARING[field.sharing.class] ?? field.sharing.class) : '有条件共享',
          共享条件: field.sharing?.grade ?? '',
          共享方式: field.sharing?.class === 'NOT_SHARED' ? '' : '共享平台方式',
          发布日期: publishedAt.slice(0, 10),
          关联资源代码: related.join('、'),
          来源: field.lineage.map(({ source, tables, columns }) => `${source}:${tables.join('/')}.${columns.join('+')}`).join('; ') || (field.derivation ?? ''),
        };
      });
  });
}

/** RFC 4180, with a byte-order mark so that spreadsheets read it as UTF-8; no cell can be taken for a formula. */
export function catalogueCsv(rows: readonly CatalogueRow[]): string {
  return `\uFEFF${[HEAD, ...rows.map((row) => HEAD.map((head) => row[head]))].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
