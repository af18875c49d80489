import { createHub, type Hub, type HubOptions } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';

/**
 * Opens the hub within this process, its crosswalk read, for one piece of work; nobody else can reach it. Files that changed on disk are taken for this
 * work alone, or, with `files: 'ignore'`, what is live in the store is.
 */
export async function withHub<T>(config: string, work: (hub: Hub) => Promise<T>, { files = 'use' }: Pick<HubOptions, 'files'> = {}): Promise<T> {
  await using hub = await createHub({ configurationFile: config, development: true, log: createLog('error'), files, metricsListener: false });
  if ((await hub.federation.keeper.scans()).length < hub.federation.generation().supergraph.crosswalks.size) await hub.federation.keeper.refresh();
  return await work(hub);
}

/** As `withHub`, over what is live in the store: for whoever prepares and publishes releases. */
export function withLiveHub<T>(config: string, work: (hub: Hub) => Promise<T>): Promise<T> {
  return withHub(config, work, { files: 'ignore' });
}
