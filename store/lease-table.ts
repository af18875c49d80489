import { lockInTransaction, numberOf, textOf, type SqlSession } from './sql-session.ts';

/** Who of several instances does a task that only one may do. Time is the store's own, so instances' clocks do not matter. */
export interface LeaseTable {
  /**
   * Takes the lease, or renews one's own. Only inside a transaction.
   * @param isGone tells of a holder that cannot come back, so that its lease need not be waited for
   * @returns a number that grows whenever the holder changes; undefined while another holds it
   */
  take(name: string, holder: string, ttlMs: number, isGone?: (holder: string) => boolean): Promise<number | undefined>;
  /** Whether this holder has not been superseded. Inside a transaction it stays so until the end. */
  holds(name: string, holder: string, fence: number): Promise<boolean>;
  /** Lets another have it at once. */
  release(name: string, holder: string): Promise<void>;
  /** The holder while the lease lasts. */
  holder(name: string): Promise<string | undefined>;
}

const NOW_MS = {
  sqlite: `cast((julianday('now') - 2440587.5) * 86400000 as integer)`,
  postgres: 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)',
} as const;

export function createLeaseTable(session: SqlSession): LeaseTable {
  const now = NOW_MS[session.dialect];
  return {
    take: async (name, holder, ttlMs, isGone = () => false) => {
      await lockInTransaction(session, `lease ${name}`);
      const [row] = await session.all(`select holder, fence, expires_ms > ${now} as held from lease where name = ?`, [name]);
      if (row === undefined) {
        await session.run(`insert into lease (name, holder, fence, expires_ms) values (?, ?, 1, ${now} + ?)`, [name, holder, ttlMs]);
        return 1;
      }
      const isOwn = textOf(row, 'holder') === holder;
      if (!isOwn && isTrue(row.held) && !isGone(textOf(row, 'holder'))) return undefined;
      const fence = numberOf(row, 'fence') + (isOwn ? 0 : 1);
      await session.run(`update lease set holder = ?, fence = ?, expires_ms = ${now} + ? where name = ?`, [holder, fence, ttlMs, name]);
      return fence;
    },
    holds: async (name, holder, fence) => {
      await lockInTransaction(session, `lease ${name}`);
      const [row] = await session.all('select holder, fence from lease where name = ?', [name]);
      return row !== undefined && textOf(row, 'holder') === holder && numberOf(row, 'fence') === fence;
    },
    release: async (name, holder) => void (await session.run('update lease set expires_ms = 0 where name = ? and holder = ?', [name, holder])),
    holder: async (name) => {
      const [row] = await session.all(`select holder from lease where name = ? and expires_ms > ${now}`, [name]);
      return row === undefined ? undefined : textOf(row, 'holder');
    },
  };
}

const isTrue = (value: unknown): boolean => value === true || value === 1;
