import type { CatalogTable } from '../schema/model/catalog.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';
import { lowerCamel, plural } from '../schema/api/names.ts';
import type { PersonalKind } from './personal-data.ts';
import type { RawProfile } from './profile-table.ts';
import { suggestCodes } from './suggest-codes.ts';
import { suggestField } from './suggest-field.ts';
import { suggestKey } from './suggest-key.ts';
import { suggestTables, type SuggestedTables } from './suggest-tables.ts';
import { uniqueName } from './unique-name.ts';

/** A draft of a mapping and of the types that it gives, with the reason for each part. A person looks at it; it validates as it is. */
export interface MappingSuggestion {
  readonly sdl: string;
  readonly mapping: string;
  readonly reasons: readonly Reason[];
}

export interface Reason {
  /** `Track.albumId`, `Track`, or the table where nothing was made of it. */
  readonly about: string;
  readonly says: string;
  readonly evidence: string;
  /** 0…1 */
  readonly confidence: number;
}

export interface SuggestInput {
  readonly source: string;
  readonly department: string;
  readonly profiles: readonly RawProfile[];
  /** What there is already: its types may be related to, and their names are taken. */
  readonly model: UnifiedModel;
  /** The source has tables in several schemas: they are written with theirs. */
  readonly severalSchemas?: boolean;
}

