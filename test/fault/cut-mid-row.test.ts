import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bill, failed, type FaultyHub, openFaultyHub, openRegisters, PEOPLE, person, type Registers, settled, report } from './faulty-hub.ts';

/** Cuts a source; the long form is 1000. */
const CUTS = Number(process.env['YIWANG_FAULT_CUTS'] ?? 60);
const seed = Number(process.env['YIWANG_FAULT_SEED'] ?? Date.now() % 1e9);
/** Longer than any answer of this test: then nothing is cut. */
const LONGEST = 450_000;

let registers: Registers;
let hub: FaultyHub;
beforeAll(async () => {
  registers = await openRegisters();
  // So many failures would open the circuit, and then nothing would be cut.
  hub = await openFaultyHub(registers, 'breaker: { minCalls: 100000 }');
  await settled(hub);
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
  await registers?.[Symbol.asyncDispose]();
});

/** A small generator, so that a seed gives the same run again (mulberry32). */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LISTS = {
  civil: { field: 'people', select: 'number name note', row: person },
  tax: { field: 'bills', select: 'number note', row: bill },
} as const;

describe.each(['civil', 'tax'] as const)('an answer of %s that breaks off', (source) => {
  const { field, select, row } = LISTS[source];
  const list = `{ ${field}(first: ${PEOPLE}, orderBy: [{ number: ASC }]) { nodes { ${select} } pageInfo { hasNextPage } totalCount } }`;
  const whole = { [field]: { nodes: Array.from({ length: PEOPLE }, (_, i) => row(i + 1)), pageInfo: { hasNextPage: false }, totalCount: PEOPLE } };
  // The same rows as entities of the other source's rows, by keys.
  const nested =
    source === 'civil'
      ? `{ bills(first: 500, orderBy: [{ number: ASC }]) { nodes { number person { ${select} } } } }`
      : `{ people(first: 500, orderBy: [{ number: ASC }]) { nodes { number bills { nodes { ${select} } } } } }`;

  it(`never becomes a short list: it is complete or a field error (${CUTS} cuts, seed ${seed})`, { timeout: 60_000 + CUTS * 1_000 }, async () => {
    const proxy = registers[source];
    const next = random(seed);
    const outcomes = { complete: 0, failed: 0 };
    const before = proxy.cuts;
    for (let i = 0; i < CUTS; i++) {
      const fault = { kind: 'cut', afterBytes: 1 + Math.floor(next() * LONGEST), by: next() < 0.5 ? 'reset' : 'end', once: next() < 0.3 } as const;
      proxy.set(fault);
      const { body } = await hub.ask(list);
      const complete = body.errors === undefined;
      expect({ i, fault, body }).toEqual({ i, fault, body: complete ? { data: whole } : failed(field, source, 'SOURCE_UNAVAILABLE') });
      outcomes[complete ? 'complete' : 'failed'] += 1;
    }
    proxy.heal();
    report(`${source}: ${proxy.cuts - before} cuts in ${CUTS} answers: ${outcomes.complete} complete, ${outcomes.failed} failed`);
    expect(proxy.cuts - before).toBeGreaterThan(CUTS / 3);
    expect(outcomes.failed).toBeGreaterThan(0);
    expect((await hub.ask(list)).body).toEqual({ data: whole });
  });

  it('fails each related field at its own path, or none', async () => {
    const proxy = registers[source];
    const next = random(seed + 1);
    const complete = (await hub.ask(nested)).body;
    expect(complete).not.toHaveProperty('errors');
    const nodes: Record<string, unknown>[] = Object.values(complete.data as Record<string, { nodes: Record<string, unknown>[] }>)[0]?.nodes ?? [];
    const [root, relation] = source === 'civil' ? ['bills', 'person'] : ['people', 'bills'];
    let failures = 0;
    for (let i = 0; i < Math.ceil(CUTS / 6); i++) {
      proxy.set({ kind: 'cut', afterBytes: 1 + Math.floor(next() * 60_000), by: 'reset' });
      const { body } = await hub.ask(nested);
      const isWhole = body.errors === undefined;
      if (!isWhole) failures += 1;
      expect(body.data).toEqual(isWhole ? complete.data : { [root]: { nodes: nodes.map(({ number }) => ({ number, [relation]: null })) } });
      expect(body.errors?.map(({ path }) => path)).toEqual(isWhole ? undefined : nodes.map((_, at) => [root, 'nodes', at, relation]));
    }
    proxy.heal();
    expect(failures).toBeGreaterThan(0);
    expect((await hub.ask(nested)).body.data).toEqual(complete.data);
  });

  it('is tried once more: one cut under a read goes unnoticed', async () => {
    const proxy = registers[source];
    for (const afterBytes of [200, 5_000, 50_000]) {
      await hub.ask(list); // so that there is a connection to cut
      const before = proxy.cuts;
      proxy.set({ kind: 'cut', afterBytes, by: 'reset', once: true });
      expect((await hub.ask(list)).body).toEqual({ data: whole });
      expect(proxy.cuts - before).toBe(1);
    }
  });

  it('is complete however small the pieces are that it comes in', async () => {
    const proxy = registers[source];
    proxy.set({ kind: 'slice', bytes: 37 });
    const { body } = await hub.ask(list);
    proxy.heal();
    expect(body).toEqual({ data: whole });
  });
});
