/** One table of a real database as a connector tells its changes, without a hub: what a snapshot shows, and what the log says of the same values. */
import { openConnector } from '../../connectors/registry.ts';
import type { ChangeBatch, ChangeStart, SourceRow } from '../../connectors/spi/changes.ts';
import type { Connector } from '../../connectors/spi/connector.ts';

export interface Telling extends AsyncDisposable {
  readonly connector: Connector;
  /** Batches until one meets the condition, that one included. @throws when the stream ends */
  until(holds: (batch: ChangeBatch) => boolean): Promise<ChangeBatch[]>;
  /** So many rows as they became, from now on. */
  rows(count: number): Promise<(SourceRow | null)[]>;
  confirm(position: string): void;
}

export interface TellOptions extends Partial<ChangeStart> {
  /** Runs what the DBA is given for triggers. */
  readonly setUp?: (...statements: string[]) => Promise<void>;
}

export async function tell(kind: 'postgres' | 'mysql', url: string, table: string, { setUp, ...more }: TellOptions = {}): Promise<Telling> {
  const pool = { max: 4, queue: 20, acquireMs: 5_000, connectMs: 5_000 };
  const connector = await openConnector({ source: 'shop', department: 'trade', kind, url, pool, timeZone: 'Asia/Shanghai' });
  const catalog = await connector.introspect({ signal: AbortSignal.timeout(10_000), timeoutMs: 10_000 });
  const known = catalog.tables.find(({ name }) => name === table);
  if (known === undefined || connector.changes === undefined) throw new Error(`no table ${table}`);
  const columns = known.columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
  const ended = new AbortController();
  const captured = { table, columns, key: known.primaryKey, ...(known.schema === undefined ? {} : { schema: known.schema }) };
  if (setUp) await setUp(...(connector.changeSetup?.('trigger', [captured], 'yiwang_told').statements ?? []));
  const mode = setUp ? 'trigger' : 'log';
  const stream = connector.changes({ mode, consumer: 'yiwang_told', tables: [captured], position: null, fresh: [0], pollMs: 50, ...more }, ended.signal);
  const batches = stream[Symbol.asyncIterator]();
  const telling: Telling = {
    connector,
    confirm: (position) => stream.confirm(position),
    async rows(count) {
      const found: (SourceRow | null)[] = [];
      while (found.length < count) found.push(...toldRows(await telling.until(hasRows)));
      return found;
    },
    async until(holds) {
      const found: ChangeBatch[] = [];
      for (;;) {
        const { value, done } = await batches.next();
        if (done === true) throw new Error('the stream ended');
        found.push(value);
        if (holds(value)) return found;
      }
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await batches.return?.(undefined);
      await connector.close();
    },
  };
  return telling;
}

export const isListening = (batch: ChangeBatch): boolean => batch.kind === 'changes';
export const hasRows = (batch: ChangeBatch): boolean => batch.kind === 'changes' && batch.transactions.some(({ rows }) => rows.length > 0);

export const snapshotRows = (batches: readonly ChangeBatch[]): SourceRow[] => batches.flatMap((batch) => (batch.kind === 'snapshot' ? batch.rows : []));
export const toldRows = (batches: readonly ChangeBatch[]): (SourceRow | null)[] =>
  batches.flatMap((batch) => (batch.kind === 'changes' ? batch.transactions.flatMap(({ rows }) => rows.map(({ after }) => after)) : []));
