import { Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import type { Federation } from '../../federation/supergraph/federation.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { Store } from '../../store/store.ts';
import type { ChangeLog } from '../log.ts';
import {
  createChangeEvaluator,
  gapOfChanges,
  startOfChanges,
  type Captures,
  typeOfField,
  type ChangeEvaluatorParts,
  type WantedChanges,
} from './change-evaluator.ts';
import { createConsumers, type Consumers } from './consumers.ts';
import { createTopic } from './create-topic.ts';
import type { RunStream } from './event-sink.ts';
import { createGate } from './gate.ts';
import { gentleEnvironment } from './gentle-environment.ts';
import { createLogTail } from './log-tail.ts';
import { createSequenceCursors } from './sequence-cursor.ts';
import type { StreamRequest } from './stream-request.ts';
import type { Topic } from './topic.ts';

export interface SubscriptionsOptions {
  readonly federation: Federation;
  readonly log: ChangeLog;
  /** How each source's changes are read, and what was lost. */
  readonly captures: Captures;
  readonly store: Store;
  readonly printErrors: ChangeEvaluatorParts['printErrors'];
  readonly subjectKeys: ChangeEvaluatorParts['subjectKeys'];
  /** Told when the log cannot be read for a moment. */
  readonly onError: (error: unknown) => void;
  /** What else can be subscribed to. */
  readonly topicsOf?: (consumers: Consumers) => readonly Topic[];
}

/** Everything that clients subscribe to. */
export interface Subscriptions extends AsyncDisposable {
  readonly run: RunStream;
  readonly consumers: Consumers;
  /** To be called when the rights of somebody may have changed; generations are followed anyway. */
  recheck(): void;
}

/** Filters whose members are read anew. */
const READ_ANEW_AT_ONCE = 2;
/** Half of the connections that a source has by default. */
const READS_AT_ONCE = 4;

/** Leads every subscription to the topic that answers its one root field. */
export function createSubscriptions({ federation, captures, log, store, printErrors, subjectKeys, onError, topicsOf }: SubscriptionsOptions): Subscriptions {
  const environment = gentleEnvironment(federation.environment, READS_AT_ONCE);
  const cursors = createSequenceCursors(environment.cursors, 'changes');
  const consumers = createConsumers(store.consumers, cursors, () => log.newest());
  const tail = createLogTail<LoggedChange, WantedChanges>(
    {
      read: (after, limit, filter) => log.read(after, limit, filter && { types: filter.types }),
      oldest: (filter) => log.oldest(filter && { departments: filter.departments }),
      newest: () => log.newest(),
      waitBeyond: (sequence, signal) => log.waitBeyond(sequence, signal),
    },
    cursors.encode,
    onError,
  );
  const parts: ChangeEvaluatorParts = { federation, environment, store, log, gate: createGate(READ_ANEW_AT_ONCE), cursors, printErrors, subjectKeys };
  const changes = createTopic<LoggedChange, WantedChanges>({
    tail,
    newest: () => log.newest(),
    cursors,
    answers: (field, { view }) => field === 'changes' || typeOfField(view, field) !== undefined,
    startOf: (document) => startOfChanges(environment, document),
    evaluatorOf: (document) => createChangeEvaluator(parts, document),
    gapOf: (document) => gapOfChanges(environment, document, captures),
    positionOf: (subject, consumer, now) => consumers.positionOf(subject, consumer, now),
  });
  const topics = [changes, ...(topicsOf?.(consumers) ?? [])];
  const recheck = (): void => topics.forEach((topic) => topic.recheck?.());
  const unfollow = federation.onGeneration(recheck);
  return {
    async run(request, sink) {
      const field = rootField(request);
      const topic = topics.find((each) => each.answers(field, request));
      if (!topic) throw new HubError('SOURCE_CAPABILITY_MISSING', `Nothing answers ${field}.`);
      await topic.run(request, sink);
    },
    consumers,
    recheck,
    async [Symbol.asyncDispose]() {
      unfollow();
      await tail[Symbol.asyncDispose]();
    },
  };
}

/** Validation has seen to it that there is exactly one. */
function rootField({ document, operation }: StreamRequest): string {
  return firstField(operation.selectionSet, fragmentsOf(document)) ?? '';
}

function firstField({ selections }: SelectionSetNode, fragments: ReturnType<typeof fragmentsOf>): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    const found = inner && firstField(inner.selectionSet, fragments);
    if (found !== undefined) return found;
  }
  return undefined;
}
