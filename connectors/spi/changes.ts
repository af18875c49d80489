/** How a connector tells what was changed in its source. The hub keeps what it has been told, so a reader may be ended and begun again at any place. */
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { ColumnDef } from './ir.ts';

/** `log`: the database's own log. `trigger`: an outbox that triggers of the department's DBA fill. `poll`: looking at all rows again and again. */
export type ChangeMode = 'log' | 'trigger' | 'poll';

/** What holds for a mode. Whatever it says, no committed state is missed for good, and rows of one key come in the order of their commits. */
export interface ChangeGuarantees {
  /** Every committed row change is told; otherwise only how the rows differ between two looks. */
  readonly everyChange: boolean;
  /** Changes of one transaction of the source are told as one. */
  readonly transactions: boolean;
  /** The source itself says when it committed. */
  readonly commitTime: boolean;
}

export interface ChangeStart {
  readonly mode: ChangeMode;
  /** Names what is kept in the source for this reader (slot, publication): `[a-z0-9_]`, at most 40 characters. */
  readonly consumer: string;
  /** Changes are told of these tables and columns; both are named by their place here. */
  readonly tables: readonly CapturedTable[];
  /** Where an earlier reader has come to; null: from now on, and all tables are fresh. */
  readonly position: string | null;
  /** Tables that are read whole first. */
  readonly fresh: readonly number[];
  /** From one look to the next (`poll`, `trigger`). */
  readonly pollMs: number;
  /** A log's stream that is not heard of for so long, signs of life included, counts as broken. Default 30 s. */
  readonly silenceMs?: number;
}

export const SILENCE_MS = 30_000;

export interface CapturedTable {
  readonly schema?: string;
  readonly table: string;
  readonly columns: readonly ColumnDef[];
  /** Columns that identify a row; all of them are among `columns`. */
  readonly key: readonly string[];
}

/** Wire values by column; a column that is absent was not told, its value is what it was before. */
export type SourceRow = Readonly<Record<string, WireValue>>;

/** First the fresh tables, one after the other; then changes, of which the first may be none and says that the source is being listened to. */
export type ChangeBatch =
  | { readonly kind: 'snapshot'; readonly table: number; readonly rows: readonly SourceRow[]; readonly done: boolean }
  /** Every commit up to `position`, in the order of commits; none when nothing happened. What a snapshot already shows is left out. */
  | { readonly kind: 'changes'; readonly transactions: readonly SourceTransaction[]; readonly position: string }
  /** Tables were altered, and rows may have become others without being told: they must be read whole; none when tables came that are not known. Ends the stream; the next goes on from `position`. */
  | { readonly kind: 'altered'; readonly tables: readonly number[]; readonly position: string };

/** A transaction, or a part of a long one: its rows from the place `first` on. */
export interface SourceTransaction {
  /** Place of the commit; the same whenever it is read again, and never used twice. */
  readonly commit: string;
  /** The source's own name of the transaction. */
  readonly transaction: string;
  /** Milliseconds since 1970; null where the source does not say. */
  readonly committedMs: number | null;
  readonly first: number;
  readonly rows: readonly RowChange[];
}

export interface RowChange {
  readonly table: number;
  readonly op: 'insert' | 'update' | 'delete' | 'truncate';
  /** As far as the source says what was there; the key at least where an update changes it, and for a delete. */
  readonly before: SourceRow | null;
  readonly after: SourceRow | null;
}

/** Asking for the next batch is all the haste there is: what waits is bounded, then the source waits. */
export interface ChangeStream extends AsyncIterable<ChangeBatch> {
  /** Everything up to this position is safe with the hub: the source may forget it. */
  confirm(position: string): void;
}

/** What a DBA runs so that the hub can read changes; never run by the hub. Statements in order, comments included. */
export interface ChangeSetup {
  readonly statements: readonly string[];
}
