import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LOAD, present } from '../fixtures/chinook/load.ts';
import { runCommand } from '../helpers/run-command.ts';
import { createDatabase, type TestDatabase } from '../helpers/services.ts';

const HUB = `departments:
  catalogue: { en: Catalogue }
  sales: { en: Sales }
sources:
  catalogue: { department: catalogue, kind: postgres, url: "\${CATALOGUE_URL}", statementMs: 30000 }
  sales: { department: sales, kind: mysql, url: "\${SALES_URL}", statementMs: 30000 }
store: { url: "sqlite:hub.sqlite" }
`;
const QUESTION = `{
  invoiceLines(where: { track: { album: { artist: { name: { eq: "AC/DC" } } } } }, orderBy: [{ invoiceLineId: ASC }], first: 3) {
    totalCount
    nodes { invoiceLineId unitPrice track { name album { title artist { name } } } invoice { invoiceDate customer { firstName country } } }
  }
}
`;
const COMMANDS = [
  'yiwang introspect catalogue',
  'yiwang suggest catalogue --tables artist,album,track,genre,media_type --write',
  'yiwang introspect sales',
  'yiwang suggest sales --tables Customer,Invoice,InvoiceLine,Employee --write',
  'yiwang check',
  'yiwang draft create "record store" --from-disk',
  'yiwang draft validate 1',
  'yiwang draft preview 1 InvoiceLine --count 2',
  'yiwang draft compare 1',
  'yiwang draft publish 1 --why "first release"',
  'yiwang query question.graphql',
];
const before = { cwd: process.cwd(), argv: process.argv, env: { ...process.env } };
const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-chinook-'));
const databases: TestDatabase[] = [];
afterAll(async () => {
  process.chdir(before.cwd);
  process.argv = before.argv;
  process.env = before.env;
  rmSync(folder, { recursive: true, force: true });
  for (const database of databases) await database.drop();
});

it.runIf(present)(
  `takes Chinook on Postgres and MariaDB from introspection to a query across both in ${COMMANDS.length} commands`,
  { timeout: 300_000 },
  async () => {
    for (const engine of ['postgres', 'mariadb'] as const) {
      const database = await createDatabase(engine, 'chinook');
      databases.push(database);
      await LOAD[engine](database.url);
    }
    process.env['CATALOGUE_URL'] = databases[0]?.url;
    process.env['SALES_URL'] = databases[1]?.url;
    writeFileSync(path.join(folder, 'hub.yaml'), HUB);
    writeFileSync(path.join(folder, 'question.graphql'), QUESTION);
    process.chdir(folder);
    const said = new Map<string, string>();
    for (const command of COMMANDS) said.set(command, await runCommand(command));
    // oxlint-disable-next-line no-console -- the log of it is what it is run for
    for (const [command, text] of said) console.log(`$ ${command}\n${text.split('\n').slice(0, 8).join('\n')}\n`);
    const { data, errors } = JSON.parse(said.get('yiwang query question.graphql') ?? '{}') as { data: any; errors?: unknown }; // oxlint-disable-line typescript/no-explicit-any -- what comes over the wire
    expect(errors).toBeUndefined();
    expect(data.invoiceLines.totalCount).toBe(16);
    expect(data.invoiceLines.nodes[0]).toMatchObject({
      track: { album: { artist: { name: 'AC/DC' } } },
      invoice: { customer: { firstName: expect.any(String) } },
    });
  },
);
