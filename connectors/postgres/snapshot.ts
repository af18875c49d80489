import pg from 'pg';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { ChangeBatch, ChangeStart } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { compileRequest } from '../sql/compile.ts';
import { statementText } from '../sql/fragment.ts';
import { postgresDialect } from './dialect.ts';
import { connectionConfig, RAW } from './session.ts';

const ROWS = 2_000;
/** The limit is the statement's only parameter. */
const ALL = { bindings: {}, maxRows: Number.MAX_SAFE_INTEGER - 1 };

/** All fresh tables as an exported snapshot shows them, or as one of its own does. */
export async function* snapshotTables(
  config: SourceConfig,
  { tables, fresh }: ChangeStart,
  snapshot: string | undefined,
  signal: AbortSignal,
  atStart?: (client: pg.Client) => Promise<void>,
): AsyncGenerator<ChangeBatch> {
  const client = new pg.Client(connectionConfig(config));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    if (snapshot !== undefined) await client.query(`set transaction snapshot '${snapshot.replaceAll("'", "''")}'`);
    await atStart?.(client);
    for (const place of fresh) {
      const { columns, ...table } = tables[place]!;
      const compiled = compileRequest(
        {
          kind: 'rows',
          query: {
            rows: { kind: 'table', table: table.table, ...(table.schema === undefined ? {} : { schema: table.schema }), columns },
            columns: columns.map((column) => ({ kind: 'column', column: column.name, type: column.type })),
            orderBy: [],
            children: [],
          },
        },
        postgresDialect,
      );
      await client.query(`declare rows_of_table no scroll cursor for ${statementText(compiled, (index) => String(Number(compiled.slots[index]!.bind(ALL))))}`);
      for (;;) {
        signal.throwIfAborted();
        const page = await client.query<unknown[], unknown[]>({ text: `fetch ${ROWS} from rows_of_table`, rowMode: 'array', types: RAW });
        const rows = compiled.decode(page.rows, {});
        const done = rows.length < ROWS;
        yield {
          kind: 'snapshot',
          table: place,
          done,
          rows: rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] as WireValue]))),
        };
        if (done) break;
      }
      await client.query('close rows_of_table');
    }
    await client.query('commit');
  } finally {
    await client.end().catch(() => undefined);
  }
}
