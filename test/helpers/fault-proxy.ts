/** A TCP proxy in front of a database server that can be told to misbehave, as links and servers do. It knows no protocol. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Fault =
  | { readonly kind: 'none' }
  /** Every reply comes so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Nothing gets through in either direction, new connections included, and nobody is told; what was sent arrives once it heals. */
  | { readonly kind: 'hang' }
  /** Each connection breaks when so many more bytes of replies have passed: by a reset, or by an end that looks orderly. `once`: then it heals. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly by: 'reset' | 'end'; readonly once?: boolean }
  /** New connections are reset at once; those that exist go on unless dropped. */
  | { readonly kind: 'reject' }
  /** Replies come in pieces of so many bytes. */
  | { readonly kind: 'slice'; readonly bytes: number };

export interface FaultProxy extends AsyncDisposable {
  /** The server's URL, led through the proxy. */
  readonly url: string;
  set(fault: Fault): void;
  /** Resets every connection that exists. */
  drop(): void;
  /** Every connection that exists falls silent for good, and neither side is told, as when a firewall forgets them; new ones work. Healing ends them. */
  strand(): void;
  heal(): void;
  /** Connections between hub and server at the moment. */
  readonly connections: number;
  /** Connections that were asked for so far. */
  readonly accepted: number;
  /** How often a connection was cut in the middle of a reply. */
  readonly cuts: number;
}

interface Pair {
  readonly client: Socket;
  server: Socket | undefined;
  /** Bytes of replies since the fault was set. */
  passed: number;
}

export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const pairs = new Set<Pair>();
  const stranded = new Set<Pair>();
  let fault: Fault = { kind: 'none' };
  let [accepted, cuts] = [0, 0];

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server?.destroy();
  };

  const forward = async (pair: Pair, bytes: Buffer): Promise<void> => {
    const now = fault;
    if (now.kind === 'latency') await new Promise((resolve) => setTimeout(resolve, now.ms));
    if (now.kind === 'slice') {
      pair.server?.pause();
      for (let at = 0; at < bytes.length && !pair.client.destroyed; at += now.bytes) {
        pair.client.write(bytes.subarray(at, at + now.bytes));
        await new Promise((resolve) => setImmediate(resolve));
      }
      pair.server?.resume();
      return;
    }
    if (now.kind === 'cut' && pair.passed + bytes.length >= now.afterBytes) {
      const rest = bytes.subarray(0, Math.max(0, now.afterBytes - pair.passed));
      cuts += 1;
      if (now.once === true) fault = { kind: 'none' };
      pairs.delete(pair);
      pair.server?.destroy();
      // A reset overtakes what is still on its way, so the bytes go first.
      pair.client.write(rest, () => (now.by === 'reset' ? pair.client.resetAndDestroy() : pair.client.end()));
      return;
    }
    pair.passed += bytes.length;
    pair.client.write(bytes);
  };

  const join = (pair: Pair): void => {
    const server = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    pair.server = server;
    server.on('error', () => end(pair)).on('close', () => end(pair));
    server.on('data', (bytes) => void forward(pair, bytes));
    pair.client.on('data', (bytes) => void server.write(bytes));
  };

  const proxy = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    accepted += 1;
    client.on('error', () => undefined);
    if (fault.kind === 'reject') return void client.resetAndDestroy();
    const pair: Pair = { client, server: undefined, passed: 0 };
    pairs.add(pair);
    client.on('close', () => end(pair));
    if (fault.kind === 'hang') return;
    join(pair);
    client.resume();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  const set = (next: Fault): void => {
    fault = next;
    for (const pair of pairs) {
      pair.passed = 0;
      if (next.kind === 'hang') {
        pair.client.pause();
        pair.server?.pause();
      } else {
        if (pair.server === undefined) join(pair);
        pair.client.resume();
        pair.server?.resume();
      }
    }
  };
  target.port = target.port || (target.protocol === 'mysql:' ? '3306' : '5432');
  const through = new URL(target);
  through.port = String((proxy.address() as AddressInfo).port);
  const drop = (): void => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server?.destroy();
    }
    pairs.clear();
  };
  const heal = (): void => {
    for (const pair of stranded) end(pair);
    stranded.clear();
    set({ kind: 'none' });
  };
  return {
    url: through.href,
    set,
    drop,
    strand: () => {
      for (const pair of pairs) {
        stranded.add(pair);
        pair.client.pause();
        pair.server?.pause();
      }
      pairs.clear();
    },
    heal,
    get connections() {
      return pairs.size;
    },
    get accepted() {
      return accepted;
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      heal();
      drop();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
