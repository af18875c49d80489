import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  failed,
  type FaultyHub,
  INSURANCE,
  insurance,
  load,
  oneOfThree,
  openFaultyHub,
  openRegisters,
  percentile,
  type Registers,
  settled,
  report,
} from './faulty-hub.ts';

/** How long each phase asks; the long form is 20,000. */
const PHASE_MS = Number(process.env['YIWANG_FAULT_PHASE_MS'] ?? 1_500);
/** Answers before that do not count: the queue is not full yet. */
const RAMP_MS = 300;
const ACQUIRE_MS = 500;

/** Ten milliseconds a number. */
const slow = (field: string, numbers: readonly number[]): string =>
  `{ ${field}(where: { number: { in: [${numbers.join()}] } }, orderBy: [{ number: ASC }]) { nodes { number drag } } }`;

let registers: Registers;
let hub: FaultyHub;
beforeAll(async () => {
  registers = await openRegisters();
  // Few places, so that the sources are overloaded long before this machine is.
  hub = await openFaultyHub(registers, `pool: { max: 2, queue: 4, acquireMs: ${ACQUIRE_MS} }`);
  await settled(hub);
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
  await registers?.[Symbol.asyncDispose]();
});

describe.each([
  ['civil', 'slowPeople'],
  ['tax', 'slowBills'],
] as const)('with three times as many calls as %s can serve', (source, field) => {
  it('keeps at least 70 % of its best, refuses the rest fast with SOURCE_BUSY, and leaves the others alone', async () => {
    const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
    const nodes = numbers.map((number): unknown => expect.objectContaining({ number }));
    const query = slow(field, numbers);
    const phase = () => ({ start: performance.now(), served: [] as number[], refused: [] as number[], counted: 0 });
    const ask = async (into: ReturnType<typeof phase>): Promise<number> => {
      const answer = await hub.ask(query);
      const served = answer.body.errors === undefined;
      expect(answer.body).toEqual(served ? { data: { [field]: { nodes } } } : failed(field, source, 'SOURCE_BUSY'));
      if (served) {
        into.served.push(answer.ms);
        const at = performance.now() - into.start;
        if (at > RAMP_MS && at <= PHASE_MS) into.counted += 1;
      } else {
        into.refused.push(answer.ms);
      }
      return answer.ms;
    };
    const warming = phase();
    await load(2, 300, () => ask(warming));
    const best = phase();
    await load(2, PHASE_MS, () => ask(best));
    expect(best.refused).toEqual([]);
    const everyMs = PHASE_MS / best.served.length / 3;
    const alone: number[] = [];
    let much = phase();
    const lost = await oneOfThree(0.3, async () => {
      much = phase();
      const arriving = (async () => {
        const all: Promise<number>[] = [];
        while (performance.now() - much.start < PHASE_MS) {
          const due = Math.floor((performance.now() - much.start) / everyMs);
          while (all.length < due) all.push(ask(much));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await Promise.all(all);
      })();
      await load(1, arriving, async (n) => {
        const { body, ms } = await hub.ask(`{ ${INSURANCE(n)} }`);
        expect(body).toEqual({ data: { insurance: insurance(n) } });
        alone.push(ms);
        return ms;
      });
      return 1 - much.counted / best.counted;
    });
    const goodput = 1 - lost;
    const [refusedMs, servedMs] = [percentile(much.refused, 0.99), percentile(much.served, 0.99)];
    report(
      `${source}: ${best.counted} answers at best, ${much.counted} under three times as many: goodput ${(goodput * 100).toFixed(0)} %; p99 of refusals ${refusedMs.toFixed(0)} ms, of answers ${servedMs.toFixed(0)} ms; others p95 ${percentile(alone, 0.95).toFixed(0)} ms`,
    );
    expect(goodput).toBeGreaterThan(0.7);
    expect(much.refused.length).toBeGreaterThan(0);
    expect(refusedMs).toBeLessThan(ACQUIRE_MS + 600);
    expect(servedMs).toBeLessThan(3_000);
    expect(await registers.sessions(source)).toBeLessThanOrEqual(2);
  });

  it('needs no place in its pool to refuse what is wrong in itself', async () => {
    const busy = Promise.all(Array.from({ length: 6 }, () => hub.ask(slow(field, [1, 2, 3, 4, 5]))));
    const { body } = await hub.ask(`{ ${field} { nodes { nothing } } }`);
    expect(body.errors?.map(({ extensions }) => extensions['code'])).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    await busy;
  });
});
