import type { AccessLog } from '../access/log/open-access-log.ts';
import type { AccessEvent, RecordedReads } from '../access/log/record.ts';
import type { Agreements } from '../access/agreements.ts';
import type { EventSink, RunStream } from '../changes/subscriptions/event-sink.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { sumTallies, type Tally } from '../federation/execute/tally.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import { mergeReads } from './noted-reads.ts';
import { documentHash, maskedOf, nameOf, subjectsOf, whoOf } from './record-operation.ts';
import { selectedReads } from './selected-reads.ts';

interface Waiting extends Shown {
  readonly cursor: string;
  readonly payload?: Buffer;
}

/** What an event shows, beside what its selection names. */
interface Shown {
  readonly shown?: Tally | undefined;
  readonly reads?: readonly SourceReads[] | undefined;
}

/** What waits for the disk; a stream that makes more in that time is ended. */
const WAITING_MAX = 2_000;

/**
 * Runs streams with a record of each start, of each batch before it leaves, and of each end. Events that come while a record is being written leave together
 * under the next one.
 */
export function recordStreams(run: RunStream, log: AccessLog, agreements?: Pick<Agreements, 'spend'>): RunStream {
  const subjects = rememberLast((shown: readonly Tally[]) => subjectsOf(log, sumTallies(shown, log.subjectKeys)));
  return async (request, sink) => {
    const { requestId, principal, operation, view, text } = request;
    const common = {
      request: requestId,
      who: whoOf(principal),
      operation: { type: operation.operation, ...nameOf(operation), hash: documentHash(text) },
      generation: view.number,
      release: view.version,
      decision: 'allowed',
    } satisfies Partial<AccessEvent>;
    const reads = selectedReads(request);
    const withNoted = (noted: readonly SourceReads[]): RecordedReads[] =>
      noted.length === 0 ? reads : mergeReads([...reads, ...noted]).map((each) => ({ ...each, ...maskedOf(view, each.fields), rows: 0 }));
    await agreements?.spend(principal, fieldsOf(reads), () => 0);
    await log.record({ kind: 'stream', ...common, reads });
    const failed = new AbortController();
    const recorded = recordedSink(sink, failed, async (count, batch) => {
      const shown = batch.flatMap((each) => each.shown ?? []);
      const tally = shown.length === 0 ? undefined : sumTallies(shown, 0);
      const delivered = withNoted(batch.flatMap((each) => each.reads ?? []));
      await agreements?.spend(principal, fieldsOf(delivered), (type) => (tally ? (tally.entities.get(type)?.count ?? 0) : count), 0);
      const about = subjects(shown);
      await log.record({ kind: 'delivery', ...common, reads: delivered, count, ...(about.length > 0 ? { subjects: about } : {}) });
    });
    let codes: readonly string[] = [];
    try {
      await run(request, recorded.sink);
      await recorded.settled();
      failed.signal.throwIfAborted();
    } catch (error) {
      codes = [error instanceof HubError ? error.code : 'INTERNAL_SERVER_ERROR'];
      throw error;
    } finally {
      const errors = Object.fromEntries(codes.map((code) => [code, 1]));
      await log.record({ kind: 'end', ...common, ...(codes.length > 0 ? { errors } : {}) }).catch(() => undefined);
    }
  };
}

const fieldsOf = (reads: readonly RecordedReads[]): readonly string[] => reads.flatMap(({ fields }) => fields);

function recordedSink(
  sink: EventSink,
  failed: AbortController,
  record: (count: number, batch: readonly Shown[]) => Promise<void>,
): { readonly sink: EventSink; settled(): Promise<void> } {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  const fail = (error: unknown): void => {
    waiting = [];
    if (!failed.signal.aborted) failed.abort(error);
  };
  const write = async (): Promise<void> => {
    while (waiting.length > 0 && !failed.signal.aborted) {
      const batch = waiting;
      waiting = [];
      const count = batch.filter(({ payload }) => payload !== undefined).length;
      try {
        if (count > 0) await record(count, batch);
      } catch (error) {
        return fail(error);
      }
      for (const { payload, cursor } of batch) {
        if (payload === undefined) sink.advance(cursor);
        else sink.send(payload, cursor);
      }
    }
  };
  const add = (item: Waiting): void => {
    if (failed.signal.aborted) return;
    if (waiting.length >= WAITING_MAX)
      return fail(new HubError('SLOW_CONSUMER', 'Events came faster than they could be recorded; resume from the last cursor.'));
    waiting.push(item);
    writing ??= write().finally(() => (writing = undefined));
  };
  return {
    sink: {
      send: (payload, cursor, shown, reads) => add({ payload, cursor, shown, reads }),
      advance: (cursor) => add({ cursor }),
      async ready() {
        while (writing) await writing;
        await sink.ready();
      },
      signal: AbortSignal.any([sink.signal, failed.signal]),
    },
    async settled() {
      while (writing) await writing;
    },
  };
}

/** Many subscribers in turn are sent the same. */
function rememberLast<T, R>(make: (items: readonly T[]) => R): (items: readonly T[]) => R {
  let last: { readonly items: readonly T[]; readonly made: R } | undefined;
  return (items) => {
    if (last?.items.length !== items.length || !last.items.every((item, i) => item === items[i])) last = { items, made: make(items) };
    return last.made;
  };
}
