import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { openChangeSignal } from '../store/change-signal.ts';
import type { Store } from '../store/store.ts';

/** Tells the instances that share a store that there is something new in its log. A call may be lost: whoever waits also looks for himself now and then. */
export interface Wake extends AsyncDisposable {
  /** Something was appended here. */
  call(): void;
  /** Called when anybody appended. Returns what ends it. */
  listen(listener: () => void): () => void;
}

interface Carrier extends AsyncDisposable {
  call(): void;
}

const STORE_ID = 'storeId';
const AGAIN_MS = 2_000;

/** Within this process at once; among instances by NATS where it is configured, else by the store where it is PostgreSQL, else only by looking. */
export async function openWake(configuration: HubConfiguration, store: Store, log: Log): Promise<Wake> {
  const listeners = new Set<() => void>();
  const callAll = (): void => {
    for (const listener of listeners) listener();
  };
  const { url } = configuration.store;
  const { nats } = configuration.changes;
  const carrier =
    nats === undefined ? (/^postgres(ql)?:/.test(url) ? openChangeSignal(url, callAll) : undefined) : natsCarrier(nats, await storeId(store), callAll, log);
  return {
    call: () => {
      callAll();
      carrier?.call();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      await carrier?.[Symbol.asyncDispose]();
    },
  };
}

/** Several hubs may share a NATS server; each store has a subject of its own. */
const storeId = (store: Store): Promise<string> => store.settings.getOrCreate(STORE_ID, () => crypto.randomUUID());

/** Joins when the server answers, and again whenever it comes back; nothing waits for it. */
function natsCarrier(servers: string, id: string, onCall: () => void, log: Log): Carrier {
  const subject = `yiwang.${id}.changes`;
  let connection: NatsConnection | undefined;
  let closed = false;
  const joining = (async () => {
    connection = await connect({
      servers,
      name: 'yiwang',
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: AGAIN_MS,
      ignoreAuthErrorAbort: true,
    });
    if (closed) return connection.close();
    connection.subscribe(subject, { callback: onCall });
    onCall(); // what was called meanwhile was not heard
  })().catch((error: unknown) => {
    if (!closed) log.warn({ err: error }, 'NATS cannot be used; instances look for changes themselves');
  });
  return {
    call: () => {
      if (connection !== undefined && !connection.isClosed()) connection.publish(subject);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      if (connection === undefined) return; // the first connection is still waited for; it is closed as it comes
      await connection.close().catch(() => undefined);
      await joining;
    },
  };
}
