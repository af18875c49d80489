import { vi } from 'vitest';
import { openStore } from '../../store/open-store.ts';
import type { Shop } from '../conformance/capture-shop.ts';

/** Why the hub says that it lost something, and which sales it tells once it has found out what differs. */
export async function toldAfterGap(shop: Shop, lose: () => Promise<unknown>): Promise<[string | null | undefined, string[]]> {
  const captures = async () => (await shop.hub.changes.captures())[0];
  const before = (await captures())?.gapAt;
  const start = await shop.hub.changes.log.newest();
  await lose();
  await vi.waitFor(
    async () => {
      const capture = await captures();
      if (capture?.gapAt === before || capture?.gapHealedAt === null) throw new Error(JSON.stringify(capture));
    },
    { timeout: 15_000 },
  );
  const found = await shop.hub.changes.log.read(start, 100);
  return [(await captures())?.gapReason, found.filter(({ type }) => type === 'Sale').map(({ op, rowKey }) => `${op} ${rowKey}`)];
}

/** What happens while no hub runs. */
export async function whileStopped(shop: Shop, ...statements: string[]): Promise<void> {
  await shop.stop();
  await shop.session.run(...statements);
  await shop.start();
}

/** Where the stopped hub believes that it has read to. */
export async function movePosition(shop: Shop, move: (position: string) => object): Promise<void> {
  await using store = await openStore(shop.env['STORE_URL'] ?? '');
  const [capture] = await store.captures.list();
  await store.captures.save('shop', { position: JSON.stringify(move(capture?.position ?? '')) });
}
