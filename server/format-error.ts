import { GraphQLError, type SourceLocation } from 'graphql';
import { HubError } from '../schema/errors/hub-error.ts';
import { ERRORS, type ErrorCode } from '../schema/errors/register.ts';

/** What stands in `errors` of an answer. Holds nothing that the client may not see. */
export interface ClientError {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: ErrorExtensions;
}

// A type, not an interface: GraphQL wants an index signature.
export type ErrorExtensions = {
  readonly code: string;
  readonly department?: string;
  readonly source?: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly cursor?: string;
  requestId?: string;
};

export const INTERNAL_MESSAGE = 'The hub made a mistake; report the requestId to its operator.';

/** Codes that graphql-js and Apollo give to errors about what the client sent: their messages are safe. */
const CLIENT_CODES: readonly string[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
] satisfies ErrorCode[];
/** What graphql-js says when comparing repeated fields takes too long. */
const ABORTED = 'Validation aborted.';
const PERSISTED_QUERY = /^PERSISTED_QUERY_NOT_/;

export interface ErrorFormat {
  /** `Did you mean …?` names parts of the schema. */
  readonly suggestions: boolean;
  /** Told of every fault of the hub itself, with its cause. */
  readonly onFault: (error: unknown) => void;
}

export interface Where {
  readonly path?: readonly (string | number)[] | undefined;
  readonly locations?: readonly SourceLocation[] | undefined;
  readonly requestId?: string;
}

/** Turns any error into what a client may see; what nobody foresaw becomes INTERNAL_SERVER_ERROR with a fixed message. */
export function formatError(error: unknown, { suggestions, onFault }: ErrorFormat, where: Where = {}): ClientError {
  const hubError = findHubError(error);
  const place = {
    ...(where.locations && where.locations.length > 0 ? { locations: where.locations } : {}),
    ...(where.path ? { path: where.path } : {}),
  };
  const requestId = where.requestId === undefined ? {} : { requestId: where.requestId };
  if (hubError) {
    if (hubError.code === 'INTERNAL_SERVER_ERROR') onFault(error);
    const message = hubError.code === 'INTERNAL_SERVER_ERROR' ? INTERNAL_MESSAGE : hubError.message;
    return {
      message: suggestions ? message : withoutSuggestion(message),
      ...place,
      extensions: {
        code: hubError.code,
        ...(hubError.department === undefined ? {} : { department: hubError.department }),
        ...(hubError.source === undefined ? {} : { source: hubError.source }),
        retryable: hubError.retryable,
        ...(hubError.retryAfterMs === undefined ? {} : { retryAfterMs: hubError.retryAfterMs }),
        ...(hubError.cursor === undefined ? {} : { cursor: hubError.cursor }),
        ...requestId,
      },
    };
  }
  const code = error instanceof GraphQLError ? clientCode(error) : undefined;
  if (error instanceof GraphQLError && code !== undefined) {
    return { message: clientMessage(error, code, suggestions), ...place, extensions: { code, retryable: false, ...requestId } };
  }
  onFault(error);
  return {
    message: INTERNAL_MESSAGE,
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: ERRORS.INTERNAL_SERVER_ERROR.retryable, ...requestId },
  };
}

function clientCode({ extensions, message, path }: GraphQLError): string | undefined {
  const { code } = extensions;
  if (typeof code !== 'string') return undefined;
  // graphql-js reports more tokens than allowed as a syntax error.
  if (code === 'GRAPHQL_PARSE_FAILED' && message.includes('tokens. Parsing aborted')) return 'LIMIT_TOKENS';
  if (message === ABORTED) return 'LIMIT_COST';
  return (CLIENT_CODES.includes(code) && path === undefined) || PERSISTED_QUERY.test(code) ? code : undefined;
}

function clientMessage({ message }: GraphQLError, code: string, suggestions: boolean): string {
  if (/call stack/i.test(message)) return 'The document nests too deeply.';
  if (code === 'LIMIT_TOKENS') return `The document has more than ${/\d+/.exec(message)?.[0] ?? 'the allowed number of'} tokens; split it.`;
  if (message === ABORTED) return 'The document repeats its fields too often to be checked; select each once.';
  return (suggestions ? message : withoutSuggestion(message)).trim();
}

function findHubError(error: unknown): HubError | undefined {
  for (let each = error; each instanceof Error; each = each instanceof GraphQLError ? each.originalError : undefined) if (each instanceof HubError) return each;
  return undefined;
}

function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}

/** HTTP status for an error that leaves nothing to answer with. */
export function httpStatus(code: string): number {
  if (code === 'INTERNAL_SERVER_ERROR') return 500;
  if (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED') return 401;
  if (code === 'RATE_LIMITED') return 429;
  // As Apollo Server answers: clients send the text next.
  if (PERSISTED_QUERY.test(code)) return 200;
  if (code === 'LIMIT_BODY') return 413;
  return Object.hasOwn(ERRORS, code) && ERRORS[code as ErrorCode].retryable ? 503 : 400;
}
