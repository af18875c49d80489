import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { createDatabase } from '../helpers/services.ts';
import { postRequest } from './load.ts';
import { createBaseline, type Baseline } from './baseline/server.ts';
import { type DataSize, fillAudit, fillDevelopment, districtOf, fillFinance, fillHousing } from './data.ts';
import { MASKED, openRights, type Rights } from './rights.ts';
import { comparable } from './same-answer.ts';
import { WORKLOADS } from './workloads.ts';

const SMALL: DataSize = { projects: 200 };

const REGION = [districtOf(0), districtOf(1)];

let hub: Hub;
let restricted: Hub;
let restrictedAddress: string;
let rights: Rights;
let baseline: Baseline;
let hubAddress: string;
let baselineAddress: string;
const drops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const databases = await Promise.all((['postgres', 'mariadb', 'postgres', 'mariadb'] as const).map((engine) => createDatabase(engine, 'bench')));
  drops.push(...databases.map((each) => () => each.drop()));
  const [development, finance, housing, audit] = databases.map(({ url }) => url) as [string, string, string, string];
  await Promise.all([fillDevelopment(development, SMALL), fillFinance(finance, SMALL), fillHousing(housing, SMALL), fillAudit(audit, SMALL)]);
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-bench-'));
  drops.push(() => rm(folder, { recursive: true, force: true }));
  const env = { DEVELOPMENT_URL: development, FINANCE_URL: finance, HOUSING_URL: housing, AUDIT_URL: audit };
  const log = createLog('silent');
  hub = await createHub({
    configurationFile: path.join(import.meta.dirname, 'hub/hub.yaml'),
    env: { ...env, STORE_URL: `sqlite:${folder}/hub.sqlite` },
    development: true, // not limited in requests
    log,
  });
  hubAddress = await hub.listen(0);
  rights = await openRights(path.join(folder, 'rights'), REGION);
  restricted = await createHub({ configurationFile: rights.configurationFile, env: { ...env, STORE_URL: `sqlite:${folder}/rights.sqlite` }, log });
  restrictedAddress = await restricted.listen(0);
  baseline = createBaseline({ development, finance, housing, audit });
  baselineAddress = await baseline.listen(0);
});

afterAll(async () => {
  await Promise.allSettled([hub[Symbol.asyncDispose](), restricted[Symbol.asyncDispose](), baseline[Symbol.asyncDispose]()]);
  await Promise.allSettled(drops.map((drop) => drop()));
});

describe('the benchmark', () => {
  it.each(WORKLOADS)('$name: the hub answers as the SQL written by hand does', async ({ name, query, variables }) => {
    for (const turn of [0, 1, 7]) {
      const given = variables(turn, SMALL);
      const [expected, actual] = await Promise.all([
        post(`${baselineAddress}/${name}`, { variables: given }),
        post(`${hubAddress}/graphql`, { query, variables: given }),
      ]);
      expect(comparable(actual)).toEqual(comparable(expected));
      expect(JSON.stringify(expected).length).toBeGreaterThan(100);
    }
  });
});

describe('a row rule with a list', () => {
  it.each(WORKLOADS.filter(({ name }) => ['W1', 'W4', 'W5'].includes(name)))(
    '$name: decides about the district that is asked for, and hides what it does not name',
    async ({ name, query, variables }) => {
      for (const turn of [0, 1, 2, 7]) {
        const given = variables(turn, SMALL);
        const expected = comparable(await post(`${baselineAddress}/${name}`, { variables: given })) as { readonly data: object };
        const actual = comparable(await post(`${restrictedAddress}/graphql`, { query: unmasked(query), variables: given }, rights.headers));
        const isSeen = REGION.includes(given['district'] as string);
        expect(actual).toEqual(isSeen ? withoutMasked(expected) : { data: { projects: { nodes: [] } } });
      }
    },
  );

  it('narrows what more than one value is asked of', async () => {
    const query =
      'query ($a: String!, $b: String!) { projects(where: { or: [{ district: { eq: $a } }, { district: { eq: $b } }] }) { groups(by: [{ field: DISTRICT }]) { key { district } } } }';
    const answer = await post(`${restrictedAddress}/graphql`, { query, variables: { a: districtOf(1), b: districtOf(2) } }, rights.headers);
    expect(answer).toEqual({ data: { projects: { groups: [{ key: { district: districtOf(1) } }] } } });
  });
});

