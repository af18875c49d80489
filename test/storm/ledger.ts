/** What a department knows of its own writes: every row's events in the order in which they happened to it, and which of their transactions were committed. */

/** The token that a row got, or null where it was deleted. */
export type Token = string | null;

export interface Write {
  readonly row: number;
  readonly token: Token;
  /** The token that was there, where the database said so. */
  readonly before?: Token;
  readonly transaction: Transaction;
}

export interface Transaction {
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
  readonly unknown: number;
}

export class Ledger {
  readonly #rows = new Map<number, Write[]>();
  rolledBack = 0;

  note(write: Write): void {
    const known = this.#rows.get(write.row);
    if (known === undefined) this.#rows.set(write.row, [write]);
    else known.push(write);
  }

  /** Of transactions whose commit was never answered, all rows or none must have been told. */
  judge(told: readonly Told[]): Verdict {
    const byRow = Map.groupBy(told, ({ row }) => row);
    const tokens = new Set(told.map(({ after }) => after));
    const removed = new Set(told.filter(({ after }) => after === null).map(({ before }) => before));
    for (const { token, before = null, transaction } of [...this.#rows.values()].flat())
      if (token === null && transaction.outcome === 'committed') removed.delete(before);
    const happened = new Set<Transaction>();
    let unknown = 0;
    for (const writes of this.#rows.values()) {
      for (const { transaction, token, before = null } of writes) {
        if (transaction.outcome === 'committed') happened.add(transaction);
        if (transaction.outcome === 'unknown') unknown += 1;
        if (transaction.outcome === 'unknown' && (token === null ? before !== null && removed.has(before) : tokens.has(token))) happened.add(transaction);
      }
    }
    const result = { committed: 0, told: told.length, lost: 0, unexpected: 0, disordered: 0, rolledBack: this.rolledBack, unknown };
    for (const row of new Set([...this.#rows.keys(), ...byRow.keys()])) {
      const expected = (this.#rows.get(row) ?? []).filter(({ transaction }) => happened.has(transaction)).map(({ token }) => token);
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
