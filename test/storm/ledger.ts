/** What a department knows of its own writes: every row's events in the order in which they happened to it, and which of their transactions were committed. */

/** The token that a row got, or null where it was deleted. */
export type Token = string | null;

export interface Write {
  readonly row: number;
  readonly token: Token;
  readonly transaction: Transaction;
}

export interface Transaction {
  /** Left in the database by its commit, so that the database can be asked where the answer to the commit was lost. */
  readonly receipt: string;
  outcome: 'running' | 'committed' | 'rolled back' | 'unknown';
}

/** One event as the hub tells it. */
export interface Told {
  readonly row: number;
  readonly before: Token;
  readonly after: Token;
}

export interface Verdict {
  readonly committed: number;
  readonly told: number;
  readonly lost: number;
  readonly unexpected: number;
  /** Rows whose events came in another order, or whose `before` is not the `after` that was told last. */
  readonly disordered: number;
  readonly rolledBack: number;
  /** Transactions whose commit was never answered; what became of them the database has said. */
  readonly unanswered: number;
}

export class Ledger {
  readonly #rows = new Map<number, Write[]>();
  #unanswered = 0;
  rolledBack = 0;

  note(write: Write): void {
    const known = this.#rows.get(write.row);
    if (known === undefined) this.#rows.set(write.row, [write]);
    else known.push(write);
  }

  /** @param receipts what the database holds */
  settle(receipts: ReadonlySet<string>): void {
    const unknown = new Set([...this.#rows.values()].flat().map(({ transaction }) => transaction)).values().filter(({ outcome }) => outcome === 'unknown');
    for (const transaction of unknown) {
      transaction.outcome = receipts.has(transaction.receipt) ? 'committed' : 'rolled back';
      this.#unanswered += 1;
    }
  }

  judge(told: readonly Told[]): Verdict {
    const byRow = Map.groupBy(told, ({ row }) => row);
    const result = { committed: 0, told: told.length, lost: 0, unexpected: 0, disordered: 0, rolledBack: this.rolledBack, unanswered: this.#unanswered };
    for (const row of new Set([...this.#rows.keys(), ...byRow.keys()])) {
      const expected = (this.#rows.get(row) ?? []).filter(({ transaction }) => transaction.outcome === 'committed').map(({ token }) => token);
      const found = byRow.get(row) ?? [];
      result.committed += expected.length;
      const missing = minus(
        expected,
        found.map(({ after }) => after),
      );
      const extra = minus(
        found.map(({ after }) => after),
        expected,
      );
      result.lost += missing.length;
      result.unexpected += extra.length;
      const isInOrder = missing.length > 0 || extra.length > 0 || found.every(({ after }, place) => after === expected[place]);
      const isChained = found.every(({ before }, place) => before === (place === 0 ? null : found[place - 1]?.after));
      if (!isInOrder || !isChained) result.disordered += 1;
    }
    return result;
  }
}

function minus(tokens: readonly Token[], others: readonly Token[]): Token[] {
  const counts = new Map<Token, number>();
  for (const token of others) counts.set(token, (counts.get(token) ?? 0) + 1);
  return tokens.filter((token) => {
    const left = counts.get(token) ?? 0;
    counts.set(token, left - 1);
    return left <= 0;
  });
}
