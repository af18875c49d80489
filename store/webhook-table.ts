import { numberOf, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** An endpoint that events of one subscription are posted to. */
export interface WebhookRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** The subscription's document and its variables as JSON text. */
  readonly query: string;
  readonly variables: string;
  /** Whose rights it has, as JSON text. */
  readonly principal: string;
  readonly createdAt: string;
  /** Until then it has these rights; RFC 3339. */
  readonly expiresAt: string;
  /** Everything before has been dealt with; null before the first event. */
  readonly cursor: string | null;
  /** Why the subscription ended or the last event was not taken; null when all is well. */
  readonly problem: string | null;
}

/** An event that the endpoint did not take. */
export interface DeadLetterRow {
  readonly id: string;
  readonly webhook: string;
  /** Of the event; the same in every attempt. */
  readonly event: string;
  readonly body: string;
  /** Key of the rights that the body was made under. */
  readonly rights: string;
  readonly attempts: number;
  readonly problem: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface WebhookTable {
  list(): Promise<WebhookRow[]>;
  get(id: string): Promise<WebhookRow | undefined>;
  add(row: WebhookRow): Promise<void>;
  /** In somebody's name, from now on. @returns false when there is none of that id */
  renew(id: string, principal: string, expiresAt: string): Promise<boolean>;
  /** With its dead letters. */
  remove(id: string): Promise<boolean>;
  progress(id: string, state: { readonly cursor?: string; readonly problem: string | null }): Promise<void>;
  bury(letter: DeadLetterRow): Promise<void>;
  /** Newest first. */
  deadLetters(webhook: string, limit: number): Promise<DeadLetterRow[]>;
  countDeadLetters(webhook: string): Promise<number>;
  deadLetter(id: string): Promise<DeadLetterRow | undefined>;
  removeDeadLetter(id: string): Promise<void>;
}

export function createWebhookTable(session: SqlSession): WebhookTable {
  return {
    list: async () => (await session.all('select * from webhook order by id')).map(webhookOf),
    get: async (id) => {
      const [row] = await session.all('select * from webhook where id = ?', [id]);
      return row === undefined ? undefined : webhookOf(row);
    },
    add: async ({ id, name, url, query, variables, principal, createdAt, expiresAt, cursor, problem }) =>
      void (await session.run(
        'insert into webhook (id, name, url, query, variables, principal, created_at, expires_at, position, problem) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [id, name, url, query, variables, principal, createdAt, expiresAt, cursor, problem],
      )),
    renew: async (id, principal, expiresAt) =>
      (await session.run('update webhook set principal = ?, expires_at = ?, problem = null where id = ?', [principal, expiresAt, id])) > 0,
    remove: async (id) => {
      const rows = await session.all('delete from webhook where id = ? returning id', [id]);
      await session.run('delete from webhook_dead_letter where webhook = ?', [id]);
      return rows.length > 0;
    },
    progress: async (id, { cursor, problem }) =>
      void (await session.run('update webhook set position = coalesce(?, position), problem = ? where id = ?', [cursor ?? null, problem, id])),
    bury: async ({ id, webhook, event, body, rights, attempts, problem, at }) =>
      void (await session.run('insert into webhook_dead_letter (id, webhook, event, body, rights, attempts, problem, at) values (?, ?, ?, ?, ?, ?, ?, ?)', [
        id,
        webhook,
        event,
        body,
        rights,
        attempts,
        problem,
        at,
      ])),
    deadLetters: async (webhook, limit) =>
      (await session.all('select * from webhook_dead_letter where webhook = ? order by at desc, id desc limit ?', [webhook, limit])).map(letterOf),
    countDeadLetters: async (webhook) => {
      const [row] = await session.all('select count(*) as n from webhook_dead_letter where webhook = ?', [webhook]);
      return row === undefined ? 0 : numberOf(row, 'n');
    },
    deadLetter: async (id) => {
      const [row] = await session.all('select * from webhook_dead_letter where id = ?', [id]);
      return row === undefined ? undefined : letterOf(row);
    },
    removeDeadLetter: async (id) => void (await session.run('delete from webhook_dead_letter where id = ?', [id])),
  };
}

function webhookOf(row: SqlRow): WebhookRow {
  return {
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    url: textOf(row, 'url'),
    query: textOf(row, 'query'),
    variables: textOf(row, 'variables'),
    principal: textOf(row, 'principal'),
    createdAt: textOf(row, 'created_at'),
    expiresAt: textOf(row, 'expires_at'),
    cursor: textOrNull(row, 'position'),
    problem: textOrNull(row, 'problem'),
  };
}

function letterOf(row: SqlRow): DeadLetterRow {
  return {
    id: textOf(row, 'id'),
    webhook: textOf(row, 'webhook'),
    event: textOf(row, 'event'),
    body: textOf(row, 'body'),
    rights: textOf(row, 'rights'),
    attempts: numberOf(row, 'attempts'),
    problem: textOf(row, 'problem'),
    at: textOf(row, 'at'),
  };
}
