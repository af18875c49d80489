import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessRecords } from '../helpers/access-records.ts';
import { type Answer, codes, demoConfigurationWith, send, startTestHub, type TestHub } from '../helpers/hub.ts';
import { as } from '../helpers/people.ts';
import { runCommand } from '../helpers/run-command.ts';
import { follow, openClient } from '../helpers/subscriber.ts';

const page = readFileSync(new URL('../../docs/reference/trusted-documents.md', import.meta.url), 'utf8');
const fence = (kind: string): string => new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
const FREE = 'query Free { hub { timeZone } }';
const KNOWN = 'query Known($code: ProjectCode!) { project(code: $code) { code } }';
const variables = { code: '2301-320500-04-01-123456' };
const ANSWER = { data: { project: { code: variables.code } } };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let hub: TestHub;
let consumer: Readonly<Record<string, string>>;
beforeAll(async () => {
  hub = await startTestHub({
    configurationFile: demoConfigurationWith('documents: { trustedOnly: [consumer], automatic: 3 }\nlimits: { requestsPerSecond: 1000 }'),
  });
  for (const [name, value] of Object.entries(hub.env)) vi.stubEnv(name, value);
  await yiwang('documents push', { known: KNOWN }, '--app tests');
  consumer = await as(hub, 'housing-clerk');
  await vi.waitUntil(() => hub.hub.documents.find('known'), 5_000);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub[Symbol.asyncDispose]();
});

