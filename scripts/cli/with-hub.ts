import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';

/** Opens the hub within this process, its crosswalk read, for one piece of work; nobody else can reach it. */
export async function withHub<T>(config: string, work: (hub: Hub) => Promise<T>): Promise<T> {
  await using hub = await createHub({ configurationFile: config, development: true, log: createLog('error') });
  if ((await hub.federation.keeper.scans()).length < hub.federation.generation().supergraph.crosswalks.size) await hub.federation.keeper.refresh();
  return await work(hub);
}
