import type { Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Store } from '../store/store.ts';
import type { Carrier } from './nats-wake.ts';

/** Tells the instances that share a store that there is something new in its log. A call may be lost: whoever waits also looks for himself now and then. */
export interface Wake extends AsyncDisposable {
  /** Something was appended here, the newest under this number. */
  call(newest: number): void;
  /** Called when anybody appended. Returns what ends it. */
  listen(listener: () => void): () => void;
}

const STORE_ID = 'storeId';

/** Within this process at once; among instances by NATS JetStream where it is configured, else by the store where it is PostgreSQL, else only by looking. */
export async function openWake(configuration: HubConfiguration, store: Store, log: Log): Promise<Wake> {
  const listeners = new Set<() => void>();
  const callAll = (): void => {
    for (const listener of listeners) listener();
  };
  const { url } = configuration.store;
  const { nats } = configuration.changes;
  /** Loads what it needs, and most hubs need none. */
  const openCarrier = async (): Promise<Carrier | undefined> => {
    if (nats !== undefined) return (await import('./nats-wake.ts')).natsCarrier(nats, await storeId(store), callAll, log);
    return /^postgres(ql)?:/.test(url) ? (await import('../store/change-signal.ts')).openChangeSignal(url, callAll) : undefined;
  };
  const carrier = await openCarrier();
  return {
    call: (newest) => {
      callAll();
      carrier?.call(newest);
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
