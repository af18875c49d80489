import { describe, expect, it } from 'vitest';
import { compareCatalogs, printDrift } from '../../../../federation/drift/compare-catalogs.ts';
import type { Catalog, CatalogColumn } from '../../../../schema/model/catalog.ts';
import type { PhysicalType } from '../../../../schema/model/physical-type.ts';

const TEXT: PhysicalType = { kind: 'text', maxLength: 40 };
const column = (name: string, type: PhysicalType = TEXT, identity?: number): CatalogColumn => ({
  name,
  type,
  nativeType: type.kind === 'text' ? `varchar(${type.maxLength})` : type.kind,
  nullable: true,
  ...(identity === undefined ? {} : { identity }),
});
const catalog = (...columns: CatalogColumn[]): Catalog => ({
  tables: [{ name: 't', kind: 'table', columns, primaryKey: [], uniqueKeys: [], foreignKeys: [], indexedColumns: [] }],
});
const names = (text: string): CatalogColumn[] => text.split(' ').map((name) => column(name));
const numbered = (text: string): CatalogColumn[] =>
  text.split(' ').map((part) => {
    const [name = '', number] = part.split(':');
    return column(name, TEXT, Number(number));
  });
const drifts = (before: CatalogColumn[], after: CatalogColumn[]): string[] =>
  compareCatalogs(catalog(...before), catalog(...after)).map(
    (drift) => `${drift.column} ${drift.kind}${drift.successor === undefined ? '' : ` ${drift.successor}`}`,
  );

describe('where columns have no identity', () => {
  it.each([
    ['a b c d', 'a b c d', []],
    ['a b c d', 'a b c d e', []],
    ['a b c d', 'e a b c d', []],
    ['a b c d', 'a c d', ['b gone']],
    ['a b c d', 'a c d x', ['b gone']],
    ['a b c d', 'a x c d', ['b renamed x']],
    ['a b c d', 'b a c d', ['a swapped b', 'b swapped a']],
    ['a b c d', 'd b c a', ['a swapped d', 'd swapped a']],
    ['a b c d', 'c b a d', ['a swapped c', 'b moved', 'c swapped a']],
    ['a b c d', 'd a b c', ['d moved']],
    ['a b c d', 'b c d a', ['a moved']],
    ['a b c d e', 'b a c d e f', ['a swapped b', 'b swapped a']],
  ])('%s → %s', (before, after, expected) => {
    expect(drifts(names(before), names(after))).toEqual(expected);
  });
});

describe('where columns have an identity', () => {
  it.each([
    ['a:1 b:2 c:3', 'a:1 b:2 c:3 d:4', []],
    ['a:1 b:2 c:3', 'b:1 a:2 c:3', ['a swapped b', 'b swapped a']],
    ['a:1 b:2 c:3', 'x:1 b:2 c:3', ['a renamed x']],
    ['a:1 b:2 c:3', 'b:2 c:3 a:4', ['a replaced']],
    ['a:1 b:2 c:3', 'b:1 c:3', ['a renamed b', 'b swapped']],
  ])('%s → %s', (before, after, expected) => {
    expect(drifts(numbered(before), numbered(after))).toEqual(expected);
  });
});

it('tells a change of type that may change values from one that cannot', () => {
  const change = (before: PhysicalType, after: PhysicalType) => drifts([column('a', before)], [column('a', after)]);
  expect(change({ kind: 'integer', bits: 32 }, TEXT)).toEqual(['a retyped']);
  expect(change({ kind: 'integer', bits: 32 }, { kind: 'integer', bits: 64 })).toEqual([]);
  expect(change({ kind: 'integer', bits: 64 }, { kind: 'integer', bits: 32 })).toEqual(['a narrowed']);
  expect(change(TEXT, { kind: 'text', maxLength: 20 })).toEqual(['a narrowed']);
  expect(change(TEXT, { kind: 'text' })).toEqual([]);
  expect(change({ kind: 'decimal', scale: 4 }, { kind: 'decimal', scale: 2 })).toEqual(['a narrowed']);
  expect(change({ kind: 'timestamp', zoned: false }, { kind: 'timestamp', zoned: true })).toEqual(['a retyped']);
});

it('lets an enumeration become a text that holds all that it allowed', () => {
  const allowing = (...allowed: string[]): CatalogColumn => ({ ...column('a', { kind: 'text' }), allowed });
  expect(drifts([allowing('draft', '已发布')], [column('a', { kind: 'text', maxLength: 5 })])).toEqual([]);
  expect(drifts([allowing('draft', '已发布')], [column('a', { kind: 'text', maxLength: 4 })])).toEqual(['a narrowed']);
  expect(drifts([allowing('a', 'b')], [allowing('a', 'b', 'other')])).toEqual([]);
});

it('trusts no column of a view that has taken the name of a table', () => {
  const [table] = catalog(column('a', TEXT, 1)).tables;
  const view: Catalog = { tables: [{ ...table!, kind: 'view' }] };
  expect(compareCatalogs({ tables: [table!] }, view).map(printDrift)).toEqual(['t.a is another column of the same name: a of a table → a of a view']);
  expect(compareCatalogs(view, view)).toEqual([]);
});

it('says in words what changed, tables that went or came included', () => {
  const before: Catalog = { tables: [...catalog(column('a')).tables, { ...catalog(column('a')).tables[0]!, name: 'gone' }] };
  const after: Catalog = { tables: [...catalog(column('b')).tables, { ...catalog(column('a')).tables[0]!, name: 'come' }] };
  expect(compareCatalogs(before, after).map(printDrift)).toEqual([
    't.a was renamed: a varchar(40) → b varchar(40)',
    'gone is gone: gone → nothing',
    'come is new: nothing → come',
  ]);
});
