import { execute } from 'graphql';
import type { AlertEvent } from '../changes/alerts/alert.ts';
import { SOURCE_SUBJECT } from '../changes/alerts/loss-alert.ts';
import { withVisibleSubjects } from '../changes/alerts/redaction.ts';
import { endOf, patiently } from '../changes/subscriptions/channel.ts';
import type { EventSink } from '../changes/subscriptions/event-sink.ts';
import { rootArguments } from '../changes/subscriptions/root-field.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Topic } from '../changes/subscriptions/topic.ts';
import { createTally, tallyKey, type Tally } from '../federation/execute/tally.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { alertCursor, requireRules, SEVERITIES } from './alert-fields.ts';
import type { HubContext } from './context.ts';
import type { AlertEventState, SubscriptionAlertsArgs } from './generated/hub-resolvers.ts';
import { placeOfNumber } from './number-cursor.ts';

const BATCH = 100;
const STATES: readonly AlertEventState[] = ['FIRING', 'RESOLVED'];

/** `subscription { alerts }`: what followed the cursor, then what happens, each event under the reader's rights at that moment. */
export function createAlertTopic(contextOf: (request: StreamRequest, signal: AbortSignal) => HubContext): Topic {
  const streams = new Set<() => void>();

  async function run(request: StreamRequest, sink: EventSink): Promise<void> {
    const { signal } = sink;
    let context = contextOf(request, signal);
    context.authorize('alerts:read');
    const args = rootArguments(request) as SubscriptionAlertsArgs;
    requireRules(context, args.rules);
    const { log } = context.alerts;
    const cursorOf = (sequence: number): string => alertCursor(context, sequence);
    const after = request.lastEventId ?? args.after;
    const newest = await log.newest();
    let place = typeof after === 'string' ? placeOfNumber(context, 'alert-event', after) : newest;
    if (place > newest) throw new HubError('CURSOR_INVALID', 'The cursor was not made by this hub; start again without it.');
    sink.advance(cursorOf(place));

    /** The same one until a release, or until rights change. */
    const contextNow = (): HubContext => {
      const view = request.currentView();
      if (view.number === context.view.number && view.key === context.view.key) return context;
      if (!view.rights.actions.has('alerts:read')) throw new HubError('SUBSCRIPTION_REVOKED', 'Your rights no longer include alerts.');
      return (context = contextOf({ ...request, view }, signal));
    };
    const shownOf = async (events: readonly AlertEvent[], limit: AbortSignal) => {
      const now = contextNow();
      const shown = await withVisibleSubjects(now.federation.environment, now.view, events, limit);
      return shown.map((event) => ({ event, now }));
    };
    /** What is left when the view changes is looked at anew. */
    const tell = async (batch: readonly AlertEvent[]): Promise<void> => {
      const wanted = batch.filter((event) => isWanted(event, args));
      for (const { event, now } of await patiently((limit) => shownOf(wanted, limit), signal)) {
        if (signal.aborted || contextNow() !== now) return;
        const reads: SourceReads[] = [];
        const payload = await payloadOf(request, { ...now, note: (noted) => void reads.push(...noted) }, event);
        sink.send(payload, cursorOf(event.sequence), shownBy(event, now.accessLog.subjectKeys), reads);
        place = event.sequence;
        await sink.ready();
      }
      if (signal.aborted) return;
      place = batch.at(-1)?.sequence ?? place;
      sink.advance(cursorOf(place));
    };

    let turn = new AbortController();
    const wake = (): void => turn.abort();
    streams.add(wake);
    try {
      while (!signal.aborted) {
        turn = new AbortController();
        contextNow();
        const batch = await log.read(place, BATCH);
        const [first] = batch;
        if (first && first.sequence > place + 1)
          throw new HubError('CURSOR_EXPIRED', 'What follows this cursor is no longer kept; list the alerts, then resume from the cursor given.', {
            cursor: cursorOf(first.sequence - 1),
          });
        if (first) await tell(batch);
        else await log.waitBeyond(place, AbortSignal.any([signal, turn.signal]));
      }
    } catch (error) {
      throw endOf(error, cursorOf(place));
    } finally {
      streams.delete(wake);
    }
  }

  return {
    answers: (field) => field === 'alerts',
    run,
    recheck() {
      for (const wake of streams) wake();
    },
  };
}

function isWanted({ state, alert }: AlertEvent, { rules, minSeverity, states }: SubscriptionAlertsArgs): boolean {
  const wanted = states ?? STATES;
  if (!wanted.includes(state)) return false;
  // What never fired is over only for those who heard that it was pending.
  if (state === 'RESOLVED' && alert.firedAt === null && !wanted.includes('PENDING')) return false;
  return (rules?.includes(alert.rule) ?? true) && (!minSeverity || SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf(minSeverity));
}

/** Whom the event is about. */
function shownBy({ alert: { subject } }: AlertEvent, subjectKeys: number): Tally {
  const tally = createTally(subjectKeys);
  if (subject.type !== SOURCE_SUBJECT) tally.addEntity(subject.type, tallyKey(subject.key));
  return tally;
}

/** The event as the document asks for it. */
async function payloadOf({ document, operation, variables }: StreamRequest, context: HubContext, event: AlertEvent): Promise<Buffer> {
  const operationName = operation.name?.value;
  const { data, errors } = await execute({
    schema: context.view.schema,
    document,
    ...(operationName === undefined ? {} : { operationName }),
    rootValue: { alerts: event },
    contextValue: context,
    variableValues: variables,
  });
  const [failure] = errors ?? [];
  if (failure) throw failure.originalError ?? failure;
  return Buffer.from(JSON.stringify({ data }));
}
