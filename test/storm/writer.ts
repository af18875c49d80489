/** A department's application: several connections, transactions that overlap, wait before they commit, are rolled back, wholly or to a savepoint. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Token, Transaction, Write } from './ledger.ts';

/** One connection, as the engine's own file makes it. Rejects when the database says no or is gone. */
export interface StormConnection {
  /** A statement that gives nothing back. */
  run(statement: string): Promise<void>;
  /** Sets a row's token, making the row where there is none. */
  put(row: number, token: string): Promise<void>;
  /** The token of the row that is gone now; undefined where there was none. */
  remove(row: number): Promise<string | undefined>;
  /** Of all transactions that were committed. */
  receipts(): Promise<string[]>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly source: string;
  readonly open: () => Promise<StormConnection>;
  readonly ledger: Ledger;
  /** Row changes to make, at least. */
  readonly changes: number;
  readonly connections: number;
  /** Row changes a second, about. */
  readonly rate: number;
  readonly random: () => number;
  /** False: one transaction at a time, so none waits. */
  readonly overlapping: boolean;
}

const ROWS = 500;
const WRITES_MAX = 10;

export async function write(options: WriterOptions): Promise<void> {
  const { ledger, random, source } = options;
  let made = 0;
  let token = 0;
  const start = performance.now();
  const one = async (): Promise<void> => {
    let connection: StormConnection | undefined;
    while (made < options.changes) {
      const ahead = (made / options.rate) * 1000 - (performance.now() - start);
      if (ahead > 0) await sleep(ahead);
      const transaction: Transaction = { receipt: `${source}-${randomUUID()}`, outcome: 'running' };
      const writes: Write[] = [];
      const note = (row: number, token: Token): void => {
        const noted: Write = { row, token, transaction };
        writes.push(noted);
        ledger.note(noted);
      };
      let isCommitting = false;
      try {
        connection ??= await options.open();
        await connection.run('begin');
        // Ascending, so that two rarely wait for each other in a circle.
        const rows = Array.from({ length: 1 + Math.floor(random() * WRITES_MAX) }, () => Math.floor(random() * ROWS)).toSorted((a, b) => a - b);
        const savepoint = random() < 0.15 ? Math.floor(random() * rows.length) : -1;
        for (const [place, row] of rows.entries()) {
          if (place === savepoint) {
            await connection.run('savepoint here');
            await connection.put(row, `${source}-undone-${token++}`);
            await connection.run('rollback to savepoint here');
          }
          if (random() < 0.15) {
            const gone = await connection.remove(row);
            if (gone !== undefined) note(row, null);
          } else {
            const name = `${source}-${token++}`;
            await connection.put(row, name);
            note(row, name);
          }
          if (options.overlapping && random() < 0.02) await sleep(random() * 300);
        }
        if (random() < 0.1) {
          await connection.run('rollback');
          transaction.outcome = 'rolled back';
          ledger.rolledBack += writes.length;
          continue;
        }
        if (options.overlapping && random() < 0.03) await sleep(200 + random() * 800); // commits late
        await connection.run(`insert into receipt values ('${transaction.receipt}')`);
        isCommitting = true;
        await connection.run('commit');
        transaction.outcome = 'committed';
        made += writes.length;
      } catch {
        // Refused or broken off: nothing stays, unless it was the answer to the commit that was lost.
        transaction.outcome = isCommitting ? 'unknown' : 'rolled back';
        const broken = connection;
        connection = undefined;
        await broken?.run('rollback').catch(() => undefined);
        await broken?.close().catch(() => undefined);
        await sleep(100);
      }
    }
    await connection?.close().catch(() => undefined);
  };
  await Promise.all(Array.from({ length: options.connections }, one));
}