interface Group extends Omit<SuggestedTables, 'tables'> {
  readonly type: string;
  readonly key: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

const PERSONAL: Readonly<Record<PersonalKind, string>> = { ID_NUMBER: 'ID_NUMBER', PHONE: 'PHONE', BANK_CARD: 'BANK_ACCOUNT', NAME: 'NAME' };
const DICTIONARY_ROWS = 200;

/** Makes of profiled tables what an officer would begin with. Pure. */
export function suggestMapping({ source, department, profiles, model, severalSchemas = false }: SuggestInput): MappingSuggestion {
  const reasons: Reason[] = [];
  const named = ({ schema }: CatalogTable, name: string): string => scalar(tableName(severalSchemas ? schema : undefined, name));
  const taken = new Set([...model.types.keys(), ...model.enums.keys(), ...model.scalars.keys(), 'Query', 'Mutation', 'Node']);
  const groups = suggestTables(profiles).flatMap(({ profile, rows, placeholder, tables }): Group[] => {
    const key = suggestKey(profile, tables, placeholder);
    if (!key) {
      reasons.push({ about: profile.table.name, says: 'left out', evidence: withoutKey(profile), confidence: 0.7 });
      return [];
    }
    const type = uniqueName(typeName(rows.replaceAll(/_?\{\w+\}/g, '')), taken);
    if (tables > 1) reasons.push({ about: type, says: `rows of ${rows}`, evidence: `${tables} tables differ in a year alone`, confidence: 0.9 });
    reasons.push({ about: type, says: `key ${key.columns.join(', ')}`, evidence: key.evidence, confidence: key.confidence });
    const names = new Set<string>(['id']);
    const columns = [...profile.table.columns.map(({ name }) => name), ...(placeholder === undefined ? [] : [placeholder])];
    const fields = new Map(columns.map((column) => [column, uniqueName(lowerCamel(pascal(column)), names)]));
    return [{ type, profile, rows, ...(placeholder === undefined ? {} : { placeholder }), key: key.columns, fields }];
  });

  const enums: string[] = [];
  const inverse = new Map<string, string[]>();
  const types = groups.map((group) => {
    const { type, profile, placeholder, fields, key } = group;
    const lines: string[] = [];
    const yaml: string[] = [];
    const lookups: string[] = [];
    const lookupNames = new Set<string>();
    const personalKinds = new Map(profile.columns.map(({ column, personal }) => [column.name, personal]));
    for (const column of profile.table.columns) {
      const field = fields.get(column.name) ?? column.name;
      const personal = personalKinds.get(column.name);
      const found = suggestField(column, profile.raw.get(column.name) ?? []);
      if (!found) {
        reasons.push({
          about: `${type}.${field}`,
          says: 'left out',
          evidence: `the column ${column.name} is ${column.nativeType}; no field can hold bytes`,
          confidence: 0.95,
        });
        continue;
      }
      const isKey = key.includes(column.name);
      const list = isKey ? undefined : suggestCodes(column, profile.raw.get(column.name) ?? []);
      if (list) {
        const name = uniqueName(`${type}${pascal(column.name)}`, taken);
        const label = labelOf(list.title);
        enums.push(
          `enum ${name}${label && ` ${label}`} {\n${list.codes.map((each) => `  ${each.value}${each.label ? ` ${labelOf(each.label)}` : ''}`).join('\n')}\n}\n`,
        );
        lines.push(`  ${field}: ${name}${label && ` ${label}`}`);
        yaml.push(
          `      ${field}: { column: ${scalar(column.name)}, codes: { ${list.codes.map(({ code, value }) => `${text(code)}: ${value}`).join(', ')} } }`,
        );
        reasons.push({ about: `${type}.${field}`, says: `code list ${name}`, evidence: list.evidence, confidence: list.confidence });
        continue;
      }
      const notes = [labelOf(column.comment), personal === undefined ? '' : `@personal(kind: ${PERSONAL[personal]})`].filter((note) => note !== '');
      lines.push(`  ${field}: ${isKey && found.scalar === 'JSON' ? 'String' : found.scalar}${isKey ? '!' : ''}${notes.map((note) => ` ${note}`).join('')}`);
      const steps =
        found.steps[0] === 'json'
          ? `{ json: ${scalar(column.name)} }`
          : found.steps.length > 0
            ? `{ column: ${scalar(column.name)}, ${found.steps.join(', ')} }`
            : scalar(column.name);
      yaml.push(`      ${field}: ${steps}${found.steps.length > 0 ? ` # ${found.evidence}` : ''}`);
      if (found.confidence < 0.95)
        reasons.push({
          about: `${type}.${field}`,
          says: `${found.scalar}${found.steps.length > 0 ? ` by ${found.steps.join(', ')}` : ''}`,
          evidence: found.evidence,
          confidence: found.confidence,
        });
      if (personal !== undefined)
        reasons.push({
          about: `${type}.${field}`,
          says: `personal data: ${personal}`,
          evidence: 'by the form of its values, its name or its comment',
          confidence: 0.8,
        });
      const dictionary = isKey ? undefined : dictionaryOf(profile, column.name, profiles);
      if (dictionary) {
        const name = uniqueName(lowerCamel(pascal(dictionary.table.name)), lookupNames);
        const label = uniqueName(`${field}Label`, new Set([...fields.values(), ...lines.map((line) => line.trim().split(':')[0] ?? '')]));
        lookups.push(
          `        ${name}: { table: ${named(dictionary.table, dictionary.table.name)}, on: { ${scalar(column.name)}: ${scalar(dictionary.code)} }, order: [${scalar(dictionary.code)}] }`,
        );
        lines.push(`  ${label}: String`);
        yaml.push(`      ${label}: ${scalar(`${name}.${dictionary.label}`)}`);
        reasons.push({
          about: `${type}.${label}`,
          says: `text from ${dictionary.table.name}`,
          evidence: `all values of ${column.name} are codes of ${dictionary.table.name}.${dictionary.code}: ${dictionary.shown}`,
          confidence: 0.85,
        });
      } else if (!isKey && isCodeLike(profile, column.name))
        reasons.push({
          about: `${type}.${field}`,
          says: 'a code list?',
          evidence: `only ${[...new Set(profile.raw.get(column.name) ?? [])]
            .filter((value) => value !== null)
            .slice(0, 8)
            .join(', ')}`,
          confidence: 0.5,
        });
    }
    if (placeholder !== undefined) {
      const field = fields.get(placeholder) ?? placeholder;
      lines.push(`  ${field}: String!`);
      yaml.push(`      ${field}: ${scalar(placeholder)}`);
    }
    for (const relation of relationsOf(group, groups, model)) {
      const used = new Set([...fields.values(), ...lines.map((line) => line.trim().split(':')[0] ?? '')]);
      const name = uniqueName(relation.name, used);
      lines.push(
        `  ${name}: ${relation.target} @relation(fields: [${relation.fields.map(text).join(', ')}], references: [${relation.references.map(text).join(', ')}])`,
      );
      reasons.push({ about: `${type}.${name}`, says: `relation to ${relation.target}`, evidence: relation.evidence, confidence: relation.confidence });
      const own = groups.find((each) => each.type === relation.target);
      if (own) {
        const back = uniqueName(
          lowerCamel(plural(type)),
          new Set([...own.fields.values(), ...(inverse.get(own.type) ?? []).map((line) => line.trim().split(':')[0] ?? '')]),
        );
        inverse.set(own.type, [
          ...(inverse.get(own.type) ?? []),
          `  ${back}: [${type}!] @relation(fields: [${relation.references.map(text).join(', ')}], references: [${relation.fields.map(text).join(', ')}])`,
        ]);
      }
    }
    return { group, lines, yaml, lookups };
  });

  const sdl = types.map(({ group: { type, profile, key, fields }, lines }) => {
    const all = [...lines, ...(inverse.get(type) ?? [])];
    const label = labelOf(profile.table.comment);
    return `type ${type} @key(fields: ${text(key.map((column) => fields.get(column)).join(' '))}) @authority(department: ${text(department)})${label === '' ? '' : ` ${label}`} {\n${all.join('\n')}\n}\n`;
  });
  const mapping = types.map(({ group: { type, profile, rows, placeholder, key }, yaml, lookups }) => {
    const table = `${placeholder === undefined ? 'table' : 'tables'}: ${named(profile.table, rows)}`;
    const from = lookups.length === 0 ? `    rows: { ${table} }` : `    rows:\n      ${table}\n      lookups:\n${lookups.join('\n')}`;
    return `  ${type}:\n${from}\n    key: [${key.map(scalar).join(', ')}]\n    fields:\n${yaml.join('\n')}`;
  });
  return { sdl: [...sdl, ...enums].join('\n'), mapping: `source: ${source}\n\ntypes:\n${mapping.join('\n\n')}\n`, reasons };
}

interface RelationSuggestion {
  readonly name: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly references: readonly string[];
  readonly evidence: string;
  readonly confidence: number;
}

function relationsOf({ type, profile, fields, key }: Group, groups: readonly Group[], model: UnifiedModel): RelationSuggestion[] {
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

/** A small table whose first column holds every code of this one. A foreign key says what its columns stand for, whatever else has the same numbers. */
function dictionaryOf(
  profile: RawProfile,
  column: string,
  profiles: readonly RawProfile[],
): { readonly table: CatalogTable; readonly code: string; readonly label: string; readonly shown: string } | undefined {
  const values = new Set((profile.raw.get(column) ?? []).filter((value) => value !== null && value !== '').map(String));
  if (values.size < 2 || values.size > 50 || profile.table.foreignKeys.some(({ columns }) => columns.includes(column))) return undefined;
  for (const { table, columns, rows, raw } of profiles) {
    if (isSameTable(table, profile.table) || table.columns.length > 4 || rows > DICTIONARY_ROWS) continue;
    const [code, label] = columns;
    if (!code || !label || code.distinct !== rows || code.column.type.kind !== columnType(profile.table, column) || label.column.type.kind !== 'text') continue;
    const codes = new Set((raw.get(code.column.name) ?? []).map(String));
    if (![...values].every((value) => codes.has(value))) continue;
    const texts = raw.get(label.column.name) ?? [];
    const shown = (raw.get(code.column.name) ?? []).slice(0, 8).map((value, at) => `${String(value)} = ${String(texts[at])}`);
    return { table, code: code.column.name, label: label.column.name, shown: shown.join(', ') };
  }
  return undefined;
}

const columnType = (table: CatalogTable, name: string): string | undefined => table.columns.find((column) => column.name === name)?.type.kind;

function isCodeLike({ rows, columns, raw }: RawProfile, name: string): boolean {
  const profile = columns.find(({ column }) => column.name === name);
  const texts = (raw.get(name) ?? []).filter((value) => value !== null).map(String);
  return (
    profile !== undefined &&
    rows >= 20 &&
    profile.distinct >= 2 &&
    profile.distinct <= 12 &&
    texts.every((value) => value.length <= 8) &&
    profile.column.type.kind === 'text'
  );
}

/** `playlist_track` → `PlaylistTrack`; what no name can be made of becomes `Table`. */
function pascal(name: string): string {
  const words = name
    .normalize('NFKC')
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1))).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `Column${joined}`;
}

