import type { EventSink } from './event-sink.ts';
import type { StreamRequest } from './stream-request.ts';

/** What one or several fields of `Subscription` are answered from. */
export interface Topic {
  /** Whether it answers this root field in the request's view. */
  answers(field: string, request: StreamRequest): boolean;
  /** Runs until the client ends it. @throws {HubError} what ends it otherwise */
  run(request: StreamRequest, sink: EventSink): Promise<void>;
  /** Looks whether generation or rights changed: subscriptions go on in what is live now, from where they are, or end and say why. */
  recheck?(): void;
}
