import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HubError } from '../schema/errors/hub-error.ts';
import { ERRORS, type ErrorCode } from '../schema/errors/register.ts';
import { errorType } from './answer-type.ts';
import { formatError, httpStatus, INTERNAL_MESSAGE } from './format-error.ts';
import type { Logger } from './log.ts';

/** An answer that is no GraphQL result, in the same shape: `{ errors: [{ message, extensions: { code, … } }] }`. */
export function sendError(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  retryAfterMs?: number,
): FastifyReply {
  sentCodes.set(reply.raw, code);
  return reply
    .code(status)
    .headers(headers)
    .type(errorType(status, reply.request.headers.accept))
    .send(errorBody(code, message, reply.request.id, retryAfterMs));
}

const retryAfter = (ms: number): Record<string, string> => ({ 'retry-after': String(Math.ceil(ms / 1_000)) });

const sentCodes = new WeakMap<ServerResponse, ErrorCode>();

/** The code of the error that was sent outside of GraphQL. */
export const sentCode = (response: ServerResponse): ErrorCode | undefined => sentCodes.get(response);

export function errorBody(code: ErrorCode, message: string, requestId?: string, retryAfterMs?: number): string {
  const extensions = {
    code,
    retryable: ERRORS[code].retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  return `${JSON.stringify({ errors: [{ message, extensions }] })}\n`;
}

/** Whatever goes wrong outside of GraphQL is answered in JSON as well. */
export function answerErrorsInJson(
  app: FastifyInstance,
  { log, bodyBytes, onError }: { readonly log: Logger; readonly bodyBytes: number; readonly onError: (code: string) => void },
): void {
  app.setNotFoundHandler((_request, reply) => {
    onError('BAD_REQUEST');
    return sendError(reply, 404, 'BAD_REQUEST', 'There is nothing at this address; GraphQL is at /graphql.');
  });
  app.setErrorHandler((error: FastifyError | HubError, request: FastifyRequest, reply: FastifyReply) => {
    const answer = describe(error, bodyBytes);
    if (answer.status === 500) log.error({ err: error, requestId: request.id }, 'request failed');
    onError(answer.code);
    const { retryAfterMs } = answer;
    return sendError(reply, answer.status, answer.code, answer.message, retryAfterMs === undefined ? {} : retryAfter(retryAfterMs), retryAfterMs);
  });
}

interface Answer {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

function describe(error: FastifyError | HubError, bodyBytes: number): Answer {
  if (error instanceof HubError) {
    const { message } = formatError(error, { suggestions: false, onFault: () => undefined });
    const { code, retryAfterMs } = error;
    return { status: httpStatus(code), code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        status: 413,
        code: 'LIMIT_BODY',
        message: `The request body is larger than ${bodyBytes.toLocaleString('en')} bytes; send a smaller document or smaller variables.`,
      };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return { status: 415, code: 'BAD_REQUEST', message: 'Send the request as application/json, in UTF-8.' };
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { status: 400, code: 'BAD_REQUEST', message: 'The request body is not JSON.' };
  }
  const status = error.statusCode ?? 500;
  if (error instanceof SyntaxError) return { status: 400, code: 'BAD_REQUEST', message: 'The request body is not JSON.' };
  if (status >= 400 && status < 500) return { status, code: 'BAD_REQUEST', message: 'The HTTP request cannot be understood.' };
  return { status: 500, code: 'INTERNAL_SERVER_ERROR', message: INTERNAL_MESSAGE };
}

/** Requests that are not even HTTP. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'The request took too long to arrive.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'The headers are too large.']
        : ['400 Bad Request', 'This is not an HTTP request.'];
  const body = errorBody('BAD_REQUEST', message);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
