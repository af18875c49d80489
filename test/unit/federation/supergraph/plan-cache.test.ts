import { describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../../../federation/execute/prepare-plan.ts';
import { cachedOperation, createPlanCache, keepPlan } from '../../../../federation/supergraph/view.ts';

/** A plan with as many characters. */
const planOf = (characters: number): PreparedPlan =>
  ({ plan: { fetches: ['x'.repeat(characters)], parameters: [], outputs: [] }, reads: [], crossed: [], run: () => Promise.resolve('{}') }) as never;

describe('the cache of plans', () => {
  it('is bounded by what its plans hold, not by how many there are, and lets the oldest operations go', () => {
    const plans = createPlanCache();
    for (let i = 0; i < 300; i++) {
      cachedOperation(plans, `operation ${i}`);
      keepPlan(plans, `operation ${i}`, 'plan', planOf(100_000));
    }
    expect(plans.operations.calculatedSize).toBeLessThanOrEqual(10_000_000);
    expect(plans.operations.size).toBeGreaterThan(90);
    expect(plans.operations.has('operation 0')).toBe(false);
    expect(cachedOperation(plans, 'operation 299').plans.get('plan')).toBeDefined();
  });

  it('keeps the last plans of an operation that needs one for each value', () => {
    const plans = createPlanCache();
    const entry = cachedOperation(plans, 'operation');
    for (let i = 0; i < 100; i++) keepPlan(plans, 'operation', `plan ${i}`, planOf(50_000));
    expect(entry.plans.calculatedSize).toBeLessThanOrEqual(1_000_000);
    expect(entry.plans.get('plan 99')).toBeDefined();
    expect(cachedOperation(plans, 'operation')).toBe(entry);
  });

  it('runs a plan that is too large without keeping it', () => {
    const plans = createPlanCache();
    const entry = cachedOperation(plans, 'operation');
    keepPlan(plans, 'operation', 'plan', planOf(2_000_000));
    expect(entry.plans.size).toBe(0);
  });
});
