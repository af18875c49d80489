/** Tokens of the demo's people, for a hub in a test. */
import { mintDevelopmentToken, type DevelopmentClaims } from '../../server/authenticate/development-token.ts';
import { openStore } from '../../store/open-store.ts';
import type { TestHub } from './hub.ts';

export const PEOPLE = {
  auditor: { department: 'audit', roles: ['auditor'] },
  'finance-officer': { department: 'finance', roles: ['officer'] },
  'housing-clerk': { department: 'housing', roles: ['consumer'], attributes: { region: ['320500'] } },
  'housing-officer': { department: 'housing', roles: ['officer'] },
  operator: { roles: ['operator'] },
  security: { roles: ['security'] },
  steward: { roles: ['steward'] },
} as const satisfies Readonly<Record<string, Partial<DevelopmentClaims>>>;

export type Person = keyof typeof PEOPLE;

/** A token for a hub on its embedded default. */
export async function tokenOf(hub: Pick<TestHub, 'hub'>, claims: Partial<DevelopmentClaims> & { readonly subject: string }): Promise<string> {
  await using store = await openStore(hub.hub.configuration.store.url);
  return await mintDevelopmentToken(store.settings, { roles: [], seconds: 600, ...claims });
}

/** Headers that make a request somebody's. */
export async function as(hub: Pick<TestHub, 'hub'>, person: Person, purpose?: string): Promise<Readonly<Record<string, string>>> {
  const token = await tokenOf(hub, { subject: person, ...PEOPLE[person] });
  return { authorization: `Bearer ${token}`, ...(purpose === undefined ? {} : { 'x-purpose': encodeURIComponent(purpose) }) };
}
