import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeLog, type ChangeLog } from '../../../../changes/log.ts';
import { createConsumers, type Consumers } from '../../../../changes/subscriptions/consumers.ts';
import { createLogTail, type LogTail } from '../../../../changes/subscriptions/log-tail.ts';
import { BEGINNING, createSequenceCursors, placeBetween } from '../../../../changes/subscriptions/sequence-cursor.ts';
import { createTopic } from '../../../../changes/subscriptions/create-topic.ts';
import type { Gap } from '../../../../changes/subscriptions/gap.ts';
import type { Topic } from '../../../../changes/subscriptions/topic.ts';
import { createCursorCodec } from '../../../../federation/values/cursor.ts';
import { HubError } from '../../../../schema/errors/hub-error.ts';
import { LOSS, type Change, type LoggedChange } from '../../../../schema/model/change.ts';
import { openStore } from '../../../../store/open-store.ts';
import type { Store } from '../../../../store/store.ts';
import { createSinkClient, plainRequest, type SinkClient } from '../../../helpers/stream-client.ts';

const cursors = createSequenceCursors(createCursorCodec('secret'), 'changes');
let made = 0;
const change = (department = 'd'): Change => {
  const id = `${++made}`;
  return {
    id,
    department,
    source: 's',
    type: 'T',
    key: [id],
    rowKey: id,
    op: 'CREATED',
    changedFields: [],
    before: null,
    after: {},
    committedAt: '',
    transaction: id,
    mappingVersion: 1,
  };
};
const isLoss = ({ type }: LoggedChange): boolean => type === LOSS;
const changes = (count: number): Change[] => Array.from({ length: count }, () => change());

let store: Store;
let log: ChangeLog;
let tail: LogTail<LoggedChange, undefined>;
let topic: Topic;
let evaluated: number;
/** What the next evaluations throw. */
let failures: HubError[];
/** How long an evaluation takes. */
let pause: () => Promise<void>;
/** What the source lost. */
let gap: Gap | undefined;
/** Where the next subscriber begins. */
let after: string | undefined;
let consumer: string | undefined;
let consumers: Consumers;

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  const wake = { call: () => undefined, listen: () => () => undefined, [Symbol.asyncDispose]: async () => undefined };
  log = createChangeLog({ store, wake, retention: { hours: 72, eventsPerDepartment: 1_000_000 } });
  tail = createLogTail<LoggedChange, undefined>(log, cursors.encode, () => undefined);
  [evaluated, failures, pause, after, consumer, gap] = [0, [], async () => undefined, undefined, undefined, undefined];
  consumers = createConsumers(store.consumers, cursors, () => log.newest());
  topic = createTopic<LoggedChange, undefined>({
    tail,
    newest: () => log.newest(),
    cursors,
    answers: () => true,
    startOf: () => ({ after, consumer }),
    gapOf: async () => gap,
    positionOf: (subject, name, now) => consumers.positionOf(subject, name, now),
    evaluatorOf: () => ({
      keep: () => true,
      gapOf: (event) => (isLoss(event) ? { sequence: event.sequence, source: 's', department: 'd' } : undefined),
      async evaluate({ events }) {
        await pause();
        const failure = failures.shift();
        if (failure) throw failure;
        evaluated += events.length;
        return events.map(({ sequence }) => ({ sequence, payload: Buffer.from(String(sequence)), cursor: cursors.encode(sequence) }));
      },
    }),
  });
});
afterEach(async () => {
  await tail[Symbol.asyncDispose]();
  await log[Symbol.asyncDispose]();
  await store.close();
});

/** The source loses changes, and the log says so. */
async function lose(): Promise<void> {
  await log.append({ changes: [{ ...change(), type: LOSS }] });
  gap = { sequence: await log.newest(), source: 's', department: 'd' };
}

async function subscribe(client: SinkClient, from?: string): Promise<{ readonly ended: Promise<void> }> {
  after = from;
  const ended = topic.run(plainRequest(), client.sink);
  ended.catch(() => undefined);
  await expect.poll(() => client.cursor() !== undefined || client.sink.signal.aborted, { interval: 1 }).toBe(true);
  return { ended };
}

const upTo = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i + 1));
const settled = { interval: 2, timeout: 5_000 };

