import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ChangeBatch, ChangeGuarantees, ChangeMode, ChangeStart, ChangeStream } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { createLogReader } from './log-reader.ts';
import { createSlot, prepareLog } from './log-setup.ts';
import { lsnNumber, readLogPosition, type LogPosition } from './lsn.ts';
import { connectionConfig, endClient } from './session.ts';
import { snapshotTables } from './snapshot.ts';
import { postgresTriggerChanges } from './trigger-changes.ts';

export const POSTGRES_CHANGES: Readonly<Partial<Record<ChangeMode, ChangeGuarantees>>> = {
  log: { everyChange: true, transactions: true, commitTime: true },
  trigger: { everyChange: true, transactions: true, commitTime: false },
  poll: { everyChange: false, transactions: false, commitTime: false },
};

/** How often the publication is looked at, from which what is taken out is lost without a word, and which tables there are: the log tells of none that come. */
const WATCH_MS = 2_000;

export function postgresChanges(config: SourceConfig, start: ChangeStart, signal: AbortSignal): ChangeStream {
  return start.mode === 'log' ? logChanges(config, start, signal) : postgresTriggerChanges(config, start, signal);
}

/** Logical replication by `pgoutput`, through a slot and a publication named after the consumer. */
function logChanges(config: SourceConfig, start: ChangeStart, signal: AbortSignal): ChangeStream {
  let confirm: (position: string) => void = () => undefined;

  async function* batches(): AsyncGenerator<ChangeBatch> {
    const admin = new pg.Client(connectionConfig(config, false));
    admin.on('error', () => undefined);
    try {
      await connect(admin, config);
      let position = start.position === null ? null : readLogPosition(start.position);
      await prepareLog(admin, config, start, position);
      let mark: bigint | undefined;
      if (start.fresh.length > 0) {
        // The slot of the stream itself where there is none yet; else one that ends with its connection.
        const slot = await createSlot(config, position === null ? start.consumer : `${start.consumer}_snapshot`, position !== null);
        try {
          yield* snapshotTables(config, start, slot.snapshot, signal);
        } finally {
          await slot.release();
        }
        mark = lsnNumber(slot.lsn);
        position ??= { lsn: slot.lsn };
      }
      const from: LogPosition = position ?? { lsn: '0/0' };
      const reader = createLogReader(config, start, from, mark);
      confirm = (done) => reader.confirm(done);
      const ended = AbortSignal.any([signal, reader.ended]);
      const watching = watch(admin, config, start, ended, () => reader.alter()).catch((error: unknown) => reader.fail(error));
      try {
        await reader.started;
        if (!reader.ended.aborted) yield { kind: 'changes', transactions: [], position: JSON.stringify(from) };
        yield* reader.batches(signal);
      } finally {
        await reader.close();
        await Promise.all([watching, endClient(admin)]);
      }
    } catch (error) {
      throw failure(error, config);
    } finally {
      await endClient(admin);
    }
  }
  return { [Symbol.asyncIterator]: batches, confirm: (position) => confirm(position) };
}

async function watch(admin: pg.Client, config: SourceConfig, start: ChangeStart, signal: AbortSignal, onTables: () => void): Promise<void> {
  const known = readLogPosition('{"lsn":"0/0"}');
  const before = await newestTable(admin);
  for (;;) {
    await sleep(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await prepareLog(admin, config, { ...start, fresh: [] }, known, 'look');
    if ((await newestTable(admin)) !== before) return onTables();
  }
}

/** Of all that are not temporary. */
async function newestTable(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ newest: string }>(
    `select max(oid)::text as newest from pg_class where relkind in ('r', 'p') and relpersistence <> 't'`,
  );
  return rows[0]?.newest;
}

export async function connect(client: pg.Client, { source, department }: SourceConfig): Promise<void> {
  await client.connect().catch((cause: unknown) => {
    throw new HubError('SOURCE_UNAVAILABLE', `source "${source}" cannot be reached`, { source, department, cause });
  });
}

/** What an error of the driver or of the server means for a reader of changes. */
export function failure(error: unknown, { source, department }: SourceConfig): unknown {
  if (error instanceof HubError) return error;
  const { code, message = '' } = error as { readonly code?: string; readonly message?: string };
  const about = { source, department, cause: error };
  if (/publication "[^"]*" does not exist/.test(message))
    return new HubError('EVENT_GAP', `source "${source}" lost changes: its publication was dropped`, about);
  if (/cannot read from logical replication slot|can no longer get changes from replication slot|has been invalidated/.test(message))
    return new HubError('EVENT_GAP', `source "${source}" lost changes: the server gave up its slot`, about);
  if (code === '42704' && message.includes('replication slot'))
    return new HubError('EVENT_GAP', `source "${source}" lost changes: its slot was dropped`, about);
  if (code === '55006') return new HubError('SOURCE_BUSY', `source "${source}": another reader uses the slot, or has not quite left it`, about);
  return new HubError('SOURCE_UNAVAILABLE', `source "${source}" broke off the stream of changes`, about);
}
