import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import type { RawProfile } from '../../../mappings/profile-table.ts';
import { suggestMapping } from '../../../mappings/suggest-mapping.ts';
import { createSuggestedNames } from '../../../mappings/suggest-names.ts';
import { parseMapping } from '../../../schema/parse/mapping.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';

const API = 'type Query { alert(id: ID!): Alert } type Alert { id: ID! }';
const { model } = parseSdl([{ file: 'schema.graphql', text: '' }]);

function profile(name: string, columns: readonly string[], key: readonly string[], foreign: Readonly<Record<string, string>> = {}): RawProfile {
  const defs = columns.map((column) => ({ name: column, type: { kind: 'text' }, nativeType: 'text', nullable: false }) as const);
  const foreignKeys = Object.entries(foreign).map(([column, table]) => ({ columns: [column], table: { name: table }, references: ['code'] }));
  return {
    table: { name, kind: 'table', columns: defs, primaryKey: key, uniqueKeys: [], foreignKeys, indexedColumns: [] },
    rows: 2,
    columns: defs.map((column) => ({ column, nulls: 0, distinct: 2 })),
    raw: new Map(),
  } as unknown as RawProfile;
}

const suggest = (...profiles: RawProfile[]) =>
  suggestMapping({ source: 's', department: 'd', profiles, model: model ?? ({} as never), typeNames: createSuggestedNames(buildSchema(API)) });

it('gives the placeholder of several tables a name that no column has', () => {
  const columns = ['id', 'year'];
  const { mapping, sdl } = suggest(profile('pay_2023', columns, ['id']), profile('pay_2024', columns, ['id']));
  expect(mapping).toContain('rows: { tables: "pay_{year2}" }\n    key: [id, year2]\n');
  expect(mapping).toContain('      year: year\n      year2: year2\n');
  expect(sdl).toMatch(/^type Pay @key\(fields: "id\d? year2"\)/);
});

it('leaves the key of a single table, even one named by a year, as it is', () => {
  const { mapping, reasons } = suggest(profile('pay_2023', ['no'], ['no']));
  expect(mapping).toContain('rows: { table: pay_2023 }\n    key: [no]\n'.replace('[no]', '["no"]'));
  expect(reasons).toContainEqual({ about: 'Pay2023', says: 'key no', evidence: 'its primary key', confidence: 1 });
});

it('names a type for one of its rows, so that lists of it have a name of their own', () => {
  const named = (table: string) => /^type (\w+) /.exec(suggest(profile(table, ['code'], ['code'])).sdl)?.[1];
  expect(['cities', 'project_areas', 'Addresses', 'boxes', 'houses', 'status', 'analysis', 'site'].map(named)).toEqual([
    'City',
    'ProjectArea',
    'Address',
    'Box',
    'House',
    'Status',
    'Analysis',
    'Site',
  ]);
});

it('takes labels from dictionaries, each under a name of its own, but not for a column that a foreign key explains', () => {
  const dictionary = (name: string): RawProfile =>
    ({
      ...profile(name, ['code', 'label'], ['code']),
      raw: new Map([
        ['code', ['1', '2']],
        ['label', ['one', 'two']],
      ]),
    }) as RawProfile;
  const codes = ['1', '2', '1'];
  const site = {
    ...profile('site', ['no', 'kind', 'rank', 'owner'], ['no'], { owner: 'person' }),
    raw: new Map(['kind', 'rank', 'owner'].map((name) => [name, codes])),
  };
  const { mapping, sdl } = suggest(dictionary('word'), dictionary('person'), site);
  expect(mapping).toContain(
    `      lookups:
        word: { table: word, on: { kind: code }, order: [code] }
        word2: { table: word, on: { rank: code }, order: [code] }
`,
  );
  expect(mapping).toContain('      rankLabel: word2.label\n');
  expect(sdl).not.toContain('ownerLabel');
  expect(sdl).toContain('  person: Person @relation(fields: ["owner"], references: ["code"])');
  expect(parseMapping(mapping, 'mapping.yaml').problems).toEqual([]);
});

it('takes whole numbers for codes of a dictionary only where a name says so', () => {
  const numbers = (name: string, column: string, code: string): RawProfile => {
    const defs = [
      { name: code, type: { kind: 'integer', bits: 32 }, nativeType: 'int', nullable: false },
      { name: column, type: { kind: 'text' }, nativeType: 'text', nullable: false },
    ];
    return {
      table: { name, kind: 'table', columns: defs, primaryKey: [code], uniqueKeys: [], foreignKeys: [], indexedColumns: [] },
      rows: 3,
      columns: defs.map((column) => ({ column, nulls: 0, distinct: 3 })),
      raw: new Map<string, unknown>([
        [code, [1, 2, 3]],
        [column, ['a', 'b', 'c']],
      ]),
    } as unknown as RawProfile;
  };
  const site = {
    ...profile('site', ['no'], ['no']),
    raw: new Map(['storeys', 'grade_id', 'id'].map((name) => [name, [1, 2, 1]])),
  };
  const { columns } = site.table;
  const storeys = ['storeys', 'grade_id', 'id'].map((name) => ({ name, type: { kind: 'integer', bits: 32 }, nativeType: 'int', nullable: true }));
  const counted = { ...site, table: { ...site.table, columns: [...columns, ...storeys] } } as unknown as RawProfile;
  const { sdl } = suggest(counted, numbers('person', 'name', 'id'), numbers('dm_grade', 'name', 'id'));
  expect(sdl).toContain('  gradeIdLabel: String');
  expect(sdl).not.toMatch(/storeysLabel|id2Label/);
});

it('names types and fields as the schema takes them', () => {
  const named = (table: string) => /^type (\w+) /.exec(suggest(profile(table, ['code'], ['code'])).sdl)?.[1];
  expect(['alerts', 'Query', 'user_group', 'somewhere', 'node', 'String'].map(named)).toEqual([
    'Alert2',
    'Query2',
    'UserGroupRecord',
    'Somewhere',
    'Node2',
    'String2',
  ]);
  const { sdl } = suggest(profile('site', ['code', 'id', 'and', 'checks', 'asOf'], ['code']));
  expect([...sdl.matchAll(/^ {2}(\w+):/gm)].map(([, field]) => field)).toEqual(['code', 'id2', 'and2', 'checks2', 'asOf2']);
});
