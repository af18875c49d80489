import { expect, it } from 'vitest';
import type { Drift } from '../../../federation/drift/compare-catalogs.ts';
import { repairedText } from '../../../mappings/repair.ts';

const renamed = (table: string, column: string, successor: string): Drift => ({
  kind: 'renamed',
  schema: 'dev',
  table,
  column,
  before: '',
  after: '',
  successor,
});
const repaired = (text: string, ...drifts: readonly Drift[]): string | undefined => repairedText({ part: 'mappings', path: 'm.yaml', text }, drifts);

it('renames a column where its own table is read, and nowhere else', () => {
  const mapping = `source: s
types:
  A:
    rows: { table: dev.a, where: { name: x }, latest: { by: name, order: [-no, name] }, lookups: { kind: { table: k, on: { name: no }, where: { no: 1 }, order: -no } } }
    key: [no, name]
    fields: { name: name, amount: name, kind: kind.name, code: { column: name, codes: { a: name } }, text: { concat: [name, { constant: name }] } }
  B:
    rows: b
    key: name
    fields: { name: { column: name, replace: { x: name } } }
crosswalks:
  A: { of: A, local: name }
  B: { table: b, local: name, evidence: { name: name } }
`;
  expect(repaired(mapping, renamed('a', 'name', 'title'), renamed('k', 'no', 'number'))).toBe(`source: s
types:
  A:
    rows: { table: dev.a, where: { title: x }, latest: { by: title, order: [-no, title] }, lookups: { kind: { table: k, on: { title: number }, where: { number: 1 }, order: -number } } }
    key: [no, title]
    fields: { name: title, amount: title, kind: kind.name, code: { column: title, codes: { a: name } }, text: { concat: [title, { constant: name }] } }
  B:
    rows: b
    key: name
    fields: { name: { column: name, replace: { x: name } } }
crosswalks:
  A: { of: A, local: title }
  B: { table: b, local: name, evidence: { name: name } }
`);
  expect(repaired(mapping, renamed('c', 'name', 'title'))).toBeUndefined();
});

it('follows tables of a pattern, of a union and with quoted names', () => {
  const types = (rows: string): string => `source: s\ntypes:\n  A: { rows: ${rows}, key: name, fields: { name: name } }\n`;
  for (const [rows, table] of [
    ['{ tables: "pay_{year}" }', 'pay_2024'],
    ['{ union: [{ table: x, values: { kind: name } }, { table: y, values: { kind: name } }] }', 'y'],
    [`'"a.b"'`, 'a.b'],
  ] as const)
    expect(repaired(types(rows), renamed(table, 'name', 'title'))).toBe(
      types(rows).replace('key: name, fields: { name: name }', 'key: title, fields: { name: title }'),
    );
});