describe('single rows that many ask for at once', () => {
  it('are each what whoever asks may see, and come with fewer statements than requests', async () => {
    const { query, variables } = WORKLOADS.find(({ name }) => name === 'W3') as (typeof WORKLOADS)[number];
    const turns = Array.from({ length: 100 }, (_, turn) => variables(turn, SMALL));
    const expected = await Promise.all(turns.map(async (given) => comparable(await post(`${baselineAddress}/W3`, { variables: given }))));
    const open = () => Promise.all(turns.map(async (given) => comparable(await post(`${hubAddress}/graphql`, { query, variables: given }))));
    const narrow = () => Promise.all(turns.map((given) => post(`${restrictedAddress}/graphql`, { query: unmasked(query), variables: given }, rights.headers)));
    await open(); // connections are there
    const before = await statements();
    const [all, seen] = await Promise.all([open(), narrow()]);
    expect((await statements()) - before).toBeLessThan(turns.length);
    expect(all).toEqual(expected);
    const isSeen = (answer: unknown): boolean => REGION.includes((answer as { data: { project: { district: string } } }).data.project.district);
    expect(seen.map(comparable)).toEqual(expected.map((answer) => (isSeen(answer) ? withoutMasked(answer) : { data: { project: null } })));
    expect(expected.filter(isSeen).length).toBeGreaterThan(0);
  });
});

describe('long answers that a client is slow to take', () => {
  it('stay its own while their memory serves other answers', async () => {
    const list = 'projects(first: $first) { nodes { code name kind status approvedInvestment approvedOn } }';
    const page = (first: number) => ({ query: `query ($first: Int!) { a: ${list} b: ${list} c: ${list} }`, variables: { first } });
    const read = async (first: number) =>
      Buffer.from(await (await fetch(`${hubAddress}/graphql`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(page(first)) })).arrayBuffer());
    const wanted = await read(200);
    const { hostname, port } = new URL(hubAddress);
    const slow = connect({ host: hostname, port: Number(port) });
    slow.write(Buffer.concat(Array.from({ length: SLOW_ANSWERS }, () => postRequest('/graphql', page(200)))));
    // They fill what the sockets hold; then one of them waits in the hub.
    await sleep(1_500);
    for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 20 }, () => read(190)));
    const found = await readBodies(slow, SLOW_ANSWERS, wanted.length);
    slow.destroy();
    expect(found.filter((body) => !body.equals(wanted)).length).toBe(0);
  });
});

const JSON_BODY = { 'content-type': 'application/json' };
/** Fewer than the hub lets in at a time. */
const SLOW_ANSWERS = 200;

/** Bodies, all of one length, of so many answers on one connection. */
async function readBodies(socket: Socket, count: number, length: number): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    total += chunk.length;
    chunks.push(chunk);
    if (total < count * length) continue;
    const bytes = Buffer.concat(chunks);
    const bodies: Buffer[] = [];
    for (let at = bytes.indexOf('\r\n\r\n'); at >= 0; at = bytes.indexOf('\r\n\r\n', at)) bodies.push(bytes.subarray(at + 4, (at += 4 + length)));
    if (bodies.length === count && bodies.at(-1)?.length === length) return bodies;
  }
  throw new Error('the hub closed the connection');
}

/** That the hub has asked of the first database. */
async function statements(): Promise<number> {
  const text = await (await fetch(`${hubAddress}/metrics`)).text();
  return Number(/^yiwang_source_calls_total\{source="development",outcome="ok"\} (\d+)/m.exec(text)?.[1]);
}

const unmasked = (query: string): string => query.replaceAll(new RegExp(`\\b(?:${MASKED.join('|')})\\b`, 'g'), '');
const withoutMasked = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) => (MASKED.includes(key) ? undefined : value)) as unknown;

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return response.json();
}
