import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Session } from './session.ts';

/** What Apollo's plugins know of who asks and how the answer goes back; the same whatever the transport. */
export interface RequestContext {
  readonly requestId: string;
  readonly session: Session;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Whether the access log has it. An object of its own, since Apollo copies what it is given. */
  readonly recording: { done: boolean };
  /** Only on transports that can carry more than one answer. */
  readonly stream?: StreamSlot;
}

/** Where a checked subscription is put, for its transport to run. */
export interface StreamSlot {
  /** False: whoever asks could be any web page, so that nothing may be changed. */
  readonly mutations: boolean;
  request?: StreamRequest;
}
