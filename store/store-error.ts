import { HubError } from '../schema/errors/hub-error.ts';

/** A failure of the hub's own store: a fixed message for clients, the engine's words only as cause, for the log. */
export function storeFailed(cause: unknown): HubError {
  return cause instanceof HubError ? cause : new HubError('INTERNAL_SERVER_ERROR', 'The hub’s own store failed.', { cause });
}

/** The store cannot be opened; `reason` is for the operator and holds no secret. */
export function storeCannotOpen(reason: string, cause?: unknown): HubError {
  return new HubError('INTERNAL_SERVER_ERROR', `The hub’s own store cannot be opened: ${reason}`, { cause });
}
