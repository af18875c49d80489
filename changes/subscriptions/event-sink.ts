import type { Tally } from '../../federation/execute/tally.ts';
import type { SourceReads } from '../../federation/plan/source-reads.ts';
import type { StreamRequest } from './stream-request.ts';

/** Where a subscription's events go: one client's connection, with a bounded queue. */
export interface EventSink {
  /**
   * Queues one event. When the queue is full the connection is closed with SLOW_CONSUMER and the cursor of the last event before, and `signal` aborts.
   * @param payload the result as JSON text in UTF-8, `{"data":…}`; all who ask the same get the same one, so nobody may change it
   * @param cursor resumes strictly after this event
   * @param shown the entities in it, for the record @param reads mapped fields in it that its selection does not name
   */
  send(payload: Buffer, cursor: string, shown?: Tally, reads?: readonly SourceReads[]): void;
  /** Everything up to here was looked at, though nothing was sent: what a client is told when the stream ends. */
  advance(cursor: string): void;
  /** Resolves when at most half of the queue is in use, and at the end: replays wait for it. */
  ready(): Promise<void>;
  /** Aborted when the client completed the subscription or is gone. */
  readonly signal: AbortSignal;
}

/**
 * Runs a subscription until its client ends it. @throws {HubError} what ends it otherwise: CURSOR_INVALID, CURSOR_EXPIRED, EVENT_GAP, SUBSCRIPTION_REVOKED,
 * TOKEN_EXPIRED …
 */
export type RunStream = (request: StreamRequest, sink: EventSink) => Promise<void>;
