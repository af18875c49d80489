import type { Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';

/** Tells the instances that share a store that there is something new in its log. A call may be lost: whoever waits also looks for himself now and then. */
export interface Wake extends AsyncDisposable {
  /** Something was appended here. */
  call(): void;
  /** Called when anybody appended. Returns what ends it. */
  listen(listener: () => void): () => void;
}

/** For the instance that has the store to itself. */
export function createLocalWake(): Wake {
  const listeners = new Set<() => void>();
  return {
    call: () => {
      for (const listener of listeners) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
}

/** As the configuration says. */
export async function openWake(_configuration: HubConfiguration, _log: Log): Promise<Wake> {
  return createLocalWake();
}
