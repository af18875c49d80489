import { setImmediate } from 'node:timers/promises';
import { getVariableValues, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { View } from '../../federation/supergraph/view.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { createChannel, EVENTS_AT_ONCE, type Channel, type Evaluator } from './channel.ts';
import type { ConsumerPosition } from './consumers.ts';
import { lostChanges, type Gap } from './gap.ts';
import { createGate } from './gate.ts';
import type { LogTail, Sequenced } from './log-tail.ts';
import { BEGINNING, placeBetween, type Place, type SequenceCursors } from './sequence-cursor.ts';
import { shareableText } from './shareable-text.ts';
import type { StreamRequest } from './stream-request.ts';
import type { Topic } from './topic.ts';

/** A checked subscription in the view that it is evaluated in. */
export interface StreamDocument {
  readonly view: View;
  readonly document: DocumentNode;
  readonly operation: StreamRequest['operation'];
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where a new subscription begins. */
export interface StreamStart {
  readonly after?: string | undefined;
  readonly consumer?: string | undefined;
}

export interface TopicOptions<E extends Sequenced, Filter> {
  readonly tail: LogTail<E, Filter>;
  readonly newest: () => Promise<number>;
  readonly cursors: SequenceCursors;
  readonly answers: Topic['answers'];
  /** Arguments that say where to begin. */
  readonly startOf: (document: StreamDocument) => StreamStart;
  /** @throws {HubError} the subscription cannot be evaluated */
  readonly evaluatorOf: (document: StreamDocument) => Evaluator<E, Filter>;
  /** The newest loss of changes that concerns the subscription: who has not read so far may have missed something. */
  readonly gapOf: (document: StreamDocument) => Promise<Gap | undefined>;
  /** Where this consumer last acknowledged; now, and remembered, when it is new. @throws {HubError} BAD_USER_INPUT: its name is unusable, or there are too many */
  readonly positionOf: (subject: string, consumer: string, now: Place) => Promise<ConsumerPosition>;
}

const REPLAYS_AT_ONCE = 4;

/** A topic over a log. */
export function createTopic<E extends Sequenced, Filter>(options: TopicOptions<E, Filter>): Topic {
  const { tail, newest, cursors, answers, startOf, evaluatorOf, gapOf, positionOf } = options;
  const channels = new Map<string, Channel>();
  const replay = createGate(REPLAYS_AT_ONCE);
  const streams = new Set<() => void>();

  /** Who is far behind catches up alone, at its own pace; everything else is shared. */
  function channelOf(document: StreamDocument, position: number): Channel {
    const { view } = document;
    const key = `${view.number} ${view.key} ${shareableText(document)}`;
    const known = channels.get(key);
    if (known) return known;
    const evaluator = evaluatorOf(document);
    const isNear = position >= Math.max(tail.floor, tail.head - EVENTS_AT_ONCE);
    const channel = createChannel<E, Filter>({
      tail,
      evaluator,
      // What was evaluated live before is not evaluated so again where it is remembered.
      start: isNear && !evaluator.renewal ? Math.floor(Math.min(position, tail.head)) : tail.head,
      cursorOf: cursors.encode,
      onEmpty: () => void (channels.get(key) === channel && channels.delete(key)),
      replay,
    });
    channels.set(key, channel);
    return channel;
  }

  /** @param known the newest loss of changes until now */
  async function startPlace({ principal, lastEventId }: StreamRequest, document: StreamDocument, known: number): Promise<Place & { readonly isNew?: boolean }> {
    const { after, consumer } = startOf(document);
    const now = await newest();
    const cursor = lastEventId ?? after;
    if (cursor !== undefined) return cursors.decode(cursor, now);
    if (consumer === undefined) return { sequence: now, gap: 0, isNew: true };
    return positionOf(principal.subject, consumer, { sequence: now, gap: known });
  }

  return {
    answers,
    async run(request, sink) {
      await tail.start();
      let document: StreamDocument = request;
      const first = await gapOf(document);
      const start = await startPlace(request, document, first?.sequence ?? 0);
      let position = start.sequence;
      let isNew = start.isNew === true;
      if (first && first.sequence > start.gap && position < first.sequence) throw lostChanges(first, cursors.encode(position, first.sequence));
      const told = Math.max(start.gap, first?.sequence ?? 0);
      for (;;) {
        const moved = new AbortController();
        const check = (): void => {
          const now = request.currentView();
          if (now.number !== document.view.number || now.key !== document.view.key) moved.abort();
        };
        streams.add(check);
        check();
        try {
          const signal = AbortSignal.any([sink.signal, moved.signal]);
          const channel = channelOf(document, position);
          const from = isNew ? channel.beginning(position) : position;
          isNew = false;
          position = await channel.join(from, { ...sink, signal }, told);
          // What nobody had seen when it began is told to who moves: a release may have brought it about.
          if (position === placeBetween(Math.floor(position), BEGINNING)) position = Math.floor(position);
        } finally {
          streams.delete(check);
        }
        if (sink.signal.aborted) return;
        await setImmediate(); // a release moves all of them at once; requests are answered in between
        document = inView(request, request.currentView(), () => cursors.encode(position));
      }
    },
    recheck() {
      for (const check of streams) check();
    },
  };
}

/** The first fault of a document in a schema. Many subscribers send the same text, and a release asks about all of them at once. */
const faultsIn = new WeakMap<GraphQLSchema, Map<string, string | undefined>>();
function faultOf({ schema }: View, { text, document }: StreamRequest): string | undefined {
  const known = faultsIn.get(schema) ?? new Map<string, string | undefined>();
  faultsIn.set(schema, known);
  if (!known.has(text)) known.set(text, validate(schema, document, specifiedRules, { maxErrors: 1 })[0]?.message);
  return known.get(text);
}

/** The same subscription in another view. @throws {HubError} SUBSCRIPTION_REVOKED | GRAPHQL_VALIDATION_FAILED: it does not fit any more */
function inView(request: StreamRequest, view: View, cursorOf: () => string): StreamDocument {
  const { document, operation, rawVariables, view: before } = request;
  const fault = faultOf(view, request);
  const { coerced, errors } =
    fault === undefined ? getVariableValues(view.schema, operation.variableDefinitions ?? [], { ...rawVariables }, { maxErrors: 1 }) : {};
  if (coerced) return { view, document, operation, variables: coerced };
  const cursor = cursorOf();
  if (view.key !== before.key) throw new HubError('SUBSCRIPTION_REVOKED', 'Your rights no longer include what this subscription asks for.', { cursor });
  const why = fault ?? errors?.[0]?.message ?? '';
  throw new HubError('GRAPHQL_VALIDATION_FAILED', `A new release no longer has what this subscription asks for: ${why}`, { cursor });
}
