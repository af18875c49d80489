import { lowerCamel } from '../schema/api/names.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';
import { suggestCodes } from './suggest-codes.ts';
import { suggestField } from './suggest-field.ts';
import { pascal, typeName } from './suggest-names.ts';
import { isSameTable, type SuggestedTables } from './suggest-tables.ts';

/** A suggested type, with the field of each column. */
export interface SuggestedType extends Omit<SuggestedTables, 'tables'> {
  readonly type: string;
  readonly key: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

/** How a type hangs together with another. */
export interface RelationSuggestion {
  readonly name: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly references: readonly string[];
  readonly evidence: string;
  readonly confidence: number;
}

export interface SuggestedRelations {
  /** By type. */
  readonly relations: ReadonlyMap<string, readonly RelationSuggestion[]>;
  /** `Child.parent`: whole numbers that are compared with longer ones, and so must be BigInt themselves. */
  readonly widened: ReadonlySet<string>;
  /** Left out: their ends would be of different types. */
  readonly refused: readonly { readonly type: string; readonly relation: RelationSuggestion }[];
}

/** Only relations whose ends are of the same type, as the schema wants them. Pure. */
export function suggestRelations(types: readonly SuggestedType[], model: UnifiedModel): SuggestedRelations {
  const all = types.flatMap((type) => relationsOf(type, types, model).map((relation) => ({ type: type.type, relation })));
  const leaves = new Map<string, string>(types.flatMap((type) => leavesOf(type).map(([field, leaf]) => [`${type.type}.${field}`, leaf] as const)));
  const leafOf = (type: string, field: string): string | undefined => {
    const known = model.types.get(type)?.fields.get(field);
    return leaves.get(`${type}.${field}`) ?? (known?.kind === 'leaf' ? known.type.name : undefined);
  };
  const widened = new Set<string>();
  for (let before = -1; before < widened.size;) {
    before = widened.size;
    for (const { type, relation } of all)
      for (const [index, field] of relation.fields.entries()) {
        const pair = [`${type}.${field}`, `${relation.target}.${relation.references[index] ?? ''}`];
        const kinds = [leafOf(type, field), leafOf(relation.target, relation.references[index] ?? '')];
        const narrow = kinds.includes('BigInt') ? pair[kinds.indexOf('Int')] : undefined;
        if (narrow === undefined || !leaves.has(narrow)) continue;
        leaves.set(narrow, 'BigInt');
        widened.add(narrow);
      }
  }
  const isSound = ({ type, relation }: (typeof all)[number]): boolean =>
    relation.fields.every((field, index) => {
      const leaf = leafOf(type, field);
      return leaf !== undefined && leaf !== 'JSON' && leaf === leafOf(relation.target, relation.references[index] ?? '');
    });
  const sound = Map.groupBy(all.filter(isSound), ({ type }) => type);
  return {
    relations: new Map([...sound].map(([type, each]) => [type, each.map(({ relation }) => relation)])),
    widened,
    refused: all.filter((each) => !isSound(each)),
  };
}

/** Each field with its scalar; one that becomes a code list is of an enum of its own. */
function leavesOf({ profile, fields, key, placeholder }: SuggestedType): (readonly [string, string])[] {
  const leaves = profile.table.columns.flatMap((column) => {
    const field = fields.get(column.name);
    const values = profile.raw.get(column.name) ?? [];
    const found = suggestField(column, values);
    if (field === undefined || !found) return [];
    const isKey = key.includes(column.name);
    if (!isKey && suggestCodes(column, values)) return [[field, `enum of ${field}`] as const];
    return [[field, isKey && found.scalar === 'JSON' ? 'String' : found.scalar] as const];
  });
  return placeholder === undefined ? leaves : [...leaves, [fields.get(placeholder) ?? placeholder, 'String']];
}

function relationsOf({ type, profile, fields, key }: SuggestedType, groups: readonly SuggestedType[], model: UnifiedModel): RelationSuggestion[] {
  const found: RelationSuggestion[] = [];
  const related = new Set<string>();
  const nameOf = (column: string, target: string): string => {
    const stem = column.replace(/_?(?:id|ID|Id|code|Code|dm|bh)$/, '');
    return stem === '' || stem === column ? lowerCamel(target) : lowerCamel(pascal(stem));
  };
  for (const foreign of profile.table.foreignKeys) {
    const names = foreign.columns.map((column) => fields.get(column));
    const [column = ''] = foreign.columns;
    const own = groups.find((group) => group.placeholder === undefined && isSameTable(group.profile.table, foreign.table));
    const ends = own
      ? { target: own.type, references: foreign.references.map((reference) => own.fields.get(reference)) }
      : outside(typeName(foreign.table.name), foreign.columns, model);
    if (!ends || names.some((name) => name === undefined) || ends.references.some((name) => name === undefined)) continue;
    foreign.columns.forEach((each) => related.add(each));
    const own1 = own ? 'its foreign key' : `its foreign key to ${foreign.table.name}, a type that there is already`;
    found.push({
      name: nameOf(column, ends.target),
      target: ends.target,
      fields: names as string[],
      references: ends.references as string[],
      evidence: own1,
      confidence: own ? 1 : 0.8,
    });
  }
  for (const { column } of profile.columns) {
    if (related.has(column.name) || (key.length === 1 && key[0] === column.name)) continue;
    const field = fields.get(column.name);
    const owner = groups.find((group) => group.type !== type && group.key.length === 1 && group.key[0] === column.name && column.name.length > 2);
    const ends = owner ? { target: owner.type, references: [owner.fields.get(column.name)] } : outside(undefined, [column.name], model);
    if (!field || !ends || ends.references[0] === undefined) continue;
    found.push({
      name: nameOf(column.name, ends.target),
      target: ends.target,
      fields: [field],
      references: ends.references as string[],
      evidence: `named as the key of ${ends.target}`,
      confidence: 0.6,
    });
  }
  return found;
}

/** A type of the live schema by its name, or the only one whose key is called as this column is. */
function outside(
  name: string | undefined,
  columns: readonly string[],
  model: UnifiedModel,
): { readonly target: string; readonly references: readonly (string | undefined)[] } | undefined {
  const [column = ''] = columns;
  const field = lowerCamel(pascal(column));
  const candidates = [...model.types.values()].filter(
    (type) =>
      type.kind === 'entity' &&
      type.key.length === 1 &&
      (name === undefined ? type.key[0] === field && field.length > 2 && field !== 'id' : type.name === name),
  );
  const [only, another] = candidates;
  return columns.length === 1 && only && !another ? { target: only.name, references: [only.key[0]] } : undefined;
}
