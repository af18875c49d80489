import { expect, it } from 'vitest';
import { createLanes } from '../../../../connectors/sql/lanes.ts';
import type { Session } from '../../../../connectors/sql/server-connector.ts';

/** Lanes over connections that are only counted. */
function countedLanes(isWanted = false) {
  const opened: { released: boolean }[] = [];
  const enter = createLanes({
    open: async () => {
      const connection = { released: false };
      opened.push(connection);
      return { session: { release: () => void (connection.released = true) } as unknown as Session, leave: () => undefined };
    },
    isWanted: () => isWanted,
  });
  return { opened, enter };
}

it('sixteen share a connection, the next one has another', async () => {
  const { opened, enter } = countedLanes();
  const inside = Array.from({ length: 16 }, enter);
  expect(opened).toHaveLength(1);
  inside.push(enter());
  expect(opened).toHaveLength(2);
  for (const lane of inside) lane.leave();
  await expect.poll(() => opened.map(({ released }) => released)).toEqual([true, true]);
});

it('a connection is given up after 64 statements while others wait for one, and not before', () => {
  const { opened, enter } = countedLanes(true);
  const [stays, ...others] = Array.from({ length: 2 }, enter);
  for (const lane of others) lane.leave();
  for (let served = 2; served < 64; served++) enter().leave();
  expect(opened).toHaveLength(1);
  enter().leave();
  expect(opened).toHaveLength(2);
  stays?.leave();
});
