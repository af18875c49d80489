import { describe, expect, it } from 'vitest';
import { createRequestRate } from '../../../../server/limits/request-rate.ts';
import type { Principal } from '../../../../schema/model/principal.ts';

const clerk = (subject: string): Principal => ({ subject, department: 'finance', roles: ['consumer'], attributes: {} });

/** What it throws, if it does. */
function refusalOf(use: () => void): unknown {
  try {
    use();
    return undefined;
  } catch (error) {
    return error;
  }
}

const WIDE = { requestsPerSecond: 1_000, requestsPerMinute: 1_000, costPerMinute: 1_000, publishesPerMinute: 1_000 };

describe('the rate of requests', () => {
  it('lets exactly as many in as a second allows, and says when to try again', async () => {
    const rate = createRequestRate({ ...WIDE, requestsPerSecond: 3, requestsPerMinute: 100 });
    for (let i = 0; i < 3; i++) rate.take(clerk('a'));
    const refused = refusalOf(() => rate.take(clerk('a')));
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    const { retryAfterMs } = refused as { readonly retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs + 50));
    rate.take(clerk('a'));
  });

  it('lets exactly as many in as a minute allows', async () => {
    const rate = createRequestRate({ ...WIDE, requestsPerSecond: 100, requestsPerMinute: 5 });
    for (let i = 0; i < 5; i++) rate.take(clerk('a'));
    expect(refusalOf(() => rate.take(clerk('a')))).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/^More than 5 requests in a minute; try again in (59|60) s\.$/),
    });
  });

  it('counts what is refused in neither window', async () => {
    const rate = createRequestRate({ ...WIDE, requestsPerSecond: 2, requestsPerMinute: 4 });
    const take = (): boolean => refusalOf(() => rate.take(clerk('a'))) === undefined;
    expect([take(), take(), take(), take(), take()]).toEqual([true, true, false, false, false]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect([take(), take(), take()]).toEqual([true, true, false]);
  });

  it('counts each principal alone, and several requests at once as several', async () => {
    const rate = createRequestRate({ ...WIDE, requestsPerSecond: 3, requestsPerMinute: 100 });
    rate.take(clerk('a'), 3);
    rate.take(clerk('b'), 2);
    rate.take({ ...clerk('a'), department: 'housing' });
    expect(refusalOf(() => rate.take(clerk('a')))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(refusalOf(() => rate.take(clerk('b'), 2))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('does not count the developer, who is alone on this machine', async () => {
    const rate = createRequestRate({ ...WIDE, requestsPerSecond: 1, requestsPerMinute: 1 });
    const developer: Principal = { subject: 'developer', roles: [], attributes: {}, unverified: 'developer' };
    rate.take(developer);
    expect(() => rate.take(developer)).not.toThrow();
  });
});

describe('what is spent in a minute', () => {
  it('is exactly as much cost and as many publications as are allowed, of each principal alone', async () => {
    const limits: string[] = [];
    const rate = createRequestRate({ ...WIDE, costPerMinute: 10, publishesPerMinute: 2 }, (limit) => limits.push(limit));
    rate.spend(clerk('a'), 9);
    expect(refusalOf(() => rate.spend(clerk('a'), 2))).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/^More than 10 points of cost in a minute/),
    });
    rate.spend(clerk('a'), 1);
    expect(refusalOf(() => rate.spend(clerk('a'), 1))).toMatchObject({ code: 'RATE_LIMITED' });
    rate.spend(clerk('b'), 10);
    rate.publish(clerk('a'));
    rate.publish(clerk('a'));
    expect(refusalOf(() => rate.publish(clerk('a')))).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/^More than 2 publications in a minute/),
    });
    rate.take(clerk('a'));
    expect(limits).toEqual(['costPerMinute', 'costPerMinute', 'publishesPerMinute']);
  });
});
