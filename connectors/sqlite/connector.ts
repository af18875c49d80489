import { fileURLToPath } from 'node:url';
import { HubError } from '../../schema/errors/hub-error.ts';
import { ALL_CAPABILITIES, checkCapabilities } from '../spi/check-capabilities.ts';
import type { CallOptions, Connector, Health, PreparedRequest, SourceConfig, TableRef } from '../spi/connector.ts';
import type { ChangeSetup } from '../spi/changes.ts';
import { checkRowCount } from '../spi/count-rows.ts';
import type { Request } from '../spi/ir.ts';
import { pollChanges } from '../spi/poll-changes.ts';
import { compileRequest } from '../sql/compile.ts';
import { shownStatement, statementText } from '../sql/fragment.ts';
import { markPurpose } from '../sql/mark-purpose.ts';
import { keyedRead } from '../sql/point-read.ts';
import { sqliteChangeSetup } from './change-setup.ts';
import { SQLITE_CHANGES, sqliteTriggerChanges } from './changes.ts';
import { sqliteDialect } from './dialect.ts';
import { introspectSqlite } from './introspect.ts';
import { createWorkerPool, type SqlValue } from './pool.ts';

/** What a DBA runs so that the hub can read. */
const READING: ChangeSetup = { statements: ['-- SQLite keeps no rights: the account that the hub runs under must be able to read the file and its folder.'] };

/**
 * A source in a SQLite file, read only: the file is never created or written, and no other file can be attached. Statements run in processes of
 * their own (`pool.max`), so a heavy one blocks nothing and one that overruns is ended. A file that is missing makes calls fail until it appears.
 * `url` is a path, with or without `sqlite:` in front, or a `file:` URL.
 */
export function createSqliteConnector(config: SourceConfig): Connector {
  const { source } = config;
  const pool = createWorkerPool(config, pathOf(config.url));
  let closed = false;

  function prepare(request: Request): PreparedRequest {
    checkCapabilities(request, ALL_CAPABILITIES, source);
    const compiled = compileRequest(request, sqliteDialect);
    const statement = statementText(compiled, () => '?');
    const keyed = keyedRead(compiled.request);
    return {
      ...(keyed && { keyed }),
      statement: shownStatement(compiled, () => '?'),
      run: async (bindings, call) => {
        const { verify } = call;
        const context = { bindings, maxRows: call.maxRows };
        const parameters = compiled.slots.map((slot) => slot.bind(context) as SqlValue);
        const rows = compiled.decode(await pool.run(markPurpose(statement, call.purpose), parameters, call), bindings);
        checkRowCount(request, rows, call.maxRows, source);
        await verify?.((tables) => fingerprint(tables, call), 'after');
        return rows;
      },
    };
  }

  async function fingerprint(tables: readonly TableRef[], call: CallOptions): Promise<readonly string[]> {
    if (tables.length === 0) return [];
    const names = tables.map(({ table }) => table);
    const rows = await pool.run(`select name, sql from sqlite_schema where name in (${names.map(() => '?').join(', ')})`, names, call);
    const declared = new Map(rows.map(([name, sql]) => [name, String(sql)]));
    return names.map((name) => declared.get(name) ?? '');
  }

  async function health(call: CallOptions): Promise<Health> {
    const started = performance.now();
    try {
      const [row] = await pool.run('select sqlite_version(), count(*) from pragma_table_list', [], call);
      return { status: 'up', latencyMs: Math.round(performance.now() - started), engine: `SQLite ${String(row?.[0])}` };
    } catch (error) {
      const code = error instanceof HubError && error.code === 'SOURCE_TIMEOUT' ? error.code : 'SOURCE_UNAVAILABLE';
      return { status: 'down', code, reason: closed ? 'closed' : code === 'SOURCE_TIMEOUT' ? 'no answer in time' : 'the file cannot be read' };
    }
  }

  return {
    source,
    capabilities: { ...ALL_CAPABILITIES, changes: SQLITE_CHANGES },
    introspect: (call) => introspectSqlite((sql, parameters = []) => pool.run(sql, parameters, call)),
    fingerprint,
    prepare,
    health,
    changes: (start, signal) =>
      start.mode === 'poll' ? pollChanges({ prepare }, start, signal) : sqliteTriggerChanges(config, pathOf(config.url), pool, start, signal),
    changeSetup: (mode, tables) => (mode === 'poll' ? READING : sqliteChangeSetup(tables)),
    close: () => {
      closed = true;
      return pool.close();
    },
  };
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url.replace(/^sqlite:(\/\/)?/, '');
}
