import { HubError } from '../../schema/errors/hub-error.ts';
import type { WebhookRow } from '../../store/webhook-table.ts';
import { PLACES_BETWEEN, type SequenceCursors } from '../subscriptions/sequence-cursor.ts';
import type { Subscribe } from './run-webhook.ts';

const REMADE_MS = 10_000;
/** Of losses the subscription itself tells. */
const ALL_LOSSES = Number.MAX_SAFE_INTEGER;

/**
 * Makes one event's body anew from the log, under the rights of now. Undefined: they do not let it be told.
 * @param cursors of the log that it is in
 * @throws {HubError} what a subscription is refused with; CURSOR_EXPIRED: what it was made of is no longer kept; SOURCE_TIMEOUT
 */
export async function remakeEvent(
  subscribe: Subscribe,
  cursors: SequenceCursors,
  webhook: WebhookRow,
  rights: string,
  cursor: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const before = cursors.decode(cursor, Infinity).sequence - 1 / PLACES_BETWEEN;
  const found = new AbortController();
  let body: string | undefined;
  await subscribe({ ...webhook, cursor: cursors.encode(before, ALL_LOSSES) }, rights, {
    send(payload, at) {
      if (found.signal.aborted) return;
      // The first that follows is it, or it is not told.
      if (at === cursor) body = payload.toString();
      found.abort();
    },
    advance(at) {
      if (cursors.decode(at, Infinity).sequence > before) found.abort();
    },
    ready: () => Promise.resolve(),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REMADE_MS), found.signal]),
  });
  if (!found.signal.aborted) throw new HubError('SOURCE_TIMEOUT', 'it could not be made in time; try again');
  return body;
}
