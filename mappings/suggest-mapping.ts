import type { CatalogTable } from '../schema/model/catalog.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';
import { lowerCamel, plural, RESERVED_FIELDS } from '../schema/api/names.ts';
import type { PersonalKind } from './personal-data.ts';
import type { RawProfile } from './profile-table.ts';
import { suggestCodes } from './suggest-codes.ts';
import { suggestField } from './suggest-field.ts';
import { suggestKey } from './suggest-key.ts';
import { pascal, typeName, type SuggestedNames } from './suggest-names.ts';
import { suggestRelations, type SuggestedType } from './suggest-relations.ts';
import { isSameTable, suggestTables } from './suggest-tables.ts';
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
  /** What there is already: its types may be related to. */
  readonly model: UnifiedModel;
  readonly typeNames: SuggestedNames;
  /** The source has tables in several schemas: they are written with theirs. */
  readonly severalSchemas?: boolean;
}

const PERSONAL: Readonly<Record<PersonalKind, string>> = { ID_NUMBER: 'ID_NUMBER', PHONE: 'PHONE', BANK_CARD: 'BANK_ACCOUNT', NAME: 'NAME' };
const DICTIONARY_ROWS = 200;

/** Makes of profiled tables what an officer would begin with. Pure. */
export function suggestMapping({ source, department, profiles, model, typeNames, severalSchemas = false }: SuggestInput): MappingSuggestion {
  const reasons: Reason[] = [];
  const named = ({ schema }: CatalogTable, name: string): string => scalar(tableName(severalSchemas ? schema : undefined, name));
  const groups = suggestTables(profiles).flatMap(({ profile, rows, placeholder, tables }): SuggestedType[] => {
    const key = suggestKey(profile, tables, placeholder);
    if (!key) {
      reasons.push({ about: profile.table.name, says: 'left out', evidence: withoutKey(profile), confidence: 0.7 });
      return [];
    }
    const type = typeNames.entity(typeName(rows.replaceAll(/_?\{\w+\}/g, '')));
    if (tables > 1) reasons.push({ about: type, says: `rows of ${rows}`, evidence: `${tables} tables differ in a year alone`, confidence: 0.9 });
    reasons.push({ about: type, says: `key ${key.columns.join(', ')}`, evidence: key.evidence, confidence: key.confidence });
    const names = new Set(RESERVED_FIELDS);
    const columns = [...profile.table.columns.map(({ name }) => name), ...(placeholder === undefined ? [] : [placeholder])];
    const fields = new Map(columns.map((column) => [column, uniqueName(lowerCamel(pascal(column)), names)]));
    return [{ type, profile, rows, ...(placeholder === undefined ? {} : { placeholder }), key: key.columns, fields }];
  });

  const { relations, widened, refused } = suggestRelations(groups, model);
  for (const { type, relation } of refused)
    reasons.push({
      about: type,
      says: `left out: a relation to ${relation.target}`,
      evidence: `${relation.evidence}, but ${relation.fields.join(', ')} and ${relation.references.join(', ')} would be of different types`,
      confidence: 0.7,
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
        const name = typeNames.enum(`${type}${pascal(column.name)}`);
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
      const leaf = widened.has(`${type}.${field}`) ? 'BigInt' : isKey && found.scalar === 'JSON' ? 'String' : found.scalar;
      lines.push(`  ${field}: ${leaf}${isKey ? '!' : ''}${notes.map((note) => ` ${note}`).join('')}`);
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
        const label = uniqueName(`${field}Label`, new Set([...RESERVED_FIELDS, ...fields.values(), ...lines.map((line) => line.trim().split(':')[0] ?? '')]));
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
    for (const relation of relations.get(type) ?? []) {
      const used = new Set([...RESERVED_FIELDS, ...fields.values(), ...lines.map((line) => line.trim().split(':')[0] ?? '')]);
      const name = uniqueName(relation.name, used);
      lines.push(
        `  ${name}: ${relation.target} @relation(fields: [${relation.fields.map(text).join(', ')}], references: [${relation.references.map(text).join(', ')}])`,
      );
      reasons.push({ about: `${type}.${name}`, says: `relation to ${relation.target}`, evidence: relation.evidence, confidence: relation.confidence });
      const own = groups.find((each) => each.type === relation.target);
      if (own) {
        const back = uniqueName(
          lowerCamel(plural(type)),
          new Set([...RESERVED_FIELDS, ...own.fields.values(), ...(inverse.get(own.type) ?? []).map((line) => line.trim().split(':')[0] ?? '')]),
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
    if (label.nulls > 0 || (code.column.type.kind === 'integer' && !isNamedFor(column, table.name, code.column.name))) continue;
    const codes = new Set((raw.get(code.column.name) ?? []).map(String));
    if (![...values].every((value) => codes.has(value))) continue;
    const texts = raw.get(label.column.name) ?? [];
    const shown = (raw.get(code.column.name) ?? []).slice(0, 8).map((value, at) => `${String(value)} = ${String(texts[at])}`);
    return { table, code: code.column.name, label: label.column.name, shown: shown.join(', ') };
  }
  return undefined;
}

/** Small whole numbers are in every table: what they stand for is told by a name alone. */
function isNamedFor(column: string, table: string, code: string): boolean {
  const bare = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const stem = bare(column).replace(/(?:id|code|no|dm|bh)$/, '');
  return (column === code && !/^id$/i.test(code)) || (stem.length > 2 && (bare(table).includes(stem) || stem.includes(bare(typeName(table)))));
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

function withoutKey({ table, columns }: RawProfile): string {
  const readable = new Set(columns.map(({ column }) => column.name));
  const unfit = [table.primaryKey, ...table.uniqueKeys]
    .flat()
    .flatMap((name) => table.columns.find((column) => column.name === name && (!readable.has(name) || column.type.kind === 'float')) ?? []);
  const [first] = unfit;
  return first ? `its key ${first.name} is ${first.nativeType}, by which no row can be found` : 'no column tells its rows apart';
}

/** As a mapping writes it. */
const tableName = (schema: string | undefined, name: string): string =>
  [...(schema === undefined ? [] : [schema]), name].map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join('.');

const text = (value: string): string => JSON.stringify(value);
const scalar = (value: string): string => (/^[A-Za-z_][\w.]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : text(value));
const labelOf = (comment: string | undefined): string =>
  comment === undefined || comment.trim() === '' ? '' : `@label(${/\p{Script=Han}/u.test(comment) ? 'zh' : 'en'}: ${text(comment.trim().slice(0, 60))})`;
