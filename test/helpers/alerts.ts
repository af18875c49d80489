import { vi } from 'vitest';
import type { Alert } from '../../changes/alerts/alert.ts';
import type { Hub } from '../../server/hub.ts';

/** Alerts of a rule that fire now. */
export async function firing(hub: Hub, rule: string): Promise<readonly Alert[]> {
  return (await hub.alerts.list({ rules: [rule], states: ['FIRING'] }, { first: 1_000 })).map(({ alert }) => alert);
}

/** Resolves when exactly these of the named subjects (by key, parts joined by a blank) fire, whatever else does. */
export async function untilFiring(hub: Hub, rule: string, expected: Readonly<Record<string, boolean>>): Promise<void> {
  await vi.waitFor(
    async () => {
      const now = new Set((await firing(hub, rule)).map(({ subject }) => subject.key.join(' ')));
      const wrong = Object.entries(expected).filter(([key, fires]) => now.has(key) !== fires);
      if (wrong.length > 0) throw new Error(`${rule}: expected ${JSON.stringify(expected)}, firing: ${[...now].join(', ')}`);
    },
    { timeout: 15_000, interval: 20 },
  );
}