describe('a topic over a log', () => {
  it('loses nothing and repeats nothing, wherever a subscriber is cut and however often it resumes', async () => {
    const seed = Number(process.env['YIWANG_SEED'] ?? 20_260);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('cut' as const), after: fc.integer({ min: 1, max: 25 }) }),
      fc.record({ kind: fc.constant('turn' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.boolean(), async (steps, slow) => {
        pause = slow ? () => new Promise((resolve) => setImmediate(resolve)) : async () => undefined;
        const start = await log.newest();
        const seen: string[] = [];
        const witness = createSinkClient();
        const first = await subscribe(witness);
        let client = createSinkClient(7);
        await subscribe(client, cursors.encode(start));
        for (const each of steps) {
          if (each.kind === 'append') await log.append({ changes: changes(each.count) });
          else if (each.kind === 'turn') await new Promise((resolve) => setImmediate(resolve));
          else {
            client.leave();
            seen.push(...client.texts);
            const cursor = client.cursor();
            client = createSinkClient(each.after);
            await subscribe(client, cursor);
          }
        }
        const newest = await log.newest();
        for (;;) {
          client.leave();
          seen.push(...client.texts);
          if (seen.at(-1) === String(newest) || newest === start) break;
          const cursor = client.cursor();
          client = createSinkClient();
          await subscribe(client, cursor);
          await expect.poll(() => client.texts.at(-1), settled).toBe(String(newest));
        }
        await expect.poll(() => witness.texts.length, settled).toBe(newest - start);
        witness.leave();
        await first.ended;
        expect(seen).toEqual(upTo(start, newest));
        expect(witness.texts).toEqual(upTo(start, newest));
      }),
      { seed, numRuns: 40 },
    );
  });

  it('evaluates each event once for all who ask the same', async () => {
    const clients = Array.from({ length: 50 }, () => createSinkClient());
    for (const client of clients) await subscribe(client);
    await log.append({ changes: changes(100) });
    for (const client of clients) await expect.poll(() => client.texts.length, settled).toBe(100);
    expect(evaluated).toBe(100);
    expect(new Set(clients.map(({ texts }) => texts.join()))).toEqual(new Set([upTo(0, 100).join()]));
  });

  it('goes on with the same events when a source that decides comes back, and ends with its error and the cursor when it does not', async () => {
    const client = createSinkClient();
    const { ended } = await subscribe(client);
    failures = [new HubError('SOURCE_UNAVAILABLE', 'down'), new HubError('SOURCE_TIMEOUT', 'slow')];
    await log.append({ changes: changes(3) });
    await expect.poll(() => client.texts, settled).toEqual(upTo(0, 3));
    failures = [new HubError('JOIN_TOO_LARGE', 'too large')];
    await log.append({ changes: changes(1) });
    await expect(ended).rejects.toMatchObject({ code: 'JOIN_TOO_LARGE', cursor: cursors.encode(3) });
    const again = createSinkClient();
    await subscribe(again, cursors.encode(3));
    await expect.poll(() => again.texts, settled).toEqual(['4']);
  });

  it('refuses cursors that it did not make, of a time to come, and of what has been forgotten', async () => {
    await log.append({ changes: changes(10) });
    const run = async (cursor: string): Promise<void> => {
      after = cursor;
      await topic.run(plainRequest(), createSinkClient().sink);
    };
    const good = cursors.encode(3);
    for (let at = 0; at < good.length; at++) {
      const edited = `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
      await expect(run(edited)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
    await expect(run(cursors.encode(11))).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await expect(run(createSequenceCursors(createCursorCodec('secret'), 'alerts').encode(3))).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await store.transaction((tables) => tables.changeLog.forget({ olderThanMs: 0, keepPerDepartment: 4 }));
    await expect(run(cursors.encode(5))).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', cursor: cursors.encode(6) });
    const oldest = createSinkClient();
    await subscribe(oldest, cursors.encode(6));
    await expect.poll(() => oldest.texts, settled).toEqual(upTo(6, 10));
  });

  it('replays what is no longer in memory from the log, page by page, at the reader’s pace', async () => {
    const early = createSinkClient();
    await subscribe(early);
    early.leave();
    for (let i = 0; i < 9; i++) await log.append({ changes: changes(500) });
    const client = createSinkClient();
    let asked = 0;
    const paced = { ...client.sink, ready: async () => void asked++ };
    after = cursors.encode(0);
    void topic.run(plainRequest(), paced);
    await expect.poll(() => client.texts.length, { timeout: 10_000 }).toBe(4_500);
    expect(client.texts).toEqual(upTo(0, 4_500));
    expect(asked).toBeGreaterThan(2);
    client.leave();
  });

  it('says once that changes were lost, to those who may have missed them, with the cursor to go on from', async () => {
    await log.append({ changes: changes(5) });
    const live = createSinkClient();
    const { ended } = await subscribe(live);
    await lose();
    await log.append({ changes: changes(5) });
    await expect(ended).rejects.toMatchObject({ code: 'EVENT_GAP', source: 's', cursor: cursors.encode(5, 6) });
    expect(live.texts).toEqual([]);
    for (const missed of [cursors.encode(2), cursors.encode(5)]) {
      after = missed;
      await expect(topic.run(plainRequest(), createSinkClient().sink)).rejects.toMatchObject({ code: 'EVENT_GAP' });
    }
    const told = createSinkClient();
    await subscribe(told, cursors.encode(2, 6));
    await expect.poll(() => told.texts, settled).toEqual([...upTo(2, 5), ...upTo(6, 11)]);
    const later = createSinkClient();
    await subscribe(later, cursors.encode(8));
    await expect.poll(() => later.texts, settled).toEqual(upTo(8, 11));
  });

  it('tells nobody of what followed a loss before the loss itself, wherever they stand', async () => {
    await log.append({ changes: changes(2_500) });
    const clients = [cursors.encode(0), cursors.encode(2_499), undefined].map((from) => ({ from, client: createSinkClient() }));
    const ends = [];
    for (const { client, from } of clients) ends.push((await subscribe(client, from)).ended);
    await log.append({ changes: [{ ...change(), type: LOSS }, ...changes(3)] });
    for (const ended of ends) await expect(ended).rejects.toMatchObject({ code: 'EVENT_GAP' });
    expect(clients.flatMap(({ client }) => client.texts).filter((text) => Number(text) > 2_500)).toEqual([]);
  });

  it('tells apart two losses with nothing between them', async () => {
    await log.append({ changes: changes(5) });
    const ends: string[] = [];
    let from: string | undefined = cursors.encode(5);
    for (let count = 0; count < 2; count++) {
      await lose();
      after = from;
      const error = await topic.run(plainRequest(), createSinkClient().sink).catch((thrown: unknown) => thrown as HubError);
      ends.push((from = error?.cursor) ?? '');
    }
    expect(ends).toEqual([cursors.encode(5, 6), cursors.encode(5, 7)]);
    const told = createSinkClient();
    await subscribe(told, from);
    await log.append({ changes: changes(1) });
    await expect.poll(() => told.texts, settled).toEqual(['8']);
  });

  it('says so to whoever stands between two entries', async () => {
    await log.append({ changes: changes(5) });
    await lose();
    after = cursors.encode(placeBetween(5, BEGINNING));
    await expect(topic.run(plainRequest(), createSinkClient().sink)).rejects.toMatchObject({ code: 'EVENT_GAP' });
  });

  describe('for a named consumer', () => {
    const acknowledge = (cursor: string): Promise<string> => consumers.acknowledge('tester', 'named', cursor);
    /** Runs until the topic refuses. */
    const refused = (): Promise<void> => topic.run(plainRequest(), createSinkClient().sink);
    /** What is told first, and what is told then. */
    async function told(count: number, next = 0): Promise<string[]> {
      const client = createSinkClient();
      await subscribe(client);
      if (next > 0) await log.append({ changes: changes(next) });
      await expect.poll(() => client.texts.length, settled).toBe(count + next);
      client.leave();
      return client.texts;
    }
    beforeEach(async () => {
      consumer = 'named';
      await log.append({ changes: changes(5) });
    });

    it('says that changes were lost while it stood at the head', async () => {
      await acknowledge(cursors.encode(5));
      await lose();
      await expect(refused()).rejects.toMatchObject({ code: 'EVENT_GAP', source: 's', cursor: cursors.encode(5, 6) });
    });

    it('says so also where it has never acknowledged anything', async () => {
      expect(await told(0)).toEqual([]);
      await lose();
      await expect(refused()).rejects.toMatchObject({ code: 'EVENT_GAP', cursor: cursors.encode(5, 6) });
    });

    it('goes on once it has acknowledged the cursor that came with the loss, and is told of the next', async () => {
      await acknowledge(cursors.encode(2));
      await lose();
      const error = await refused().catch((thrown: unknown) => thrown as HubError);
      expect(error).toMatchObject({ code: 'EVENT_GAP', cursor: cursors.encode(2, 6) });
      expect(await acknowledge(cursors.encode(2, 6))).toBe(cursors.encode(2, 6));
      expect(await told(3)).toEqual(upTo(2, 5));
      expect(await acknowledge(cursors.encode(4))).toBe(cursors.encode(4, 6));
      expect(await told(1)).toEqual(['5']);
      await log.append({ changes: changes(3) });
      expect(await acknowledge(cursors.encode(8))).toBe(cursors.encode(8));
      await lose();
      await expect(refused()).rejects.toMatchObject({ code: 'EVENT_GAP', cursor: cursors.encode(8, 10) });
    });

    it('says nothing of what was lost before it began, however often it comes back', async () => {
      await lose();
      expect(await told(0)).toEqual([]);
      expect(await told(0, 2)).toEqual(['7', '8']);
      expect(await told(2)).toEqual(['7', '8']);
    });

    it('does not move back to an older cursor', async () => {
      await acknowledge(cursors.encode(4));
      expect(await acknowledge(cursors.encode(2))).toBe(cursors.encode(4));
      expect(await told(1)).toEqual(['5']);
      await lose();
      expect(await acknowledge(cursors.encode(2, 6))).toBe(cursors.encode(4, 6));
      expect(await acknowledge(cursors.encode(3))).toBe(cursors.encode(4, 6));
      expect(await told(1)).toEqual(['5']);
    });
  });
});
