import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from '../../federation/execute/tally.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { EventSink } from './event-sink.ts';
import { lostChanges, type Gap } from './gap.ts';
import type { LogTail, Sequenced } from './log-tail.ts';
import { BEGINNING, placeBetween } from './sequence-cursor.ts';

/** A result, ready to be sent. */
export interface ReadyEvent extends Sequenced {
  /** As JSON text in UTF-8. */
  readonly payload: Buffer;
  readonly cursor: string;
  /** The entities in it. */
  readonly shown?: Tally | undefined;
  /** Instead of a result: it ends the streams of those who do not know of it. */
  readonly gap?: Gap;
}

/** How equal subscriptions see a log. */
export interface Evaluator<E, Filter> {
  /** What the log itself can leave out. */
  readonly filter?: Filter;
  /** The same for what is in memory. */
  readonly keep: (event: E) => boolean;
  /** What was lost, where the entry says so; such entries are not evaluated. */
  readonly gapOf?: (event: E) => Gap | undefined;
  /** @throws {HubError} when a source that decides fails */
  evaluate(page: EvaluatedPage<E>, signal: AbortSignal): Promise<readonly ReadyEvent[]>;
  /** What brings about events that no entry of the log tells. */
  readonly renewal?: Renewal;
}

export interface EvaluatedPage<E> {
  readonly events: readonly E[];
  /** It holds all that follows this place… */
  readonly after: number;
  /** … up to this one. */
  readonly upTo: number;
  /** Live pages follow one another and are evaluated once; a replay may be of anything, beside them. */
  readonly isLive: boolean;
}

export interface Renewal {
  /** Before the first live page, and whenever it is due. @returns events that follow the position and come before the next entry */
  renew(position: number, signal: AbortSignal): Promise<readonly ReadyEvent[]>;
  isDue(): boolean;
  /** Calls when it may have become due. @returns to stop */
  listen(wake: () => void): () => void;
}

/** Equal subscriptions under equal rights: each event is evaluated once, and its text goes to all of them. */
export interface Channel {
  /** Where somebody begins who asks for nothing that was, when the log stands here. */
  beginning(position: number): number;
  /**
   * Replays what follows the position, goes live without gap or duplicate, and runs until the sink's end.
   * @param told what was lost up to here is known @returns the position reached @throws {HubError} what ends the channel, or this replay
   */
  join(position: number, sink: EventSink, told: number): Promise<number>;
}

export interface ChannelOptions<E, Filter> {
  readonly tail: LogTail<E, Filter>;
  readonly evaluator: Evaluator<E, Filter>;
  /** What follows this is evaluated for all; who begins earlier catches up alone. A whole number. */
  readonly start: number;
  readonly cursorOf: (sequence: number, gap?: number) => string;
  /** The last subscriber left, or the channel failed; nobody joins any more. */
  readonly onEmpty: () => void;
  /** Lets so many replays evaluate at a time. */
  readonly replay: <T>(work: () => Promise<T>) => Promise<T>;
}

interface Member {
  readonly sink: EventSink;
  position: number;
  readonly told: number;
  /** Nothing is sent any more. */
  isOver: boolean;
  readonly fail: (error: HubError) => void;
}

export const EVENTS_AT_ONCE = 200;
/** So much at once is a burst, after which there is a pause of at most this length. */
const BURST_EVENTS = 100;
const BURST_BYTES = 100_000;
const BURST_MS = 50;
/** A source that decides who sees what is waited for so long; then the streams end with its error and their cursor. */
const SOURCE_WAIT_MS = 30_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5_000;

const NOTHING = Buffer.alloc(0);

