import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** How far the changes of each source have been read. Position and log are written together, so neither is ever ahead. */
export interface CaptureTable {
  get(source: string): Promise<Capture | undefined>;
  list(): Promise<Capture[]>;
  /** Writes the parts given; a new source starts with the defaults of `Capture`. */
  save(source: string, part: Partial<Omit<Capture, 'source'>>): Promise<void>;
}

export interface Capture {
  readonly source: string;
  readonly mode: 'log' | 'trigger' | 'poll';
  /** The connector's own word for the place up to which everything has been appended; null before the first snapshot is complete. */
  readonly position: string | null;
  /** What the row images hold, as the reader of them wrote it. */
  readonly tables: string;
  /** Number of the newest snapshot begun; rows remember the one that saw them last. */
  readonly snapshot: number;
  readonly state: CaptureState;
  /** Why it does not run. */
  readonly message: string | null;
  /** RFC 3339, of the newest change appended. */
  readonly committedAt: string | null;
  /** Milliseconds since 1970 when the source was last heard of. */
  readonly readMs: number | null;
  /** From commit to append, of the newest change. */
  readonly lagMs: number | null;
  /** When the source last lost changes, why, and when the new snapshot was complete. */
  readonly gapAt: string | null;
  readonly gapReason: string | null;
  /** Number of the entry in the log that says so: who has not read so far may have missed something of this source. */
  readonly gapSequence: number | null;
  readonly gapHealedAt: string | null;
}

export type CaptureState = 'starting' | 'snapshot' | 'live' | 'down' | 'refused';

const COLUMN: Readonly<Record<keyof Omit<Capture, 'source'>, string>> = {
  mode: 'mode',
  position: 'position',
  tables: 'tables',
  snapshot: 'snapshot',
  state: 'state',
  message: 'message',
  committedAt: 'committed_at',
  readMs: 'read_ms',
  lagMs: 'lag_ms',
  gapAt: 'gap_at',
  gapReason: 'gap_reason',
  gapSequence: 'gap_sequence',
  gapHealedAt: 'gap_healed_at',
};

export function createCaptureTable(session: SqlSession): CaptureTable {
  return {
    get: async (source) => {
      const [row] = await session.all('select * from capture where source = ?', [source]);
      return row === undefined ? undefined : captureOf(row);
    },
    list: async () => (await session.all('select * from capture order by source')).map(captureOf),
    save: async (source, part) => {
      await insertRows(
        session,
        'capture',
        ['source', 'mode', 'tables', 'snapshot', 'state'],
        [[source, part.mode ?? 'log', part.tables ?? '', part.snapshot ?? 0, part.state ?? 'starting']],
        '(source) do nothing',
      );
      const parts = Object.entries(part) as [keyof typeof COLUMN, string | number | null][];
      if (parts.length === 0) return;
      await session.run(`update capture set ${parts.map(([name]) => `${COLUMN[name]} = ?`).join(', ')} where source = ?`, [
        ...parts.map(([, value]) => value),
        source,
      ]);
    },
  };
}

function captureOf(row: SqlRow): Capture {
  const numberOrNull = (column: string): number | null => (row[column] === null ? null : numberOf(row, column));
  return {
    source: textOf(row, 'source'),
    mode: textOf(row, 'mode') as Capture['mode'],
    position: textOrNull(row, 'position'),
    tables: textOf(row, 'tables'),
    snapshot: numberOf(row, 'snapshot'),
    state: textOf(row, 'state') as CaptureState,
    message: textOrNull(row, 'message'),
    committedAt: textOrNull(row, 'committed_at'),
    readMs: numberOrNull('read_ms'),
    lagMs: numberOrNull('lag_ms'),
    gapAt: textOrNull(row, 'gap_at'),
    gapReason: textOrNull(row, 'gap_reason'),
    gapSequence: numberOrNull('gap_sequence'),
    gapHealedAt: textOrNull(row, 'gap_healed_at'),
  };
}
