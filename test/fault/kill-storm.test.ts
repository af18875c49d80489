import { expect, it } from 'vitest';
import { killStorm } from '../storm/kill-storm.ts';

it('tells every committed change once and in order, while the hub is killed and its subscribers are cut off', async () => {
  const { log, subscribers, repeatedIds } = await killStorm({ changes: 500, rate: 150, kills: 2, cuts: 10, restarts: false, seed: 3 });
  for (const verdict of [...Object.values(log), ...subscribers])
    expect(verdict).toMatchObject({ told: verdict.committed, lost: 0, unexpected: 0, disordered: 0 });
  expect(subscribers.map(({ contradictions }) => contradictions)).toEqual(subscribers.map(() => 0));
  expect(repeatedIds).toBe(0);
}, 180_000);
