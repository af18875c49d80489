import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parse, GraphQLError, type ExecutionArgs } from 'graphql';
import { CloseCode, makeServer, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { EventSink, RunStream } from '../changes/subscriptions/event-sink.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { ErrorCode } from '../schema/errors/register.ts';
import { formatError, type ClientError, type ErrorFormat, type Where } from './format-error.ts';
import type { Places } from './limits/places.ts';
import type { Authenticate, Session } from './session.ts';
import type { Operate } from './operate.ts';
import { createOutboundQueue, SLOW_CLOSE_MS } from './outbound-queue.ts';
import { watchSession } from './session-end.ts';
import { streamPlace } from './stream-place.ts';

export interface SocketParts {
  readonly authenticate: Authenticate;
  /** For WebSockets and event streams. */
  readonly connections: Places;
  readonly operate: Operate;
  readonly runStream: RunStream;
  readonly errorFormat: ErrorFormat;
  /** Told of the code of every error that leaves the hub. */
  readonly onError: (code: string) => void;
}

/** One client's connection. */
export interface OpenSocket {
  /** Resolves when what was asked has been answered; subscriptions go on. */
  idle(): Promise<void>;
  /** Tells the client where to resume, and closes. */
  close(code: number, reason: ErrorCode): void;
}

const INIT_MS = 3_000;
const PING_MS = 12_000;
const OPERATIONS_MAX = 20;
/** How long a client may take to answer that the connection closes. */
const CLOSE_MS = 2_000;
/** The client may come back with its cursor; not one of the codes that clients take for final. */
const SLOW = 4_008;
const TRY_AGAIN_LATER = 1_013;
const END = Buffer.from('}');
const UNSUPPORTED_DATA = 1_003;

/** graphql-ws keeps the protocol and each operation's life; what is sent in between is written by the hub as ready text. */
const UNREAD: Omit<ExecutionArgs, 'schema' | 'contextValue'> = { document: parse('subscription { s }') };

/** Known once the client has said who it is. */
interface Connected {
  readonly session: Session;
  /** Aborted when its rights end. */
  readonly rightsEnd: AbortSignal;
}

interface Asked {
  readonly id: string;
  readonly payload: SubscribePayload;
}

/** Whatever ends an operation with an `error` message. */
class Refusal extends Error {
  readonly errors: readonly ClientError[];
  constructor(errors: readonly ClientError[]) {
    super('refused');
    this.errors = errors;
  }
}

/** Speaks graphql-transport-ws on one socket. @see https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export function openSocket(socket: WebSocket, request: IncomingMessage, parts: SocketParts): OpenSocket {
  const { authenticate, connections, operate, runStream, errorFormat, onError } = parts;
  const cursors = new Map<string, string>();
  const answering = new Set<Promise<unknown>>();
  const gone = new AbortController();
  let connected: Connected | undefined;
  let terminate: NodeJS.Timeout | undefined;

  const close = (code: number, reason: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    const distinct = [...new Set(cursors.values())];
    queue.end();
    // Past the queue, which may be full.
    if (distinct.length > 0) socket.send(message({ type: 'ping', payload: { cursors: Object.fromEntries(cursors) } }), { binary: false });
    socket.close(code, distinct.length === 1 ? `${reason} ${distinct[0]}` : reason);
    terminate ??= setTimeout(() => socket.terminate(), code === SLOW ? SLOW_CLOSE_MS : CLOSE_MS);
  };
  const together = writeTogether(request.socket);
  const queue = createOutboundQueue(
    (pieces, done) => {
      together();
      const last = pieces.length - 1;
      pieces.forEach((piece, i) => socket.send(piece, { binary: false, fin: i === last }, i === last ? done : undefined));
    },
    () => {
      onError('SLOW_CONSUMER');
      close(SLOW, 'SLOW_CONSUMER');
    },
  );
  const errorsOf = (error: unknown, where?: Where): readonly ClientError[] => {
    if (error instanceof Refusal) return error.errors;
    const formatted = formatError(error, errorFormat, where);
    onError(formatted.extensions.code);
    return [formatted];
  };

  async function run({ id, payload }: Asked, { session, rightsEnd }: Connected, signal: AbortSignal): Promise<void> {
    const answered = operate(payload, { session, gone: signal });
    answering.add(answered);
    const outcome = await answered.finally(() => answering.delete(answered));
    if (outcome.kind === 'refusal') throw new Refusal(outcome.errors);
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    if (outcome.kind === 'answer') return queue.send(head, Buffer.from(outcome.text), END);
    const sink: EventSink = {
      send(payload, cursor) {
        queue.send(head, payload, END);
        cursors.set(id, cursor);
      },
      advance: (cursor) => void cursors.set(id, cursor),
      ready: () => queue.ready(),
      signal: AbortSignal.any([signal, rightsEnd]),
    };
    try {
      await runStream(outcome.request, sink);
      rightsEnd.throwIfAborted();
    } catch (error) {
      if (signal.aborted) throw error; // nobody is left to be told
      throw new Refusal(errorsOf(error, streamPlace(outcome.request)));
    } finally {
      if (!rightsEnd.aborted) cursors.delete(id);
    }
  }

  const closed = makeServer<Record<string, unknown>, undefined>({
    connectionInitWaitTimeout: INIT_MS,
    async onConnect({ connectionParams = {} }) {
      let session: Session;
      try {
        session = await authenticate(request, connectionParams);
        const leave = connections.take(session.principal);
        gone.signal.addEventListener('abort', leave);
      } catch (error) {
        const code = errorsOf(error)[0]?.extensions.code;
        socket.close(code === 'AUTH_UNAVAILABLE' || code === 'RATE_LIMITED' ? TRY_AGAIN_LATER : CloseCode.Forbidden, code);
        return false;
      }
      const end = watchSession(session);
      gone.signal.addEventListener('abort', () => end[Symbol.dispose]());
      // The subscriptions say first why they end.
      end.signal.addEventListener('abort', () => setImmediate(() => close(CloseCode.Forbidden, (end.signal.reason as HubError).code)));
      connected = { session, rightsEnd: end.signal };
      return true;
    },
    onSubscribe({ subscriptions }, id, payload) {
      if (Object.keys(subscriptions).length > OPERATIONS_MAX) {
        const message = `A connection may have ${OPERATIONS_MAX} operations at a time; complete one, or open another connection.`;
        return [new GraphQLError(message, { originalError: new HubError('RATE_LIMITED', message) })];
      }
      return { ...UNREAD, contextValue: { id, payload } satisfies Asked } as unknown as ExecutionArgs;
    },
    subscribe: ({ contextValue }) => {
      const who = connected;
      if (!who) throw new Error('unreachable: acknowledged without a session');
      return untilEnd(gone.signal, (signal) => run(contextValue as Asked, who, signal));
    },
    onError: (_context, _id, _payload, errors) => errors.flatMap((error) => errorsOf(error.originalError instanceof Error ? error.originalError : error)),
  }).opened(
    {
      protocol: socket.protocol,
      send: async (data) => queue.send(Buffer.from(data)),
      close: (code, reason) => socket.close(code, reason),
      onMessage(receive) {
        socket.on('message', (data, isBinary) => {
          if (isBinary) return socket.close(UNSUPPORTED_DATA, 'Send text');
          receive(String(data)).catch((error: unknown) => {
            errorFormat.onFault(error);
            socket.close(CloseCode.InternalServerError, 'INTERNAL_SERVER_ERROR');
          });
        });
      },
    },
    undefined,
  );
  const ping = keepAlive(socket);
  socket.on('error', () => undefined); // a broken frame; ws closes
  socket.once('close', (code, reason) => {
    clearInterval(ping);
    clearTimeout(terminate);
    queue.end();
    gone.abort();
    void closed(code, String(reason));
  });
  return {
    async idle() {
      await Promise.allSettled(answering);
      await new Promise((resolve) => setImmediate(resolve)); // what was answered is sent by then
    },
    close,
  };
}

const message = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** An iteration without elements that lasts as long as the work: it ends with it, and ends it. */
function untilEnd(gone: AbortSignal, work: (signal: AbortSignal) => Promise<void>): AsyncGenerator<never, void, void> {
  const completed = new AbortController();
  const signal = AbortSignal.any([completed.signal, gone]);
  const done = { done: true as const, value: undefined };
  const end = async () => {
    completed.abort();
    return done;
  };
  let ended: Promise<typeof done> | undefined;
  return {
    next: () =>
      (ended ??= work(signal).then(
        () => done,
        (error: unknown) => {
          if (signal.aborted) return done; // nobody is left to be told
          throw error;
        },
      )),
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

/** What is written in one turn goes to the operating system at once. @returns to be called before each write */
function writeTogether(socket: Duplex): () => void {
  let corked = false;
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    process.nextTick(() => {
      corked = false;
      socket.uncork();
    });
  };
}

/** A peer that does not answer a ping until the next one is gone. */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let answered = true;
  socket.on('pong', () => (answered = true));
  return setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
}
