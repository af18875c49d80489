import { HubError } from '../../schema/errors/hub-error.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { ALL_CAPABILITIES, checkCapabilities } from '../spi/check-capabilities.ts';
import type { CallOptions, Capabilities, Connector } from '../spi/connector.ts';
import { checkRowCount } from '../spi/count-rows.ts';
import type { Bindings, Request, Row, RowSet } from '../spi/ir.ts';
import { runBatch } from './batch.ts';
import { runAggregate, runQuery } from './query.ts';
import type { MemoryRow, Scope } from './scope.ts';

/** A table's rows: values in wire form by column name. */
export type MemoryTable = readonly Readonly<Record<string, WireValue>>[];

export interface MemoryOptions {
  readonly source: string;
  readonly catalog: Catalog;
  /** Keyed by table name, or `schema.table` where a row set names a schema. Read anew by each run. */
  readonly tables: ReadonlyMap<string, MemoryTable>;
  /** IANA name; default Asia/Shanghai. */
  readonly timeZone?: string;
  /** Default: everything. */
  readonly capabilities?: Capabilities;
}

/** A source held in arrays. It interprets requests directly and so defines what every node of the IR means. */
export function createMemoryConnector(options: MemoryOptions): Connector {
  const { source, catalog, tables, timeZone = 'Asia/Shanghai', capabilities = ALL_CAPABILITIES } = options;
  let closed = false;

  function refuseUnlessOpen({ signal }: CallOptions): void {
    if (closed) throw new HubError('SOURCE_UNAVAILABLE', `source "${source}" is closed`, { source });
    if (signal.aborted) throw new HubError('SOURCE_TIMEOUT', `the call to source "${source}" was abandoned`, { source, cause: signal.reason });
  }

  function readTable(set: RowSet & { readonly kind: 'table' }): readonly MemoryRow[] {
    const name = set.schema === undefined ? set.table : `${set.schema}.${set.table}`;
    const rows = tables.get(name) ?? tables.get(set.table);
    if (rows === undefined) throw new HubError('SOURCE_DRIFT', `source "${source}" has no table "${name}"`, { source });
    const known = catalog.tables.find(
      (table) => table.name === set.table && (set.schema === undefined || table.schema === undefined || table.schema === set.schema),
    );
    for (const column of set.columns) {
      if (known?.columns.some(({ name: columnName }) => columnName === column.name) === false) {
        throw new HubError('SOURCE_DRIFT', `table "${name}" of source "${source}" has no column "${column.name}"`, { source });
      }
    }
    return rows.map(
      (row) => new Map(set.columns.map(({ name: column, type }) => [column, unpadded(row[column] ?? null, type.kind === 'text' && type.padded === true)])),
    );
  }

  function answer(request: Request, bindings: Bindings): Row[] {
    const scope: Scope = { timeZone, bindings, table: readTable, rowSets: new Map(), indexes: new Map(), lists: new Map() };
    if (request.kind === 'rows') return runQuery(request.query, scope);
    return request.kind === 'aggregate' ? runAggregate(request.query, scope) : runBatch(request, scope);
  }

  return {
    source,
    capabilities,
    fingerprint: async (tables) => tables.map(() => ''),
    introspect: async (call) => {
      refuseUnlessOpen(call);
      return catalog;
    },
    prepare: (request) => {
      checkCapabilities(request, capabilities, source);
      return {
        statement: JSON.stringify(request),
        run: async (bindings, call) => {
          refuseUnlessOpen(call);
          const rows = answer(request, bindings);
          checkRowCount(request, rows, call.maxRows, source);
          return rows;
        },
      };
    },
    health: async () => (closed ? { status: 'down', code: 'SOURCE_UNAVAILABLE', reason: 'closed' } : { status: 'up', latencyMs: 0, engine: 'memory' }),
    close: async () => {
      closed = true;
    },
  };
}

function unpadded(value: WireValue, padded: boolean): WireValue {
  return padded && typeof value === 'string' ? value.replace(/ +$/, '') : value;
}
