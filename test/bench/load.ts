/** A load client that costs little beside what it measures: requests made beforehand, answers told apart by their content-length, nothing parsed. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadTarget {
  readonly port: number;
  /** Whole HTTP requests, taken in turn. */
  readonly requests: readonly Buffer[];
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Sorted. */
  readonly latenciesMs: readonly number[];
}

export function postRequest(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Buffer {
  const text = Buffer.from(JSON.stringify(body));
  const lines = Object.entries({ host: 'localhost', 'content-type': 'application/json', 'content-length': String(text.length), ...headers });
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`), text]);
}

/** Keeps `connections` requests in flight for `ms`, then lets the last ones finish. @throws when an answer has errors or a connection ends */
export async function runLoad(target: LoadTarget, connections: number, ms: number): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(target.port)));
  const latenciesMs: number[] = [];
  let turn = 0;
  const start = performance.now();
  const end = start + ms;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const sent = performance.now();
        await client.send(target.requests[turn++ % target.requests.length] as Buffer);
        latenciesMs.push(performance.now() - sent);
      }
      client.close();
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  return { requests: latenciesMs.length, seconds, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Client {
  send(request: Buffer): Promise<void>;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

async function openClient(port: number): Promise<Client> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let finish: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let head = Buffer.alloc(0);
  let missing = -1; // of the body; -1: the head is not complete yet
  socket.on('data', (chunk) => {
    if (missing < 0) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const at = head.indexOf(HEAD_END);
      if (at < 0) return;
      const text = head.toString('latin1', 0, at);
      const length = /content-length: (\d+)/i.exec(text);
      if (!text.startsWith('HTTP/1.1 200') || !length) return fail(new Error(`unexpected answer: ${head.toString('utf8', 0, 500)}`));
      if (head.toString('latin1', at + 4, at + 13) === '{"errors"') return fail(new Error(`an answer with errors: ${head.toString('utf8', at + 4, at + 500)}`));
      missing = Number(length[1]) - (head.length - at - HEAD_END.length);
      head = Buffer.alloc(0);
    } else missing -= chunk.length;
    if (missing > 0) return;
    missing = -1;
    finish();
  });
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new Error('the server closed the connection')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