/** Runs a command with a manifest. */
function yiwang(command: string, manifest: unknown, rest: string): Promise<string> {
  const file = path.join(hub.folder, 'manifest.json');
  writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return runCommand(`yiwang ${command} ${file} ${rest} --config ${hub.hub.configuration.file}`);
}

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) => send(`${hub.address}/graphql`, body, headers);
async function get(parameters: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${hub.address}/graphql?${new URLSearchParams(parameters).toString()}`, {
    headers: { 'apollo-require-preflight': 'yes', ...headers },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

/** What a WebSocket and an event stream give for one operation: the answer, or the codes of its errors. */
async function overSocket(payload: Readonly<Record<string, unknown>>): Promise<unknown> {
  const client = openClient(hub.address, { connectionParams: { ...consumer } });
  const subscriber = follow(client.iterate({ query: '', ...payload }));
  const failure = await subscriber.ended();
  await client.dispose();
  return failure ? (failure as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code) : subscriber.results[0];
}
async function overEvents(payload: Readonly<Record<string, unknown>>): Promise<unknown> {
  const client = createSseClient({ url: `${hub.address}/graphql`, headers: { ...consumer }, retryAttempts: 0 });
  for await (const result of client.iterate(payload as never)) {
    const { data, errors } = result as unknown as { data?: unknown; errors?: { extensions: { code: string } }[] };
    return errors ? errors.map(({ extensions }) => extensions.code) : { data };
  }
  return undefined;
}

describe('a role that may send only trusted documents', () => {
  it.each([
    ['its documentId', { documentId: 'known' }],
    ['the hash of its text as a documentId', { documentId: `sha256:${sha256(KNOWN)}` }],
    ['its id as Apollo sends it', { extensions: persisted('known') }],
    ['the hash of its text as Apollo sends it', { extensions: persisted(sha256(KNOWN)) }],
    ['its very text', { query: KNOWN }],
  ])('sends one by %s, over every transport', async (_how, named) => {
    expect((await post({ ...named, variables }, consumer)).body).toEqual(ANSWER);
    const flat = Object.fromEntries(
      Object.entries({ ...named, variables }).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
    expect((await get(flat, consumer)).body).toEqual(ANSWER);
    expect(await overSocket({ ...named, variables })).toEqual(ANSWER);
    expect(await overEvents({ ...named, variables })).toEqual(ANSWER);
  });

  it('is refused anything else over every transport, before it is parsed, and the log says so', async () => {
    for (const query of [FREE, `${KNOWN} `, '{ __schema { types { name } } }', '{ nonsense']) {
      const answer = await post({ query }, consumer);
      expect([answer.status, codes(answer)]).toEqual([400, ['TRUSTED_DOCUMENT_REQUIRED']]);
      expect(answer.body).not.toHaveProperty('data');
    }
    expect(codes(await get({ query: FREE }, consumer))).toEqual(['TRUSTED_DOCUMENT_REQUIRED']);
    expect(await overSocket({ query: FREE })).toEqual(['TRUSTED_DOCUMENT_REQUIRED']);
    expect(await overEvents({ query: FREE })).toEqual(['TRUSTED_DOCUMENT_REQUIRED']);
    await vi.waitFor(() => {
      const refused = accessRecords(hub.hub.configuration.accessLog.folder).filter(
        (record) => 'errors' in record && record.errors?.['TRUSTED_DOCUMENT_REQUIRED'],
      );
      expect(refused.length).toBeGreaterThanOrEqual(7);
    }, 15_000);
  });

  it('neither makes nor uses automatic persisted queries', async () => {
    await post({ query: FREE, extensions: persisted(sha256(FREE)) });
    expect((await post({ extensions: persisted(sha256(FREE)) })).body).toEqual({ data: { hub: { timeZone: 'Asia/Shanghai' } } });
    expect(codes(await post({ extensions: persisted(sha256(FREE)) }, consumer))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect(codes(await post({ query: FREE, extensions: persisted(sha256(FREE)) }, consumer))).toEqual(['TRUSTED_DOCUMENT_REQUIRED']);
  });

  it('is told of an id that nobody registered, and another role sends what it likes', async () => {
    expect(codes(await post({ documentId: 'unknown' }, consumer))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect(await overSocket({ documentId: 'unknown' })).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await post({ query: FREE }, await as(hub, 'steward'))).body.errors).toBeUndefined();
  });

  it('sends mutations by POST alone', async () => {
    await yiwang('documents push', { change: 'mutation Change { refreshCrosswalk(entity: "Nothing") { ok } }' }, '--app tests');
    await vi.waitFor(() => expect(hub.hub.documents.find('change')).toBeDefined(), 15_000);
    expect((await get({ documentId: 'change' })).status).toBe(405);
    expect(codes(await post({ documentId: 'change' }, consumer))).toEqual(['GRAPHQL_VALIDATION_FAILED']); // consumers have no such mutation
  });
});

describe('automatic persisted queries (A47)', () => {
  const text = (number: number): string => `query Q${number} { hub { timeZone } }`;

  it('are asked for once, known by their hash, and forgotten when there are more than are kept', async () => {
    const miss = await post({ extensions: persisted(sha256(text(1))) });
    expect([miss.status, miss.body.errors?.[0]?.message, codes(miss)]).toEqual([200, 'PersistedQueryNotFound', ['PERSISTED_QUERY_NOT_FOUND']]);
    expect((await post({ query: text(1), extensions: persisted(sha256(text(1))) })).body.errors).toBeUndefined();
    expect((await get({ extensions: JSON.stringify(persisted(sha256(text(1)))) })).body.data).toBeDefined();
    for (const number of [2, 3, 4]) await post({ query: text(number), extensions: persisted(sha256(text(number))) });
    expect(codes(await post({ extensions: persisted(sha256(text(1))) }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await post({ extensions: persisted(sha256(text(4))) })).body.errors).toBeUndefined();
  });

  it('are refused with the hash of something else, another version, no hash, and beside a documentId', async () => {
    const refused = [
      { query: FREE, extensions: persisted(sha256(KNOWN)) },
      { query: FREE, extensions: persisted('short') },
      { query: FREE, extensions: { persistedQuery: { version: 2, sha256Hash: sha256(FREE) } } },
      { query: FREE, extensions: { persistedQuery: { version: 1 } } },
      { query: FREE, documentId: 'known' },
      { documentId: 7 },
    ];
    for (const body of refused) {
      const answer = await post(body);
      expect([body, answer.status, codes(answer)]).toEqual([body, 400, ['BAD_REQUEST']]);
    }
  });
});

describe('yiwang documents', { timeout: 60_000 }, () => {
  it('does what the reference page says', async () => {
    writeFileSync(path.join(hub.folder, 'persisted-documents.json'), fence('json manifest'));
    const said: string[] = [];
    for (const line of fence('sh').trim().split('\n'))
      said.push(await runCommand(`${line.replace(' persisted', ` ${hub.folder}/persisted`)} --config ${hub.hub.configuration.file}`));
    expect(said[0]).toBe('fund watch: 2 registered, 0 were there already');
    expect(said[1]).toMatch(/^✓ fund watch {2}Districts {2}4f8c2a-districts /m);
    expect(said.slice(2)).toEqual(['fund watch: 1 removed', 'fund watch: 1 removed']);
  });

  it('reads Apollo’s manifests and pairs, and registers the same again without harm', async () => {
    const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: sha256(FREE), name: 'Free', type: 'query', body: FREE }] };
    expect(await yiwang('documents push', manifest, '--app other')).toBe('other: 1 registered, 0 were there already');
    expect(await yiwang('documents push', [[sha256(FREE), FREE]], '--app other')).toBe('other: 0 registered, 1 were there already');
    expect(await runCommand(`yiwang documents remove --app other --all --config ${hub.hub.configuration.file}`)).toBe('other: 1 removed');
  });

  it('registers nothing of a manifest with a fault, and names each with its place', async () => {
    const manifest = {
      good: FREE,
      field: '{\n  nothing\n}',
      two: 'query A { hub { version } } query B { hub { version } }',
      known: FREE,
      deep: `{ hub { ${'a: version '.repeat(21)} } }`,
    };
    const refused = await yiwang('documents push', manifest, '--app faulty').catch(String);
    expect(refused).toContain('field: 2:3 Cannot query field "nothing" on type "Query".');
    expect(refused).toContain('two: it has 2 operations; an id stands for exactly one');
    expect(refused).toContain('known: its id already stands for another text of app "tests"');
    expect(refused).toContain('deep: 1:1 The operation has 21 aliases');
    expect(refused).toContain('nothing was registered: 4 faults in 5 documents');
    for (const [text, problem] of [
      ['[]', 'it holds no operation'],
      ['{', 'it is not JSON'],
      ['{"a b": "{ a }"}', 'entry 1 has no usable id'],
      ['{"a": 1}', 'entry "a" has no text'],
      ['[["a","{ a }"],["a","{ b }"]]', 'id "a" stands for two texts'],
      ['{"format":"other"}', 'its format is not apollo-persisted-query-manifest'],
    ] as const)
      expect(await yiwang('documents push', text, '--app faulty').catch(String)).toContain(problem);
    expect(hub.hub.documents.list().some(({ app }) => app === 'faulty')).toBe(false);
  });
});
