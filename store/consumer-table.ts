import { numberOf, type SqlSession } from './sql-session.ts';

/** How far named subscribers have got in the change log. */
export interface ConsumerTable {
  position(subject: string, consumer: string): Promise<number | undefined>;
  /** Remembers where a new consumer begins; one that is there already keeps its place. */
  begin(subject: string, consumer: string, sequence: number): Promise<void>;
  /** Moves forward, never back. @returns where it stands now */
  acknowledge(subject: string, consumer: string, sequence: number): Promise<number>;
  count(subject: string): Promise<number>;
}

export function createConsumerTable(session: SqlSession): ConsumerTable {
  const upsert = 'insert into change_consumer (subject, consumer, sequence, seen_at) values (?, ?, ?, ?) on conflict (subject, consumer) do';
  return {
    position: async (subject, consumer) => {
      const [row] = await session.all('select sequence from change_consumer where subject = ? and consumer = ?', [subject, consumer]);
      return row === undefined ? undefined : numberOf(row, 'sequence');
    },
    begin: async (subject, consumer, sequence) => void (await session.run(`${upsert} nothing`, [subject, consumer, sequence, new Date().toISOString()])),
    acknowledge: async (subject, consumer, sequence) => {
      const furthest = 'case when excluded.sequence > change_consumer.sequence then excluded.sequence else change_consumer.sequence end';
      const [row] = await session.all(`${upsert} update set sequence = ${furthest}, seen_at = excluded.seen_at returning sequence`, [
        subject,
        consumer,
        sequence,
        new Date().toISOString(),
      ]);
      return row === undefined ? sequence : numberOf(row, 'sequence');
    },
    count: async (subject) => {
      const [row] = await session.all('select count(*) as n from change_consumer where subject = ?', [subject]);
      return row === undefined ? 0 : numberOf(row, 'n');
    },
  };
}
