import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createResolveDocument } from '../../../../server/documents/resolve-document.ts';
import type { Role } from '../../../../schema/model/principal.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const who = (...roles: Role[]) => ({ subject: 'somebody', roles, attributes: {} });

function resolver(trustedOnly: readonly Role[] = [], automatic = 100) {
  const documents = { list: () => [], find: () => undefined };
  return createResolveDocument({ settings: { trustedOnly, automatic }, documents, onDocument: () => undefined });
}

it('keeps no more automatic persisted queries than it may, however many come (A47)', () => {
  const resolve = resolver();
  const extensionsOf = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });
  const texts = Array.from({ length: 10_000 }, (_, index) => `{ a${index} }`);
  for (const query of texts) resolve({ query, extensions: extensionsOf(query) }, who());
  const kept = texts.filter((text) => {
    try {
      return resolve({ extensions: extensionsOf(text) }, who()).query === text;
    } catch {
      return false;
    }
  });
  expect(kept).toEqual(texts.slice(-100));
});

it('holds whoever has no other role to trusted documents, and nobody who has', () => {
  const resolve = resolver(['consumer', 'officer']);
  for (const roles of [['consumer'], ['consumer', 'officer'], []] as const)
    expect(() => resolve({ query: '{ a }' }, who(...roles))).toThrow('only operations that their app has registered');
  expect(resolve({ query: '{ a }' }, who('consumer', 'steward'))).toEqual({ query: '{ a }' });
  expect(resolve({ query: '{ a }' }, { ...who(), unverified: 'developer' })).toEqual({ query: '{ a }' });
});

it('keeps none at all when it is told so, and says it', () => {
  const resolve = resolver([], 0);
  expect(() => resolve({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ a }') } } }, who())).toThrow('PersistedQueryNotSupported');
});
