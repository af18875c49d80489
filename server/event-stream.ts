import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { EventSink, RunStream } from '../changes/subscriptions/event-sink.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { clientGone } from './client-gone.ts';
import { formatError, type ClientError, type ErrorFormat, type Where } from './format-error.ts';
import { sendError } from './http-errors.ts';
import type { Places } from './limits/places.ts';
import type { Authenticate } from './session.ts';
import type { SentOperation } from './documents/resolve-document.ts';
import type { Operate } from './operate.ts';
import { createOutboundQueue, SLOW_CLOSE_MS } from './outbound-queue.ts';
import { isSameOrigin } from './same-origin.ts';
import { watchSession } from './session-end.ts';
import { streamPlace } from './stream-place.ts';

export interface EventStreamParts {
  readonly authenticate: Authenticate;
  /** For WebSockets and event streams. */
  readonly connections: Places;
  readonly operate: Operate;
  readonly runStream: RunStream;
  readonly errorFormat: ErrorFormat;
  /** Told of the code of every error that leaves the hub. */
  readonly onError: (code: string) => void;
}

export interface EventStreams {
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Tells each subscriber its cursor, and ends its stream without completing it, so that it connects again. */
  drain(): void;
}

const PING_MS = 12_000;
/** How soon a client whose connection broke connects again. */
const RETRY_MS = 1_000;
const STREAMS_MAX = 1_000;
const END = Buffer.from('\n\n');
const LAST_EVENT_ID = 'last-event-id';

/** GraphQL over server-sent events, distinct connections mode. @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md */
export function createEventStreams(parts: EventStreamParts): EventStreams {
  const open = new Set<() => void>();
  return {
    async answer(request, reply) {
      if (!isSameOrigin(request.raw)) return void sendError(reply, 403, 'BAD_REQUEST', 'A page of another origin may not subscribe.');
      if (open.size >= STREAMS_MAX)
        return void sendError(reply, 503, 'SOURCE_BUSY', 'The hub serves as many event streams as it can; try again.', { 'retry-after': '1' });
      await stream(request, reply, parts, open);
    },
    drain() {
      for (const leave of open) leave();
    },
  };
}

async function stream(request: FastifyRequest, reply: FastifyReply, parts: EventStreamParts, open: Set<() => void>): Promise<void> {
  const { authenticate, connections, operate, runStream, errorFormat, onError } = parts;
  const session = await authenticate(request.raw);
  const operation = operationOf(request);
  const leaveConnection = connections.take(session.principal);
  reply.raw.once('close', leaveConnection);
  using rights = watchSession(session);
  reply.hijack();
  const response = reply.raw;
  const gone = clientGone(response);
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  open.add(leave);
  let cursor: string | undefined;
  let place: Where = { requestId: request.id };
  const full = (): void => {
    onError('SLOW_CONSUMER');
    leaving.abort();
    const error = new HubError('SLOW_CONSUMER', 'This client reads too slowly.', cursor === undefined ? {} : { cursor });
    response.end(event('next', JSON.stringify({ errors: [formatError(error, errorFormat, place)] })) + event('complete', ''));
    setTimeout(() => response.destroy(), SLOW_CLOSE_MS).unref();
  };
  const queue = createOutboundQueue((pieces, done) => {
    pieces.forEach((piece, i) => response.write(piece, i === pieces.length - 1 ? done : undefined));
  }, full);
  const write = (text: string): void => queue.send(Buffer.from(text));
  const sink: EventSink = {
    send(payload, at) {
      queue.send(Buffer.from(`id: ${at}\nevent: next\ndata: `), payload, END);
      cursor = at;
    },
    advance: (at) => void (cursor = at),
    ready: () => queue.ready(),
    signal: AbortSignal.any([gone, leaving.signal, rights.signal]),
  };
  const ping = setInterval(() => write(':\n\n'), PING_MS);
  startStream(response, reply);
  write(`retry: ${RETRY_MS}\n\n`); // and some browsers wait for the first byte
  try {
    const outcome = await operate(operation, { session, gone, requestId: request.id, mutations: request.method === 'POST' });
    if (outcome.kind === 'answer') write(event('next', outcome.text));
    else if (outcome.kind === 'refusal') write(event('next', JSON.stringify({ errors: outcome.errors })));
    else {
      place = streamPlace(outcome.request);
      const lastEventId = request.headers[LAST_EVENT_ID];
      await runStream({ ...outcome.request, ...(typeof lastEventId === 'string' && lastEventId !== '' ? { lastEventId } : {}) }, sink);
      rights.signal.throwIfAborted();
    }
    if (leaving.signal.aborted) write(cursor === undefined ? '' : `id: ${cursor}\n\n`);
    else write(event('complete', ''));
  } catch (error) {
    const errors: ClientError[] = [formatError(error, errorFormat, place)];
    onError(errors[0]?.extensions.code ?? '');
    // Who connects again by itself goes on behind what this says.
    const at = error instanceof HubError && error.cursor !== undefined ? `id: ${error.cursor}\n` : '';
    write(at + event('next', JSON.stringify({ errors })) + event('complete', ''));
  } finally {
    clearInterval(ping);
    open.delete(leave);
    queue.end();
    response.end();
  }
}

function startStream(response: ServerResponse, reply: FastifyReply): void {
  response.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'content-encoding': 'none',
    'x-accel-buffering': 'no',
  });
}

/** JSON text holds no line break. */
function event(name: 'next' | 'complete', data: string): string {
  return `event: ${name}\ndata:${data === '' ? '' : ` ${data}`}\n\n`;
}

function operationOf({ method, body, query: parameters }: FastifyRequest): SentOperation {
  if (method === 'POST') {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('The request body is no GraphQL operation.');
    return checked(body);
  }
  const { query, documentId, operationName, variables, extensions } = parameters as Readonly<Record<string, unknown>>;
  return checked({ query, documentId, operationName, variables: json(variables, 'variables'), extensions: json(extensions, 'extensions') });
}

function checked({ query, documentId, operationName, variables, extensions }: { readonly [K in keyof SentOperation]?: unknown }): SentOperation {
  const named = documentId ?? objectOrAbsent(extensions, 'extensions')?.['persistedQuery'];
  if (query !== undefined && query !== null && typeof query !== 'string') throw badRequest('query is no text.');
  if (!query && !named) throw badRequest('The request has no query.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') throw badRequest('operationName is no text.');
  return {
    query: query ?? undefined,
    documentId,
    operationName,
    variables: objectOrAbsent(variables, 'variables'),
    extensions: objectOrAbsent(extensions, 'extensions'),
  };
}

function json(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw badRequest(`${name} are not JSON.`);
  }
}

function objectOrAbsent(value: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest(`${name} are no object.`);
  return value as Readonly<Record<string, unknown>>;
}

const badRequest = (message: string): HubError => new HubError('BAD_REQUEST', message);
