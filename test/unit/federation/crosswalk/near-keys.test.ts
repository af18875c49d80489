import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNearKeys } from '../../../../federation/crosswalk/near-keys.ts';

const KEY = '2301-320500-04-01-123456';

describe('findNearKeys', () => {
  it.each([
    ['a character mistaken', '2301-320500-04-01-123455', 0.95],
    ['one left out', '2301-320500-04-01-12345', 0.95],
    ['one put in', '2301-320500-04-01-1234566', 0.95],
    ['two neighbours exchanged', '2301-320500-04-01-124356', 0.9],
    ['other dashes, width and blanks', '２３０１３２０５００ 04—01—123456', 1],
  ])('finds the key that was meant: %s', async (_what, wrong, score) => {
    const near = await findNearKeys([wrong], [KEY, '2205-320508-04-01-654321']);
    expect(near.get(wrong)).toMatchObject([{ canonicalKey: KEY }]);
    expect(near.get(wrong)?.[0]?.score).toBeGreaterThanOrEqual(score);
  });

  it('finds nothing for two mistakes, nor for keys so short that they are near to many', async () => {
    expect((await findNearKeys(['2301-320500-04-01-123477', '12345'], [KEY, '12346'])).size).toBe(0);
  });

  it('finds every key from which one character was taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^\d{8,20}$/), fc.nat(), fc.array(fc.stringMatching(/^\d{8,20}$/), { maxLength: 20 }), async (key, at, others) => {
        const place = at % key.length;
        const wrong = key.slice(0, place) + key.slice(place + 1);
        const near = await findNearKeys([wrong], new Set([key, ...others]));
        const found = near.get(wrong) ?? [];
        expect(found.length === 3 || found.some(({ canonicalKey }) => canonicalKey === key)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
