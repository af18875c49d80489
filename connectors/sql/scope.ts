import type { ColumnName, Expr, Predicate } from '../spi/ir.ts';
import type { Dialect, Operand } from './dialect.ts';
import type { Fragment } from './fragment.ts';

/** Names that expressions can see. Asking for a column also marks it as used, so that derived tables hand on no others. */
export interface Scope {
  column(name: ColumnName): Operand;
}

/** State of one translation. */
export interface Context {
  readonly dialect: Dialect;
  /** A table alias that is new in the statement, such as `t3`. */
  readonly alias: (letter: string) => string;
}

export function createContext(dialect: Dialect): Context {
  let count = 0;
  return { dialect, alias: (letter) => `${letter}${(count += 1)}` };
}

/** A condition on the rows of a row set, not yet bound to a place in the statement. */
export interface Condition {
  /** The columns of the row set that it reads. */
  readonly columns: ReadonlySet<ColumnName>;
  /** It also reads columns of an enclosing query. */
  readonly correlated: boolean;
  /** It compares a column as it is stored, so that an index can find the few rows that meet it. */
  readonly selective?: boolean;
  readonly compile: (scope: Scope) => Fragment;
}

/** Columns of the enclosing row that an expression or predicate reads; what it does within related rows does not count. */
export function columnsOf(...nodes: readonly (Expr | Predicate)[]): ReadonlySet<ColumnName> {
  const found = new Set<ColumnName>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null) {
      const record = node as Readonly<Record<string, unknown>>;
      if (record['kind'] === 'column') found.add(record['column'] as ColumnName);
      else if (record['kind'] === 'related' || record['kind'] === 'exists')
        (record['on'] as readonly { readonly outer: Expr }[]).forEach((pair) => visit(pair.outer));
      else Object.values(record).forEach(visit);
    }
  };
  visit(nodes);
  return found;
}
