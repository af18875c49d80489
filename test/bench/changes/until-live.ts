import type { Hub } from '../../../server/hub.ts';

/** Resolves when every captured source is read live. */
export async function untilLive({ changes, configuration }: Hub): Promise<void> {
  const captured = [...configuration.sources.values()].filter((source) => source.changes !== 'none').length;
  for (;;) {
    const live = (await changes.captures()).filter(({ state }) => state === 'live').length;
    if (live >= captured) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
