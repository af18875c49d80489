import { parse } from 'graphql';
import { columnNamesIn, readsOf } from '../federation/drift/reads.ts';
import { printMeaning } from '../federation/drift/mapping-digest.ts';
import type { Generation } from '../federation/supergraph/generation.ts';
import type { Release } from '../schema/model/release.ts';
import type { Label, LeafField, UnifiedField, UnifiedType } from '../schema/model/unified.ts';
import { documentReadings } from './document-readings.ts';
import type { UsedOperation } from './usage.ts';

/** 政务信息资源: what there is, whose it is, where it comes from, and who asks for it. */
export interface CatalogueType {
  readonly name: string;
  readonly label?: Label;
  readonly description?: string;
  readonly authority?: string;
  /** Of the release: where it and what gives it stand. */
  readonly files: readonly string[];
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
    files: [type.place.file, ...release.mappings.flatMap(({ file, types }) => (types.has(type.name) ? [file] : []))],
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
  const found = columnNamesIn(value);
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
