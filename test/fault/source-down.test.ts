import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BILL,
  bill,
  errorsOf,
  type FaultyHub,
  INSURANCE,
  insurance,
  load,
  oneOfThree,
  openFaultyHub,
  openRegisters,
  percentile,
  PERSON,
  person,
  type Registers,
  settled,
  until,
  report,
} from './faulty-hub.ts';

const SOURCES = ['civil', 'tax', 'social'] as const;
type Source = (typeof SOURCES)[number];
const ROOT = { civil: ['person', PERSON, person], tax: ['bill', BILL, bill], social: ['insurance', INSURANCE, insurance] } as const;
const others = (source: Source): Source[] => SOURCES.filter((other) => other !== source);

let registers: Registers;
let hub: FaultyHub;
beforeAll(async () => {
  registers = await openRegisters();
  hub = await openFaultyHub(registers, 'breaker: { windowMs: 2000 }');
  await settled(hub);
  await load(4, 1_500, async (n) => (await hub.ask(query(SOURCES, n))).ms); // processes start, code is compiled
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
  await registers?.[Symbol.asyncDispose]();
});

const file = (): string => join(registers.folder, 'social.sqlite');
const takeDown = async (source: Source): Promise<void> => {
  if (source === 'social') return rename(file(), `${file()}.away`);
  registers[source].set({ kind: 'reject' });
  registers[source].drop();
};
const putUp = async (source: Source): Promise<void> => (source === 'social' ? rename(`${file()}.away`, file()) : registers[source].heal());

/** One record of each source in one operation. */
const query = (sources: readonly Source[], n: number): string => `{ ${sources.map((source) => ROOT[source][1](n)).join(' ')} }`;
const records = (sources: readonly Source[], n: number): object => Object.fromEntries(sources.map((source) => [ROOT[source][0], ROOT[source][2](n)]));
const answers = (source: Source): Promise<number> =>
  until(`${source} answers`, 10_000, async () => (await hub.ask(query([source], 1))).body.errors === undefined);

describe.each(SOURCES)('while %s is down', (source) => {
  const [field] = ROOT[source];
  let baseline: number[];
  let atOnce: number;
  beforeAll(async () => {
    const ask = async (n: number): Promise<number> => (await hub.ask(query(SOURCES, n))).ms;
    baseline = await load(4, 1_000, ask);
    atOnce = percentile(await load(1, 300, async () => (await hub.ask('{ hub { version } }')).ms), 0.5);
    await takeDown(source);
  });

  it('fails its own field alone, with a typed error that comes fast, and at once when it is left alone', async () => {
    const first = await hub.ask(query(SOURCES, 7));
    expect(first.body.data).toEqual({ ...records(others(source), 7), [field]: null });
    expect(errorsOf(first)).toEqual([{ path: [field], code: 'SOURCE_UNAVAILABLE', source, department: source }]);
    expect(first.ms).toBeLessThan(1_200);

    await until('the source is left alone', 10_000, async () => errorsOf(await hub.ask(query([source], 1)))[0]?.code === 'SOURCE_CIRCUIT_OPEN');
    const seen = new Set<unknown>();
    const ask = async (n: number): Promise<number> => {
      const { body, ms } = await hub.ask(query(SOURCES, n));
      expect(body.data).toEqual({ ...records(others(source), n), [field]: null });
      expect(body.errors).toHaveLength(1);
      expect(body.errors?.[0]).toMatchObject({ path: [field], extensions: { source, retryable: true, retryAfterMs: expect.any(Number) } });
      seen.add(body.errors?.[0]?.extensions['code']);
      return ms;
    };
    const before = percentile(baseline, 0.95);
    const limit = before * 1.5 + 25;
    const during = await oneOfThree(limit, async () => percentile(await load(4, 2_200, ask), 0.95));
    expect([...seen].map(String).toSorted()).toEqual(['SOURCE_CIRCUIT_OPEN', 'SOURCE_UNAVAILABLE']);
    report(`${source} down: p95 of the others ${before.toFixed(1)} -> ${during.toFixed(1)} ms (x${(during / before).toFixed(2)})`);
    expect(during).toBeLessThan(limit);

    const refused: number[] = [];
    for (let i = 0; i < 40; i++) {
      const answer = await hub.ask(query([source], 1));
      if (errorsOf(answer)[0]?.code === 'SOURCE_CIRCUIT_OPEN') refused.push(answer.ms);
    }
    report(`${source} down: refused in ${percentile(refused, 0.5).toFixed(1)} ms, of which ${atOnce.toFixed(1)} ms are HTTP`);
    expect(percentile(refused, 0.5) - atOnce).toBeLessThan(20);
  });

  it('nulls what it gives to entities of other sources, each at its own path; all else stands', async () => {
    const { body } = await hub.ask(
      '{ people(first: 3, orderBy: [{ number: ASC }]) { nodes { number bills { nodes { number } } insurance { office } } } bills(first: 2, orderBy: [{ number: ASC }]) { nodes { number person { name insurance { number } } } } }',
    );
    const at = (i: number) => ({ number: i, bills: { nodes: [{ number: i }] }, insurance: { office: `office ${i}` } });
    const whole = {
      people: { nodes: [at(1), at(2), at(3)] },
      bills: { nodes: [1, 2].map((i) => ({ number: i, person: { name: `人${i}`, insurance: { number: i } } })) },
    };
    const lost: Record<Source, { readonly data: unknown; readonly paths: unknown[][] }> = {
      civil: {
        data: { people: null, bills: { nodes: [1, 2].map((number) => ({ number, person: null })) } },
        paths: [['people'], ['bills', 'nodes', 0, 'person'], ['bills', 'nodes', 1, 'person']],
      },
      tax: {
        data: { people: { nodes: whole.people.nodes.map((each) => ({ ...each, bills: null })) }, bills: null },
        paths: [...[0, 1, 2].map((i) => ['people', 'nodes', i, 'bills']), ['bills']],
      },
      social: {
        data: {
          people: { nodes: whole.people.nodes.map((each) => ({ ...each, insurance: null })) },
          bills: { nodes: whole.bills.nodes.map(({ number, person: { name } }) => ({ number, person: { name, insurance: null } })) },
        },
        paths: [...[0, 1, 2].map((i) => ['people', 'nodes', i, 'insurance']), ...[0, 1].map((i) => ['bills', 'nodes', i, 'person', 'insurance'])],
      },
    };
    expect(body.data).toEqual(lost[source].data);
    expect(body.errors?.map(({ path }) => path)).toEqual(lost[source].paths);
    expect(new Set(body.errors?.map(({ extensions }) => extensions['source']))).toEqual(new Set([source]));
  });

  it('answers again within three seconds of its return, and says nothing of hosts, ports or SQL meanwhile', async () => {
    const { body } = await hub.ask(query([source], 1));
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|select |sqlite3?:|stack/i);
    await putUp(source);
    const ms = await answers(source);
    report(`${source} is back: answered after ${ms.toFixed(0)} ms`);
    expect(ms).toBeLessThan(3_000);
    expect((await hub.ask(query(SOURCES, 9))).body).toEqual({ data: records(SOURCES, 9) });
  });
});
