import { expect, it } from 'vitest';
import { startTestHub } from '../../helpers/hub.ts';
import { runHostile } from './hostile.ts';

it('hostile requests break nothing and learn nothing', { timeout: 120_000 }, async () => {
  await using hub = await startTestHub();
  const { faults, statuses } = await runHostile(hub, 400, 7);
  expect(faults).toEqual([]);
  expect(statuses['200']).toBeGreaterThan(0);
});
