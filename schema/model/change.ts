import type { Canonical } from './canonical.ts';

/** What happened to a row, in the API's words. A snapshot's row is CREATED where the log did not know it. */
export type ChangeOp = 'CREATED' | 'UPDATED' | 'DELETED';

/** One row of a unified type in one source, before and after a committed change. Decoded through the mapping that was live when it was read. */
export interface Change {
  /**
   * Stands for the change in its source: commit position and ordinal within the transaction. The same change read again has the same id and the same
   * content, so that a reader may drop what it has seen.
   */
  readonly id: string;
  readonly department: string;
  readonly source: string;
  readonly type: string;
  /** Canonical key of the entity, one value for each key field of the type; null where this row's key cannot be decoded or resolved. */
  readonly key: readonly Canonical[] | null;
  /** This source's own key of the row, as in `DataIssue.key`. */
  readonly rowKey: string;
  readonly op: ChangeOp;
  /** Paths of the mapped fields that differ; every field that is not null for CREATED and DELETED. Ascending. */
  readonly changedFields: readonly string[];
  /** Canonical values by field path, of the fields that this source maps; null for CREATED. */
  readonly before: ChangeRow | null;
  /** Null for DELETED. */
  readonly after: ChangeRow | null;
  /** RFC 3339 with the hub's offset; the source's own time of commit where it says one, else when the hub read it. */
  readonly committedAt: string;
  /** Changes of one transaction of the source share this. */
  readonly transaction: string;
  /** Version of the release whose mapping decoded it. */
  readonly mappingVersion: number;
}

export type ChangeRow = Readonly<Record<string, Canonical>>;

/** A change with its place in the hub's log: `sequence` ascends in the order of appending, over all sources, and readers see no gap filled later. */
export interface LoggedChange extends Change {
  readonly sequence: number;
}

/** The type, which no type of the API has, of the entry that stands in the log where a source lost changes. */
export const LOSS = '';
