import pino, { type Logger } from 'pino';

export type { Logger };

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * JSON lines on standard error. Never holds a variable, an argument, a database URL or a SQL parameter: nobody passes them to it, and what a driver's error
 * may carry is cut down to type, message and stack.
 * @param level default `info`; an unknown one counts as the default.
 */
export function createLog(level = 'info'): Logger {
  return pino(
    { level: LEVELS.includes(level) ? level : 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.destination({ dest: 2, sync: true }),
  );
}

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return {
    type: error.name,
    message: withoutCredentials(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: withoutCredentials(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** A driver may quote the URL it was given. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+]*:\/\/)[^\s/@]*@/gi, '$1…@');
}
