import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocumentStore } from '../../../server/document-store.ts';

/** A document of so many characters that prints as few. */
const documentOf = (characters: number) => parse(`{ a }${'#'.repeat(characters - 5)}`);

describe('the store of parsed documents', () => {
  it('counts texts, not what documents print as: the oldest go when all have a million characters', async () => {
    const store = createDocumentStore();
    for (let i = 0; i < 10; i++) await store.set(`${i}`, documentOf(99_999));
    expect(await store.get('0')).toBeDefined();
    await store.set('10', documentOf(99_999));
    expect([await store.get('0'), await store.get('1')].map((each) => each !== undefined)).toEqual([true, false]); // 0 was asked for since
    expect(await store.get('10')).toBeDefined();
  });

  it('keeps none that is larger than all may be together', async () => {
    const store = createDocumentStore();
    await store.set('fits', documentOf(999_999));
    expect(await store.get('fits')).toBeDefined();
    await store.set('too large', documentOf(1_000_000));
    expect(await store.get('too large')).toBeUndefined();
  });

  it('keeps a thousand, and forgets what is deleted', async () => {
    const store = createDocumentStore();
    for (let i = 0; i <= 1_000; i++) await store.set(`${i}`, documentOf(10));
    expect(await store.get('0')).toBeUndefined();
    expect(await store.get('1')).toBeDefined();
    await store.delete('1');
    expect(await store.get('1')).toBeUndefined();
  });
});
