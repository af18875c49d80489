import { ERRORS, type ErrorCode } from './register.ts';

export interface HubErrorDetails {
  readonly department?: string;
  readonly source?: string;
  readonly retryAfterMs?: number;
  /** Of a stream: where to resume it. */
  readonly cursor?: string;
  /** The connection broke under a call that was under way, so that a read may be tried again at once. For the hub itself. */
  readonly connectionLost?: boolean;
  /** For the log only; never reaches a client. */
  readonly cause?: unknown;
}

/** The only error that a client may see the message of: `message` is safe, the cause stays in the log. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly department?: string;
  readonly source?: string;
  readonly retryAfterMs?: number;
  readonly cursor?: string;
  readonly connectionLost: boolean;

  constructor(code: ErrorCode, message: string, details: HubErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HubError';
    this.code = code;
    if (details.department !== undefined) this.department = details.department;
    if (details.source !== undefined) this.source = details.source;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.cursor !== undefined) this.cursor = details.cursor;
    this.connectionLost = details.connectionLost ?? false;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
