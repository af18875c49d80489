import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryRequest } from './arbitrary-request.ts';
import type { Kit } from './connector-kit.ts';

/** Requests made at random must be answered as the memory connector answers them. `YIWANG_RUNS` sets how many, `YIWANG_SEED` repeats a run. */
export function testRandomRequests(kit: Kit): void {
  const numRuns = Number(process.env['YIWANG_RUNS'] ?? 150);
  const seed = process.env['YIWANG_SEED'];

  describe('random requests', () => {
    it(`answers ${numRuns} random requests as the specification does`, async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryRequest(kit.tables()), async ({ request, bindings }) => {
          expect(await kit.run(request, bindings)).toEqual(await kit.expected(request, bindings));
        }),
        { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }), endOnFailure: process.env['YIWANG_SHRINK'] === undefined },
      );
    }, 300_000);
  });
}
