/**
 * What can alter the result of a selection on an entity, as data: which types' rows, which of their fields, in which sources, and how each hangs
 * together with the subject. `derive-dependencies.ts` makes it, `print-dependencies.ts` prints it, `touched-keys.ts` goes its paths backwards.
 */
export interface Dependencies {
  /** The entity type whose result it is. */
  readonly subject: string;
  /** By path; the subject itself first, under the empty path. */
  readonly reads: readonly Dependency[];
  /** What the result depends on beside data: nothing, the day (`asOf`), or the moment (`now`). */
  readonly clock: 'none' | 'day' | 'moment';
}

export interface Dependency {
  /** From the subject to the type, relation by relation. */
  readonly path: readonly RelationStep[];
  readonly type: string;
  /** By source name. A row that comes or goes in one of them can alter the result, and so can a change of one of the fields. */
  readonly sources: readonly SourceReads[];
}

export interface SourceReads {
  readonly source: string;
  readonly department: string;
  /** Paths of mapped fields, ascending: derived ones are followed to what they are made of. */
  readonly fields: readonly string[];
}

/** One relation of `from`, whose `fields` equal the `references` of `to`. */
export interface RelationStep {
  readonly from: string;
  readonly relation: string;
  readonly fields: readonly string[];
  readonly to: string;
  readonly references: readonly string[];
}
