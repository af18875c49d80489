import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';

/**
 * Opens the hub within this process, its crosswalk read, for one piece of work; nobody else can reach it. Files that changed on disk are taken for this
 * work alone, unless `keepRelease` says that they become a release.
 */
export async function withHub<T>(config: string, work: (hub: Hub) => Promise<T>, { keepRelease = false } = {}): Promise<T> {
  await using hub = await createHub({ configurationFile: config, development: true, log: createLog('error'), keepRelease });
  if ((await hub.federation.keeper.scans()).length < hub.federation.generation().supergraph.crosswalks.size) await hub.federation.keeper.refresh();
  return await work(hub);
}
