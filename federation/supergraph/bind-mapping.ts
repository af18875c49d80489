import { placeWithin } from '../../schema/parse/origin.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { Mapping, Normalizer, TypeMapping, ValueMapping } from '../../schema/model/mapping.ts';
import { entityNames, type UnifiedModel, type UnifiedType } from '../../schema/model/unified.ts';
import type { CrosswalkBinding, FieldBinding, TypeBinding } from './binding.ts';
import { bindCrosswalk } from './bind-crosswalk.ts';
import { bindField } from './bind-field.ts';
import { createProblems, type Problems } from './bind-problems.ts';
import { bindRows, TABLE_COLUMN } from './bind-rows.ts';
import { leafAt, mappableLeaves, targetOf } from './bind-target.ts';

export interface BindInput {
  readonly mapping: Mapping;
  /** What the mapping's source contains. */
  readonly catalog: Catalog;
  readonly model: UnifiedModel;
  readonly normalizers: ReadonlyMap<string, Normalizer>;
  readonly department: string;
  /** IANA name; the meaning of naive timestamps. */
  readonly timeZone: string;
}

export interface BoundMapping {
  /** Types whose rows and key are sound; a field with a fault is left out of its type. */
  readonly types: readonly TypeBinding[];
  readonly crosswalks: readonly CrosswalkBinding[];
  /** Everything that is wrong, each at its place. Empty: the mapping may be published. */
  readonly problems: readonly Problem[];
  /** For each mapped type, fields (as mappings name them) with a value from here and without. */
  readonly coverage: ReadonlyMap<string, Coverage>;
  /** Types, and `crosswalk <Entity>`, whose rows or key have a fault: what is bound of them is not what was meant. */
  readonly unsound: ReadonlySet<string>;
}

export interface Coverage {
  readonly mapped: readonly string[];
  readonly unmapped: readonly string[];
}

/** Checks a mapping against the schema and against what its source contains, and makes of it what planning needs. Pure; never throws for what a person wrote. */
export function bindMapping(input: BindInput): BoundMapping {
  const problems = createProblems();
  const types: TypeBinding[] = [];
  const crosswalks: CrosswalkBinding[] = [];
  const coverage = new Map<string, Coverage>();
  const unsound = new Set<string>();

  for (const [name, mapping] of input.mapping.types) {
    const type = entityOf(name, mapping.place, input.model, problems);
    if (type === undefined) continue;
    coverage.set(name, coverageOf(type, mapping, input.model));
    const bound = bindType(type, mapping, input, problems, unsound);
    if (bound !== undefined) types.push(bound);
  }
  for (const [name, mapping] of input.mapping.crosswalks) {
    const entity = entityOf(name, mapping.place, input.model, problems);
    const faults = problems.list.length;
    const bound = entity && bindCrosswalk(entity, mapping, input, problems);
    if (problems.list.length > faults) unsound.add(`crosswalk ${name}`);
    if (bound !== undefined) crosswalks.push(bound);
  }
  return { types, crosswalks, problems: problems.list, coverage, unsound };
}

function entityOf(name: string, place: TypeMapping['place'], model: UnifiedModel, problems: Problems): UnifiedType | undefined {
  const type = model.types.get(name);
  if (type === undefined) problems.add(place, `the unified schema has no type "${name}"`, suggestion(name, entityNames(model)));
  else if (type.kind === 'value')
    problems.add(
      place,
      `"${name}" is part of other types and has no rows of its own`,
      'map it as a field of the type that holds it, e.g. `location.longitude`',
    );
  else return type;
  return undefined;
}

function bindType(type: UnifiedType, mapping: TypeMapping, input: BindInput, problems: Problems, unsound: Set<string>): TypeBinding | undefined {
  const { catalog, timeZone, model, normalizers } = input;
  const faults = problems.list.length;
  const rows = bindRows(mapping.rows, { catalog, timeZone, problems });
  if (rows === undefined) return undefined;
  const key = mapping.key.flatMap((column) => problems.attempt(mapping, () => rows.column(column).expr, 'key') ?? []);
  if (problems.list.length > faults) unsound.add(type.name);
  if (mapping.key.length === 0) problems.add(mapping.place, `type ${type.name} names no key`, 'give `key`: the columns that identify a row');

  const fields = new Map<string, FieldBinding>();
  for (const [path, value] of mapping.fields) {
    const bound = problems.attempt(value, () => {
      const target = targetOf(leafAt(type, path, model).type, model, normalizers);
      if (value.crosswalk !== undefined) checkCrosswalk(value.crosswalk, value, input, problems);
      return bindField(path, value, target, { rows, problems, timeZone, normalizers });
    });
    if (bound !== undefined) fields.set(path, bound);
  }
  for (const field of type.key) {
    if (!mapping.fields.has(field))
      problems.add(mapping.place, `the key field ${type.name}.${field} is not mapped`, 'every source of a type must say which entity a row is');
  }
  if (key.length === 0 || key.length < mapping.key.length) return undefined;
  const crosswalk = input.mapping.crosswalks.get(type.name);
  // What other sources know of a row is found by it; its faults are reported where the crosswalk is bound.
  if (crosswalk?.of === type.name) createProblems().attempt(crosswalk, () => rows.column(crosswalk.local));
  const table = rows.tables.length > 1 && mapping.rows.grouped === undefined ? rows.column(TABLE_COLUMN).expr : undefined;
  return {
    type: type.name,
    source: input.mapping.source,
    department: input.department,
    rows: rows.build(),
    key,
    tables: rows.tables,
    ...(table ? { table } : {}),
    fields,
    ...(rows.estimate === undefined ? {} : { rowEstimate: rows.estimate }),
  };
}

function checkCrosswalk(entity: string, value: ValueMapping, { mapping }: BindInput, problems: Problems): void {
  if (!mapping.crosswalks.has(entity))
    problems.add(
      placeWithin(value, ['crosswalk'], value.place),
      `this mapping has no crosswalk "${entity}"`,
      suggestion(entity, [...mapping.crosswalks.keys()], 'define it under `crosswalks`'),
    );
}

function coverageOf(type: UnifiedType, mapping: TypeMapping, model: UnifiedModel): Coverage {
  const leaves = mappableLeaves(type, model);
  return { mapped: leaves.filter((leaf) => mapping.fields.has(leaf)), unmapped: leaves.filter((leaf) => !mapping.fields.has(leaf)) };
}
