import { HubError } from '../../schema/errors/hub-error.ts';
import type { DeadLetterRow, WebhookRow, WebhookTable } from '../../store/webhook-table.ts';
import { cursorOfEvent } from './event-id.ts';

export interface Redelivery {
  readonly webhook: WebhookRow;
  readonly table: WebhookTable;
  /** Key of the rights that whoever registered it has now. */
  readonly rights: () => string;
  /** Makes an event's body anew, under these rights. Undefined: they do not let it be told. */
  readonly remake: (cursor: string) => Promise<string | undefined>;
  /** @returns why it was not taken, if so */
  readonly post: (id: string, body: string) => Promise<string | undefined>;
}

const AT_ONCE = 1_000;

/**
 * Posts dead letters once more, oldest first, until one is not taken. Those made under other rights are made anew before.
 * @returns how many were taken @throws {HubError} why one cannot be made anew for now
 */
export async function redeliverLetters({ webhook, table, rights, remake, post }: Redelivery): Promise<number> {
  let taken = 0;
  let lost = 0;
  for (const letter of (await table.deadLetters(webhook.id, AT_ONCE)).toReversed()) {
    const made = letter.rights === rights() ? letter : await madeAnew(letter);
    if (!made) {
      lost += 1;
      continue;
    }
    if (made.body !== undefined) {
      const problem = await post(letter.event, made.body);
      if (problem !== undefined) {
        await table.progress(webhook.id, { problem });
        return taken;
      }
      taken += 1;
    }
    await table.removeDeadLetter(letter.id);
  }
  if (lost > 0) await table.progress(webhook.id, { problem: notPosted(lost) });
  return taken;

  /** Undefined: the log no longer holds what it was made of. */
  async function madeAnew({ event }: DeadLetterRow): Promise<{ readonly body: string | undefined } | undefined> {
    try {
      return { body: await remake(cursorOfEvent(webhook.id, event)) };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.code === 'CURSOR_EXPIRED' || error.code === 'CURSOR_INVALID') return undefined;
      const { code, message, retryAfterMs } = error;
      const said = `The rights of this webhook have changed since the event was put aside, so it must be made anew, and cannot be: ${message}`;
      throw new HubError(code, said, { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    }
  }
}

const notPosted = (count: number): string =>
  `CURSOR_EXPIRED: ${count} dead letters are not posted, because they were made under other rights and the log no longer holds what they were made of; query for what they told of`;
