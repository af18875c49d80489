import type { Connection as StreamingConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { ChangeBatch, ChangeStart } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { compileRequest } from '../sql/compile.ts';
import { statementText } from '../sql/fragment.ts';
import { openSession } from './changes.ts';
import { createMysqlDialect } from './dialect.ts';
import type { Literal } from './literal.ts';
import { sessionOffset } from './session.ts';

const ROWS = 2_000;
/** The limit is the statement's only parameter. */
const ALL = { bindings: {}, maxRows: Number.MAX_SAFE_INTEGER - 1 };

/** Rows one by one only come from under the promises. */
const streaming = (connection: Connection): StreamingConnection => (connection as unknown as { readonly connection: StreamingConnection }).connection;

/** All fresh tables as one moment shows them; InnoDB tables alone have such a moment. */
export async function* snapshotTables(
  config: SourceConfig,
  { tables, fresh }: ChangeStart,
  signal: AbortSignal,
  atStart: (connection: Connection) => Promise<unknown>,
): AsyncGenerator<ChangeBatch> {
  const connection = await openSession(config);
  const dialect = createMysqlDialect({ timeZone: config.timeZone, offset: sessionOffset(config) });
  try {
    await connection.query('set session transaction isolation level repeatable read');
    await connection.query('start transaction with consistent snapshot');
    await atStart(connection);
    for (const place of fresh) {
      const { table, columns } = tables[place]!;
      const compiled = compileRequest(
        {
          kind: 'rows',
          query: {
            rows: { kind: 'table', table, columns },
            columns: columns.map(({ name, type }) => ({ kind: 'column', column: name, type })),
            orderBy: [],
            children: [],
          },
        },
        dialect,
      );
      const batch = (page: unknown[][], done: boolean): ChangeBatch => ({
        kind: 'snapshot',
        table: place,
        done,
        rows: compiled.decode(page, {}).map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] as WireValue]))),
      });
      let page: unknown[][] = [];
      for await (const row of streaming(connection)
        .query(statementText(compiled, (index) => (compiled.slots[index]!.bind(ALL) as Literal).text))
        .stream()) {
        page.push(row as unknown[]);
        if (page.length < ROWS) continue;
        signal.throwIfAborted();
        yield batch(page, false);
        page = [];
      }
      yield batch(page, true);
    }
    await connection.query('commit');
  } finally {
    connection.destroy();
  }
}
