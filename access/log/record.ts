import type { Role } from '../../schema/model/principal.ts';

/** Who asks, as the log keeps it. */
export interface Who {
  readonly subject: string;
  readonly department?: string;
  readonly roles: readonly Role[];
  readonly purpose?: string;
  /** Where an unverified request came from. */
  readonly peer?: string;
}

/** What one operation takes from one source. */
export interface RecordedReads {
  readonly department: string;
  readonly source: string;
  /** `Type.path`, ascending. */
  readonly fields: readonly string[];
  /** Those of `fields` that the principal sees masked. */
  readonly masked?: readonly string[];
  readonly rows: number;
}

/** The entities of one type that were shown. */
export interface RecordedSubjects {
  readonly type: string;
  readonly count: number;
  /** Of the first different keys; see `subjectKeys`. Never the keys themselves. */
  readonly keys: readonly string[];
}

/**
 * `intent`: a mutation is about to run. `operation`: its answer, or a query's, is about to leave. `stream`: a subscription starts. `delivery`: a batch of
 * it is about to leave. `end`: it ended. `refusal`: nothing was answered; `count` of them when many alike came in a short time. `abort`: the client was gone
 * before the whole answer was written.
 */
export type EventKind = 'operation' | 'intent' | 'stream' | 'delivery' | 'end' | 'refusal' | 'abort';

/** What somebody did with the hub. Everything in it is written by the hub; text that a client chose is cut to 128 characters. */
export interface AccessEvent {
  readonly kind: EventKind;
  readonly request: string;
  readonly who: Who;
  readonly operation?: {
    readonly type: 'query' | 'mutation' | 'subscription';
    readonly name?: string;
    /** SHA-256 of the document's text, hexadecimal: what trusted documents are known by. */
    readonly hash: string;
  };
  readonly generation?: number | undefined;
  readonly release?: number | undefined;
  readonly reads?: readonly RecordedReads[] | undefined;
  /** Root fields of the hub's own that were asked for. */
  readonly own?: readonly string[] | undefined;
  readonly subjects?: readonly RecordedSubjects[] | undefined;
  readonly explain?: true | undefined;
  readonly decision: 'allowed' | 'refused';
  /** How often each error code stands in the answer. */
  readonly errors?: Readonly<Record<string, number>> | undefined;
  readonly count?: number;
  /** From the request's arrival to this record. */
  readonly ms?: number;
}

/** What the log says of itself. */
export type LogEvent =
  | { readonly kind: 'chain'; readonly chain: string; readonly hash: HashName; readonly key: PublicKey; readonly format: 1 }
  /** First of a file. `previous` is the hash that the record before it has. */
  | { readonly kind: 'segment'; readonly chain: string; readonly hash: HashName; readonly number: number; readonly previous: string }
  /** The hub began to write; `torn` bytes after the last whole record were never acknowledged and lie beside the file. */
  | { readonly kind: 'start'; readonly torn?: number; readonly anchor?: 'missing' }
  | { readonly kind: 'stop' }
  /** Writing works again. */
  | { readonly kind: 'recovered'; readonly reason: string; readonly since: string }
  /** Signs the record before it. */
  | { readonly kind: 'checkpoint'; readonly jws: string }
  | Dropped;

/** Files older than the retention are about to be deleted. */
export interface Dropped {
  readonly kind: 'dropped';
  readonly files: readonly string[];
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Hash of the last record in them. */
  readonly lastHash: string;
  readonly from: string;
  readonly to: string;
}

/** A record as it stands in the log. `at` (RFC 3339, UTC) never goes back; `clock` is what the clock said when it did. */
export type AccessRecord = { readonly seq: number; readonly at: string; readonly clock?: string } & (AccessEvent | LogEvent);

export type HashName = 'sha256' | 'sm3';

/** A JWK of an Ed25519 key. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
}
