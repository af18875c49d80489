import type { Catalog } from '../../schema/model/catalog.ts';
import type { CapturedTable, ChangeGuarantees, ChangeMode, ChangeSetup, ChangeStart, ChangeStream } from './changes.ts';
import type { Bindings, Request, Row, VariableName } from './ir.ts';
import type { PrintedRows } from './printed.ts';

/** One registered source database, read-only. Owns its pool and nothing else. Opens even while the database is down. */
export interface Connector {
  readonly source: string;
  /** Constant for the connector's life. */
  readonly capabilities: Capabilities;
  /** Reads tables, columns, keys, comments; never a row. @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_TIMEOUT */
  introspect(call: CallOptions): Promise<Catalog>;
  /**
   * For each table, in order, a text that differs whenever columns of it came, went, changed their type or changed places since it was last read. Cheap: it
   * is read after every statement. @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_TIMEOUT | SOURCE_BUSY
   */
  fingerprint(tables: readonly TableRef[], call: CallOptions): Promise<readonly string[]>;
  /**
   * For each table, in order, a text that differs whenever its rows were written anew as a whole, which the log of changes does not tell. Absent where
   * nothing alters rows without a word. @throws {HubError} as `fingerprint`
   */
  storage?(tables: readonly TableRef[], call: CallOptions): Promise<readonly string[]>;
  /**
   * Translates a request once; running it is then cheap and may happen many times, concurrently.
   * @throws {HubError} SOURCE_CAPABILITY_MISSING when the request uses what `capabilities` does not declare.
   */
  prepare(request: Request): PreparedRequest;
  /**
   * Tells changes until the signal, from a position on. One reader at a time for one consumer.
   * Iterating throws {HubError} EVENT_GAP when the source no longer has what follows the position (begin again with null), SOURCE_CAPABILITY_MISSING when
   * it is not set up for the mode (the message says what its DBA must do), SOURCE_UNAVAILABLE when it cannot be reached.
   */
  changes?(start: ChangeStart, signal: AbortSignal): ChangeStream;
  /** What its DBA runs for a mode; the hub itself never does. */
  changeSetup?(mode: ChangeMode, tables: readonly CapturedTable[], consumer: string): ChangeSetup;
  /** Can it serve a query now? Never throws. */
  health(call: CallOptions): Promise<Health>;
  /** Refuses new calls, lets running ones finish, frees the pool. Idempotent. */
  close(): Promise<void>;
}

export interface TableRef {
  readonly schema?: string;
  readonly table: string;
}

export interface PreparedRequest {
  /** The statement as the engine gets it, with its parameters as types (`$1: text`, `?: date`); for `explain`. */
  readonly statement: string;
  /**
   * Result rows in the order the request defines; a list is complete or the call fails.
   * @throws {HubError} SOURCE_UNAVAILABLE | SOURCE_TIMEOUT | SOURCE_BUSY | JOIN_TOO_LARGE (more than `maxRows` top-level or nested rows)
   */
  run(bindings: Bindings, call: RunOptions): Promise<Row[]>;
  /** The same rows in another form; absent where the engine does not give them so. */
  readonly printed?: PrintedRows;
  /** The same for several keys at once; absent where it is not sure to find one row at most by one key. */
  readonly keyed?: KeyedRead;
}

/** A read of one row by a key, as a batch of such reads. */
export interface KeyedRead {
  /** Its only child lists the rows of each key. */
  readonly request: Request;
  /** Whose values are the keys. */
  readonly key: VariableName;
  /** Rows of one key. */
  readonly limit: number;
}

/** As `Connector.fingerprint`, with the deadline of the run that it belongs to. */
export type Fingerprint = (tables: readonly TableRef[]) => Promise<readonly string[]>;

export interface RunOptions extends CallOptions {
  readonly maxRows: number;
  /** It is not asked together with what others ask: what it costs is to be told. */
  readonly alone?: boolean;
  /**
   * Called `after` the rows are read, or once their statement is sent on a connection that answers in order, where a question stands `behind` it; `fingerprint`
   * asks on that connection. What it returns is awaited before the connection goes to another run and the rows are given; what it throws is the run's outcome.
   */
  readonly verify?: (fingerprint: Fingerprint, asked: 'after' | 'behind') => Promise<void> | undefined;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Measured from the call; also enforced in the server where it can be. */
  readonly timeoutMs: number;
  /** What it is asked for, as whoever asks stated it: stands in the database's own log. Text of theirs, unchecked. */
  readonly purpose?: string;
}

type Supported = Readonly<Record<string, never>>; // an object, so that a capability can grow parts

/** What a connector can do; absent means it cannot, and `prepare` refuses it. */
export interface Capabilities {
  /** `batch` requests. */
  readonly batch?: Supported;
  /** `children` of kind many and one, `exists`, `related`. */
  readonly relations?: Supported;
  readonly aggregates?: Supported;
  readonly groups?: Supported;
  readonly orders?: Supported;
  readonly offset?: Supported;
  /** Predicates beyond `and`, `eq` and `in`. */
  readonly predicates?: Supported;
  /** `jsonRows`, `splitRows`, `unpivot`, `latest`, `lookup`, `union`, `grouped`, `extend` row sets, by kind. */
  readonly rowSets?: Readonly<Record<string, Supported>>;
  /** Ways to tell changes, with what each guarantees. */
  readonly changes?: Readonly<Partial<Record<ChangeMode, ChangeGuarantees>>>;
}

export type Health =
  | { readonly status: 'up'; readonly latencyMs: number; readonly engine: string }
  | { readonly status: 'down'; readonly code: 'SOURCE_UNAVAILABLE' | 'SOURCE_TIMEOUT'; readonly reason: string };

/** How the hub opens a source; `options` are the kind's own part of `hub.yaml`. */
export interface SourceConfig {
  readonly source: string;
  readonly department: string;
  readonly kind: string;
  readonly flavor?: string;
  /** Database URL; for sqlite a file path or `:memory:`. Never logged. */
  readonly url: string;
  readonly pool: { readonly max: number; readonly queue: number; readonly acquireMs: number; readonly connectMs: number };
  /** Schemas to introspect (Postgres); absent: the connection's own search path or database. */
  readonly schemas?: readonly string[];
  /** MariaDB's `tinyint(1)` columns hold numbers; absent: booleans. */
  readonly tinyint1?: 'integer';
  /** IANA name; the meaning of naive timestamps. */
  readonly timeZone: string;
}
