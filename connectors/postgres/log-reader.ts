import type pg from 'pg';
import { LogicalReplicationService, PgoutputPlugin, type Pgoutput } from 'pg-logical-replication';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { createChangeQueue } from '../spi/change-queue.ts';
import { SILENCE_MS, type CapturedTable, type ChangeBatch, type ChangeStart, type SourceRow } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { logValue } from './log-value.ts';
import { lsnNumber, lsnText, readLogPosition, type LogPosition } from './lsn.ts';
import { connectionConfig, destroy, GOODBYE_MS } from './session.ts';

export interface LogReader {
  /** Resolves when the server streams. */
  readonly started: Promise<void>;
  batches(signal: AbortSignal): AsyncGenerator<ChangeBatch>;
  confirm(position: string): void;
  fail(error: unknown): void;
  /** Tables came that are not known. */
  alter(): void;
  /** Aborted when the stream has ended. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** How often in `silenceMs` the server is told how far this is, and asked for a sign of life. It too ends a stream that says nothing (`wal_sender_timeout`). */
const SIGNS = 6;

/** @param mark what ends up to here is in the snapshot of the fresh tables already */
export function createLogReader(config: SourceConfig, start: ChangeStart, from: LogPosition, mark: bigint | undefined): LogReader {
  const queue = createChangeQueue(JSON.stringify(from), (after, commit, rows) =>
    JSON.stringify({ lsn: readLogPosition(after).lsn, commit, rows } satisfies LogPosition),
  );
  const tables = new Map(start.tables.map((table, place) => [table.schema === undefined ? table.table : `${table.schema}.${table.table}`, place]));
  const fresh = new Set(start.fresh);
  const readers = start.tables.map(rowReader);
  const ended = new AbortController();
  const started = Promise.withResolvers<void>();
  // Acknowledging by time, as the library offers, moves the slot past what nobody has read; so does its own acknowledging.
  const service = new LogicalReplicationService(connectionConfig(config, false), {
    acknowledge: { auto: false, timeoutSeconds: 0 },
    flowControl: { enabled: true },
  });
  let confirmed = lsnNumber(from.lsn);
  let inTransaction = false;
  /** Messages that wait in the library: what it says of the log's end meanwhile is ahead of them. */
  let waiting = 0;
  let isCovered = false;
  let heardAt = performance.now();
  const onMessage = (): void => {
    waiting += 1;
    heardAt = performance.now();
  };

  const placeOf = ({ schema, name }: Pgoutput.MessageRelation): number | undefined => tables.get(`${schema}.${name}`) ?? tables.get(name);
  const acknowledge = (ping = false): void => {
    // The library reports one byte more than it is told; a commit that begins right there would then be skipped.
    if (confirmed > 0n) service.acknowledge(lsnText(confirmed - 1n), ping).catch(() => undefined);
  };

  const shapes = new Map<number, string>();
  /** A table whose columns changed while this listens; what it was before, another run has seen. */
  const noteShape = (relation: Pgoutput.MessageRelation): void => {
    const table = placeOf(relation);
    const shape = JSON.stringify(relation.columns.map(({ name, typeOid, typeMod }) => [name, typeOid, typeMod]));
    if (table === undefined) return;
    if ((shapes.get(table) ?? shape) !== shape) queue.altered([table]);
    shapes.set(table, shape);
  };

  service.on('data', async (_lsn: string, message: Pgoutput.Message) => {
    waiting -= 1;
    switch (message.tag) {
      case 'begin': {
        const commit = message.commitLsn ?? '';
        inTransaction = true;
        isCovered = mark !== undefined && lsnNumber(commit) < mark;
        const isResumed = from.commit !== undefined && lsnNumber(from.commit) === lsnNumber(commit);
        queue.begin(
          { commit: lsnText(lsnNumber(commit)), transaction: String(message.xid), committedMs: Number(message.commitTime as bigint) / 1000 },
          isResumed ? from.rows : 0,
        );
        break;
      }
      case 'commit':
        inTransaction = false;
        queue.end(JSON.stringify({ lsn: message.commitEndLsn ?? '0/0' }));
        break;
      case 'insert':
      case 'update':
      case 'delete': {
        const table = placeOf(message.relation);
        if (table === undefined || (isCovered && fresh.has(table))) {
          queue.row(null);
          break;
        }
        const read = readers[table]!;
        const before = message.tag === 'insert' ? null : (message.old ?? message.key);
        queue.row({ table, op: message.tag, before: before === null ? null : read(before), after: message.tag === 'delete' ? null : read(message.new) });
        break;
      }
      case 'relation':
        noteShape(message);
        break;
      case 'truncate':
        for (const relation of message.relations) {
          const table = placeOf(relation);
          queue.row(table === undefined || (isCovered && fresh.has(table)) ? null : { table, op: 'truncate', before: null, after: null });
        }
        break;
      default:
    }
    if (queue.isFull) await queue.room();
  });
  service.on('heartbeat', (lsn: string, _time: number, shouldRespond: boolean) => {
    heardAt = performance.now();
    if (!inTransaction && waiting === 0) queue.idle(JSON.stringify({ lsn }));
    if (shouldRespond) acknowledge();
  });
  service.on('start', () => started.resolve());
  service.on('error', (error: Error) => queue.fail(error));
  const { silenceMs = SILENCE_MS } = start;
  const status = setInterval(() => {
    // While messages wait here, the stream is paused and cannot be heard.
    if (waiting > 0 || queue.isFull) heardAt = performance.now();
    if (performance.now() - heardAt > silenceMs) reader.fail(new Error(`nothing was heard of the server for ${silenceMs} ms`));
    acknowledge(true);
  }, silenceMs / SIGNS);
  status.unref();
  const streaming = service
    .subscribe(new RawPlugin(start.consumer, onMessage), start.consumer, from.lsn)
    .then(
      () => queue.fail(new Error('the server ended the stream')),
      (error: unknown) => queue.fail(error),
    )
    .finally(() => {
      ended.abort();
      started.resolve();
    });

  const reader: LogReader = {
    started: started.promise,
    batches: (signal) => queue.batches(signal),
    confirm: (position) => {
      const { lsn, commit } = readLogPosition(position);
      if (commit !== undefined || lsnNumber(lsn) <= confirmed) return;
      confirmed = lsnNumber(lsn);
      acknowledge();
    },
    fail: (error) => queue.fail(error),
    alter: () => queue.altered([]),
    ended: ended.signal,
    close: async () => {
      clearInterval(status);
      ended.abort();
      // A server that has fallen silent does not say goodbye.
      const { _client: client } = service as unknown as { readonly _client: pg.Client | null };
      const cut = client === null ? undefined : setTimeout(() => destroy(client), GOODBYE_MS);
      await service.stop().catch(() => undefined);
      clearTimeout(cut);
      await streaming;
      service.removeAllListeners();
    },
  };
  return reader;
}

/** Values as the server prints them: the driver's own types lose digits and fractions of a second. */
class RawPlugin extends PgoutputPlugin {
  readonly #onMessage: () => void;

  constructor(publication: string, onMessage: () => void) {
    super({ protoVersion: 1, publicationNames: [publication] });
    this.#onMessage = onMessage;
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    this.#onMessage();
    const message = super.parse(buffer) as Pgoutput.Message;
    if (message.tag === 'relation') for (const column of message.columns) column.parser = (raw: unknown) => raw;
    return message;
  }
}

function rowReader({ columns }: CapturedTable): (tuple: Readonly<Record<string, unknown>>) => SourceRow {
  const readers = columns.map(({ name, type }) => ({ name, read: logValue(type) }));
  return (tuple) => {
    const row: Record<string, WireValue> = {};
    // A large value that did not change is not in the log: its column is then absent, as are all but the key's in an old key.
    for (const { name, read } of readers) if (tuple[name] !== undefined) row[name] = read(tuple[name] as string | null);
    return row;
  };
}
