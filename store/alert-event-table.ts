import { insertRows, lockInTransaction, numberOf, textOf, type SqlRow, type SqlSession } from './sql-session.ts';

/** What became of alerts, in order; append-only. Numbers count up by 1. */
export interface AlertEventTable {
  /** Only inside a transaction: others that append wait for its end, so that numbers become visible in ascending order. @returns the number of the first */
  append(events: readonly NewAlertEvent[]): Promise<number>;
  /** Ascending, after a number. */
  read(after: number, limit: number): Promise<AlertEventRow[]>;
  /** 0 before the first. */
  newest(): Promise<number>;
  /** Forgets what happened before a time (RFC 3339 with the hub's offset); never the newest, which numbers go on from. */
  forget(before: string): Promise<void>;
}

export interface NewAlertEvent {
  readonly alert: string;
  readonly at: string;
  /** JSON: the alert as it then was. */
  readonly body: string;
}

export interface AlertEventRow extends NewAlertEvent {
  readonly sequence: number;
}

export function createAlertEventTable(session: SqlSession): AlertEventTable {
  const newest = async (): Promise<number> => {
    const [row] = await session.all('select coalesce(max(sequence), 0) as newest from alert_event');
    return row === undefined ? 0 : numberOf(row, 'newest');
  };
  return {
    append: async (events) => {
      await lockInTransaction(session, 'alert-event');
      const first = (await newest()) + 1;
      const rows = events.map(({ alert, at, body }, place) => [first + place, alert, at, body]);
      await insertRows(session, 'alert_event', ['sequence', 'alert', 'at', 'body'], rows);
      return first;
    },
    read: async (after, limit) => (await session.all('select * from alert_event where sequence > ? order by sequence limit ?', [after, limit])).map(eventOf),
    newest,
    forget: async (before) =>
      void (await session.run(
        'delete from alert_event where sequence < (select coalesce(min(sequence), (select max(sequence) from alert_event)) from alert_event where at >= ?)',
        [before],
      )),
  };
}

function eventOf(row: SqlRow): AlertEventRow {
  return { sequence: numberOf(row, 'sequence'), alert: textOf(row, 'alert'), at: textOf(row, 'at'), body: textOf(row, 'body') };
}