export function createChannel<E extends Sequenced, Filter>(options: ChannelOptions<E, Filter>): Channel {
  const { tail, evaluator, cursorOf, onEmpty, replay } = options;
  let position = options.start;
  /** Those who are live. */
  const members = new Set<Member>();
  /** Those and those who still replay. */
  const all = new Set<Member>();
  const ended = new AbortController();
  let running: Promise<void> | undefined;

  async function evaluate(page: EvaluatedPage<E>, signal: AbortSignal): Promise<readonly ReadyEvent[]> {
    const gaps = page.events.flatMap((event) => evaluator.gapOf?.(event) ?? []);
    const events = gaps.length === 0 ? page.events : page.events.filter((event) => !evaluator.gapOf?.(event));
    // What no entry tells is told in a replay too.
    const isIdle = events.length === 0 && (page.isLive || !evaluator.renewal);
    const ready = isIdle ? [] : await patiently((limit) => evaluator.evaluate({ ...page, events }, limit), signal);
    if (gaps.length === 0) return ready;
    const ends = gaps.map((gap): ReadyEvent => ({ sequence: gap.sequence, payload: NOTHING, cursor: cursorOf(gap.sequence), gap }));
    return [...ready, ...ends].toSorted((a, b) => a.sequence - b.sequence);
  }

  function deliver(member: Member, events: readonly ReadyEvent[], upTo: number, cursor: string): void {
    for (const event of events) {
      if (member.isOver || member.sink.signal.aborted) return;
      if (event.sequence <= member.position) continue;
      if (event.gap && event.sequence > member.told) {
        member.isOver = true;
        member.fail(lostChanges(event.gap, cursorOf(member.position, event.sequence)));
        return;
      }
      if (!event.gap) member.sink.send(event.payload, event.cursor, event.shown);
      member.position = event.sequence;
    }
    // Who has left, to go on elsewhere, has not been told what came since.
    if (upTo <= member.position || member.isOver || member.sink.signal.aborted) return;
    member.position = upTo;
    member.sink.advance(cursor);
  }

  async function deliverAll(events: readonly ReadyEvent[]): Promise<void> {
    for (const { part, isFull } of parts(events)) {
      position = part.at(-1)?.sequence ?? position;
      for (const member of members) deliver(member, part, position, part.at(-1)?.cursor ?? '');
      // In a burst, whoever reads gets the time to; who does not is not waited for.
      if (isFull) await Promise.race([Promise.all([...members].map(({ sink }) => sink.ready())), sleep(BURST_MS, undefined, { ref: false })]);
    }
  }

  async function live(): Promise<void> {
    const { renewal } = evaluator;
    let woken = new AbortController();
    const stop = renewal?.listen(() => woken.abort());
    try {
      while (!ended.signal.aborted) {
        woken = new AbortController();
        if (renewal?.isDue()) {
          const news = await patiently((signal) => renewal.renew(Math.floor(position), signal), ended.signal);
          if (ended.signal.aborted) return;
          await deliverAll(news);
        }
        const page = await tail.page(position, EVENTS_AT_ONCE, evaluator.filter, evaluator.keep);
        if (page.position <= position) {
          await tail.waitBeyond(position, AbortSignal.any([ended.signal, woken.signal]));
          continue;
        }
        const events = await evaluate({ events: page.events, after: position, upTo: page.position, isLive: true }, ended.signal);
        if (ended.signal.aborted) return;
        await deliverAll(events);
        ({ position } = page);
        const cursor = cursorOf(position);
        for (const member of members) deliver(member, [], position, cursor);
      }
    } finally {
      stop?.();
    }
  }

  async function catchUp(member: Member): Promise<void> {
    const { signal } = member.sink;
    while (member.position < position && !member.isOver && !signal.aborted) {
      const { position: after } = member;
      const page = await tail.page(after, EVENTS_AT_ONCE, evaluator.filter, evaluator.keep);
      // Beyond the live position somebody else is evaluating; what follows it before the next entry has been.
      const upTo = page.position < Math.floor(position) ? page.position : position;
      const events = await replay(() => evaluate({ events: page.events.filter(({ sequence }) => sequence <= upTo), after, upTo, isLive: false }, signal));
      for (const event of events) {
        await member.sink.ready();
        deliver(member, [event], event.sequence, event.cursor);
      }
      await member.sink.ready();
      deliver(member, [], upTo, cursorOf(upTo));
    }
    // Nothing is awaited between the last look at the position and this.
    if (!member.isOver) members.add(member);
  }

  function leave(member: Member): void {
    member.isOver = true;
    members.delete(member);
    all.delete(member);
    if (all.size > 0 || ended.signal.aborted) return;
    ended.abort();
    onEmpty();
  }

  const failAll = (error: unknown): void => {
    ended.abort(error);
    onEmpty();
    for (const member of all) member.fail(endOf(error, cursorOf(member.position)));
  };
  return {
    beginning: (at) => (evaluator.renewal ? placeBetween(at, BEGINNING) : at),
    async join(from, sink, told) {
      const { promise: failed, reject: fail } = Promise.withResolvers<never>();
      failed.catch(() => undefined);
      const member: Member = { sink, position: from, told, isOver: false, fail };
      all.add(member);
      try {
        ended.signal.throwIfAborted();
        sink.advance(cursorOf(from));
        running ??= live().catch(failAll);
        await Promise.race([catchUp(member).then(() => endOfSignal(sink.signal)), failed]);
        return member.position;
      } catch (error) {
        throw error instanceof HubError && error.cursor !== undefined ? error : endOf(error, cursorOf(member.position));
      } finally {
        leave(member);
      }
    },
  };
}

/** Sources that do not answer are waited for. @returns nothing once the signal is aborted */
export async function patiently<T>(work: (signal: AbortSignal) => Promise<readonly T[]>, signal: AbortSignal): Promise<readonly T[]> {
  const deadline = performance.now() + SOURCE_WAIT_MS;
  for (let wait = RETRY_FIRST_MS; ; wait = Math.min(wait * 2, RETRY_MAX_MS)) {
    try {
      return await work(AbortSignal.any([signal, AbortSignal.timeout(SOURCE_WAIT_MS)]));
    } catch (error) {
      if (signal.aborted) return [];
      if (!(error instanceof HubError) || !error.retryable || performance.now() + wait > deadline) throw error;
      await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Pieces that a queue takes at once. */
function* parts(events: readonly ReadyEvent[]): Generator<{ readonly part: readonly ReadyEvent[]; readonly isFull: boolean }> {
  let part: ReadyEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    part.push(event);
    bytes += event.payload.length;
    if (part.length < BURST_EVENTS && bytes < BURST_BYTES) continue;
    yield { part, isFull: true };
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) yield { part, isFull: false };
}

/** The same error, saying where to resume. */
export function endOf(error: unknown, cursor: string): HubError {
  if (!(error instanceof HubError)) return new HubError('INTERNAL_SERVER_ERROR', 'a subscription failed', { cause: error, cursor });
  const { code, message, department, source, retryAfterMs } = error;
  return new HubError(code, message, {
    cursor: error.cursor ?? cursor,
    cause: error,
    ...(department === undefined ? {} : { department }),
    ...(source === undefined ? {} : { source }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function endOfSignal(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
