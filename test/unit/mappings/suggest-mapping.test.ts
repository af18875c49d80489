import { expect, it } from 'vitest';
import type { RawProfile } from '../../../mappings/profile-table.ts';
import { suggestMapping } from '../../../mappings/suggest-mapping.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';

const { model } = parseSdl([{ file: 'schema.graphql', text: '' }]);

function profile(name: string, columns: readonly string[], key: readonly string[]): RawProfile {
  const defs = columns.map((column) => ({ name: column, type: { kind: 'text' }, nativeType: 'text', nullable: false }) as const);
  return {
    table: { name, kind: 'table', columns: defs, primaryKey: key, uniqueKeys: [], foreignKeys: [], indexedColumns: [] },
    rows: 2,
    columns: defs.map((column) => ({ column, nulls: 0, distinct: 2 })),
    raw: new Map(),
  } as unknown as RawProfile;
}

const suggest = (...profiles: RawProfile[]) => suggestMapping({ source: 's', department: 'd', profiles, model: model ?? ({} as never) });

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
