import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { ErrorCode } from '../schema/errors/register.ts';
import { errorBody } from './http-errors.ts';
import { isSameOrigin } from './same-origin.ts';
import { openSocket, type OpenSocket, type SocketParts } from './web-socket.ts';

export interface WebSockets {
  readonly open: number;
  /** Refuses new connections, lets operations finish, tells each subscriber its cursor, and closes. Resolves when all are closed. */
  drain(): Promise<void>;
}

const FRAME_BYTES = 65_536;
const GOING_AWAY = 1_001;

/** GraphQL over WebSocket at /graphql, on the same server as HTTP. */
export function addWebSockets(server: Server, parts: SocketParts): WebSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES, perMessageDeflate: false, handleProtocols });
  const open = new Map<OpenSocket, Promise<void>>();
  let draining = false;
  server.on('upgrade', (request, socket, head) => {
    const refusal = draining ? ([503, 'SHUTTING_DOWN', 'The hub is stopping.'] as const) : refusalOf(request);
    if (refusal) {
      parts.onError(refusal[1]);
      refuse(socket, ...refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const opened = openSocket(client, request, parts);
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      open.set(opened, closed);
      void closed.then(() => open.delete(opened));
    });
  });
  return {
    get open() {
      return open.size;
    },
    async drain() {
      draining = true;
      await Promise.all(
        [...open].map(async ([each, closed]) => {
          await each.idle();
          each.close(GOING_AWAY, 'SHUTTING_DOWN');
          await closed;
        }),
      );
    },
  };
}

function refusalOf(request: IncomingMessage): readonly [status: number, code: ErrorCode, message: string] | undefined {
  if (request.url?.split('?')[0] !== '/graphql') return [404, 'BAD_REQUEST', 'There is no WebSocket at this address; GraphQL is at /graphql.'];
  if (!isSameOrigin(request)) return [403, 'BAD_REQUEST', 'A page of another origin may not connect.'];
  return undefined;
}

function refuse(socket: Duplex, status: number, code: ErrorCode, message: string): void {
  const body = errorBody(code, message);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
