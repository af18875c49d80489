import { numberOf, type SqlRow, type SqlSession } from './sql-session.ts';

/** How far named subscribers have got in the change log. */
export interface ConsumerTable {
  position(subject: string, consumer: string): Promise<ConsumerPlace | undefined>;
  /** Remembers where a new consumer begins; one that is there already keeps its place. */
  begin(subject: string, consumer: string, place: ConsumerPlace): Promise<void>;
  /** Moves forward, never back, in either number. @returns where it stands now */
  acknowledge(subject: string, consumer: string, place: ConsumerPlace): Promise<ConsumerPlace>;
  count(subject: string): Promise<number>;
}

export interface ConsumerPlace {
  /** Of the last entry that is done with. */
  readonly sequence: number;
  /** Of the newest loss of changes that it knows of; 0 for none. */
  readonly gap: number;
}

export function createConsumerTable(session: SqlSession): ConsumerTable {
  const upsert = 'insert into change_consumer (subject, consumer, sequence, gap, seen_at) values (?, ?, ?, ?, ?) on conflict (subject, consumer) do';
  const valuesOf = (subject: string, consumer: string, { sequence, gap }: ConsumerPlace) => [subject, consumer, sequence, gap, new Date().toISOString()];
  const furthest = (column: string): string =>
    `${column} = case when excluded.${column} > change_consumer.${column} then excluded.${column} else change_consumer.${column} end`;
  return {
    position: async (subject, consumer) => {
      const [row] = await session.all('select sequence, gap from change_consumer where subject = ? and consumer = ?', [subject, consumer]);
      return row === undefined ? undefined : placeOf(row);
    },
    begin: async (subject, consumer, place) => void (await session.run(`${upsert} nothing`, valuesOf(subject, consumer, place))),
    acknowledge: async (subject, consumer, place) => {
      const update = `update set ${furthest('sequence')}, ${furthest('gap')}, seen_at = excluded.seen_at`;
      const [row] = await session.all(`${upsert} ${update} returning sequence, gap`, valuesOf(subject, consumer, place));
      return row === undefined ? place : placeOf(row);
    },
    count: async (subject) => {
      const [row] = await session.all('select count(*) as n from change_consumer where subject = ?', [subject]);
      return row === undefined ? 0 : numberOf(row, 'n');
    },
  };
}

const placeOf = (row: SqlRow): ConsumerPlace => ({ sequence: numberOf(row, 'sequence'), gap: numberOf(row, 'gap') });
