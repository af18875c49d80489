import { execute, getArgumentValues, Kind, type FieldNode, type SelectionSetNode } from 'graphql';
import type { AlertEvent } from '../changes/alerts/alert.ts';
import { withVisibleSubjects } from '../changes/alerts/redaction.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Topic } from '../changes/subscriptions/topic.ts';
import { createTally, tallyKey, type Tally } from '../federation/execute/tally.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { alertCursor, SEVERITIES } from './alert-fields.ts';
import type { HubContext } from './context.ts';
import type { AlertEventState, SubscriptionAlertsArgs } from './generated/hub-resolvers.ts';
import { placeOfNumber } from './number-cursor.ts';

const BATCH = 100;
const STATES: readonly AlertEventState[] = ['FIRING', 'RESOLVED'];

/** `subscription { alerts }`: what followed the cursor, then what happens, each event under the reader's rights at that moment. */
export function createAlertTopic(contextOf: (request: StreamRequest, signal: AbortSignal) => HubContext): Topic {
  return {
    answers: (field) => field === 'alerts',
    async run(request, sink) {
      const context = contextOf(request, sink.signal);
      context.authorize('alerts:read');
      const { alerts, federation, view } = context;
      const args = argumentsOf(request);
      const after = request.lastEventId ?? args.after;
      const newest = await alerts.log.newest();
      let place = typeof after === 'string' ? placeOfNumber(context, 'alert-event', after) : newest;
      if (place > newest) throw new HubError('CURSOR_INVALID', 'The cursor was not made by this hub; start again without it.');
      while (!sink.signal.aborted) {
        const batch = await alerts.log.read(place, BATCH);
        const [first] = batch;
        if (first && first.sequence > place + 1)
          throw new HubError('CURSOR_EXPIRED', 'What follows this cursor is no longer kept; list the alerts, then resume from the cursor given.', {
            cursor: alertCursor(context, first.sequence - 1),
          });
        const wanted = batch.filter((event) => isWanted(event, args));
        for (const event of await withVisibleSubjects(federation.environment, view, wanted, sink.signal)) {
          sink.send(await payloadOf(request, context, event), alertCursor(context, event.sequence), shownBy(event, context.accessLog.subjectKeys));
          await sink.ready();
        }
        place = batch.at(-1)?.sequence ?? place;
        if (batch.length > 0) sink.advance(alertCursor(context, place));
        else await alerts.log.waitBeyond(place, sink.signal);
      }
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
  tally.addEntity(subject.type, tallyKey(subject.key));
  return tally;
}

/** The event as the document asks for it. */
async function payloadOf({ document, operation, variables, view }: StreamRequest, context: HubContext, event: AlertEvent): Promise<Buffer> {
  const operationName = operation.name?.value;
  const { data, errors } = await execute({
    schema: view.schema,
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

function argumentsOf({ document, operation, variables, view }: StreamRequest): SubscriptionAlertsArgs {
  const definition = view.schema.getSubscriptionType()?.getFields()['alerts'];
  const fragments = new Map(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each.selectionSet] as const] : [])),
  );
  const node = rootField(operation.selectionSet, fragments);
  if (!definition || !node) throw new Error('unreachable: validation has seen the field');
  return getArgumentValues(definition, node, variables);
}

function rootField({ selections }: SelectionSetNode, fragments: ReadonlyMap<string, SelectionSetNode>): FieldNode | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value);
    const found = inner && rootField(inner, fragments);
    if (found) return found;
  }
  return undefined;
}
