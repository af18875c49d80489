/** A release of many types over one SQLite database: for what grows with the number of mapped types. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** @returns the folder with hub.yaml, schema, mapping and database */
export async function generateTypes(count: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-bench-types-'));
  await mkdir(folder, { recursive: true });
  const database = new DatabaseSync(path.join(folder, 'source.sqlite'));
  database.exec('begin');
  const types: string[] = [];
  const mappings: string[] = [];
  for (let i = 0; i < count; i++) {
    database.exec(`create table t${i} (id integer primary key, code text not null, name text, amount decimal(18,2), day date, parent integer);
      insert into t${i} values (1, 'a', 'b', 1.5, '2024-01-01', 1)`);
    const parent = Math.floor(i / 2);
    types.push(`type Kind${i} @key(fields: "number") @authority(department: "one") @names(one: "kind${i}", many: "kinds${i}") {
  number: Int!
  code: String
  name: String
  amount: Decimal
  day: Date
  parentNumber: Int
  parent: Kind${parent} @relation(fields: ["parentNumber"], references: ["number"])
}`);
    mappings.push(`  Kind${i}:
    rows: t${i}
    key: id
    fields: { number: id, code: code, name: name, amount: amount, day: day, parentNumber: parent }`);
  }
  database.exec('commit');
  database.close();
  const files: Readonly<Record<string, string>> = {
    'hub.yaml': `departments: { one: { en: One } }
sources: { one: { department: one, kind: sqlite, url: 'sqlite:source.sqlite' } }
release: { schema: schema.graphql, mappings: [one.yaml] }
store: { url: 'sqlite:hub.sqlite' }
`,
    'schema.graphql': `${types.join('\n\n')}\n`,
    'one.yaml': `source: one\ntypes:\n${mappings.join('\n')}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}