function withoutKey({ table, columns }: RawProfile): string {
  const readable = new Set(columns.map(({ column }) => column.name));
  const unfit = [table.primaryKey, ...table.uniqueKeys]
    .flat()
    .flatMap((name) => table.columns.find((column) => column.name === name && !readable.has(name)) ?? []);
  const [first] = unfit;
  return first ? `its key ${first.name} is ${first.nativeType}, by which no row can be found` : 'no column tells its rows apart';
}

/** MariaDB names the schema of a foreign key where it is another one only. */
const isSameTable = (a: { readonly schema?: string; readonly name: string }, b: { readonly schema?: string; readonly name: string }): boolean =>
  a.schema === b.schema && a.name === b.name;

/** As a mapping writes it. */
const tableName = (schema: string | undefined, name: string): string =>
  [...(schema === undefined ? [] : [schema]), name].map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join('.');

/** A table is often named for all its rows, a type for one of them: `cities` → `City`. */
function typeName(table: string): string {
  const name = pascal(table);
  if (/(?:ss|us|is)$/.test(name)) return name;
  const stems = [name.replace(/ies$/, 'y'), /(?:ss|sh|ch|x)es$/.test(name) ? name.slice(0, -2) : name, name.replace(/s$/, '')];
  return stems.find((stem) => stem !== name && plural(stem) === name) ?? name;
}

const text = (value: string): string => JSON.stringify(value);
const scalar = (value: string): string => (/^[A-Za-z_][\w.]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : text(value));
const labelOf = (comment: string | undefined): string =>
  comment === undefined || comment.trim() === '' ? '' : `@label(${/\p{Script=Han}/u.test(comment) ? 'zh' : 'en'}: ${text(comment.trim().slice(0, 60))})`;
