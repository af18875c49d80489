import type { Federation, Log } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Store } from '../store/store.ts';
import { requireRelease, storedFiles } from './stored-release.ts';

export interface FollowOptions {
  readonly store: Store;
  readonly federation: Federation;
  readonly configuration: HubConfiguration;
  readonly log: Log;
}

/** Every instance asks the store so often, so that what one publishes is live on all of them within two seconds. */
const POLL_MS = 500;

/** Switches this instance to what others publish, be it another instance or the command line. */
export function followReleases({ store, federation, configuration, log }: FollowOptions): AsyncDisposable {
  let refused = 0;
  const poll = async (): Promise<void> => {
    const live = await store.releases.live();
    if (!live || live.number <= federation.release().version || live.number === refused) return;
    try {
      await federation.publish(await requireRelease(await storedFiles(store, live.number), live.number, configuration));
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'MAPPING_INVALID') throw error;
      refused = live.number; // it cannot become right by itself; the next release may
      log.error({ err: error, release: live.number }, 'a release that was published elsewhere does not compose here; the one before it stays live');
    }
  };
  let polling: Promise<void> = Promise.resolve();
  let isPolling = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    polling = poll()
      .catch((error: unknown) => log.warn({ err: error }, 'the store cannot be asked for new releases'))
      .finally(() => (isPolling = false));
  }, POLL_MS).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await polling;
    },
  };
}
