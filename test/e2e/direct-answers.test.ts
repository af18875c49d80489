import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
});
afterAll(() => test[Symbol.asyncDispose]());

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function send(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Sent> {
  const response = await fetch(`${test.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'same', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const { date: _date, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, headers: rest, body: await response.text() };
}

const PAGE = 'query Page($first: Int, $after: String) { projects(first: $first, after: $after) { nodes { code name } } }';

/** Requests that differ in what becomes of them; each is sent several times, the first one before its text is known. */
const CASES: readonly (readonly [string, unknown])[] = [
  ['an answer', { query: PAGE, variables: { first: 2 } }],
  ['other variables of the same text', { query: PAGE, variables: { first: 3 } }],
  ['no variables', { query: PAGE }],
  ['variables that are null', { query: PAGE, variables: null }],
  ['a field that fails', { query: PAGE, variables: { after: 'nonsense' } }],
  ['a variable of the wrong type', { query: PAGE, variables: { first: 'two' } }],
  ['a variable that nests too deeply', { query: PAGE, variables: { first: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown } }],
  [
    'a page that costs too much',
    { query: 'query Deep($n: Int) { projects(first: $n) { nodes { payments(first: 200) { nodes { id } } } } }', variables: { n: 200 } },
  ],
  ['one of several operations', { query: `${PAGE} query Other { hub { version } }`, operationName: 'Page', variables: { first: 1 } }],
  ['an operation that the document does not have', { query: `${PAGE} query Other { hub { version } }`, operationName: 'Nobody' }],
  ['several operations and none named', { query: `${PAGE} query Other { hub { version } }` }],
  ['a field of the hub itself', { query: '{ hub { version } }' }],
  ['both kinds of fields', { query: '{ hub { version } projects(first: 1) { nodes { code } } }' }],
  ['an operation that is not valid', { query: '{ projects { nodes { nothing } } }' }],
  ['variables that are no object', { query: PAGE, variables: 'first' }],
  ['extensions', { query: PAGE, variables: { first: 1 }, extensions: { other: true } }],
  ['no query', { variables: {} }],
];

describe('an operation that was sent before', () => {
  it.each(CASES)('is answered in every byte as it was the first time: %s', async (_title, body) => {
    const first = await send(body);
    for (const again of [await send(body), await send(body)]) expect(again).toEqual(first);
  });

  it.each(['application/json', 'application/graphql-response+json', 'application/graphql-response+json, application/json;q=0.9', 'text/plain', '*/*'])(
    'is answered in the form that the client accepts: %s',
    async (accept) => {
      const first = await send({ query: PAGE, variables: { first: 2 } }, { accept });
      for (const again of [await send({ query: PAGE, variables: { first: 2 } }, { accept }), await send({ query: PAGE, variables: { first: 2 } }, { accept })])
        expect(again).toEqual(first);
    },
  );

  it('is refused where any page could send it', async () => {
    await send({ query: PAGE });
    const { status } = await send(JSON.stringify({ query: PAGE }), { 'content-type': 'text/plain' });
    expect(status).toBe(415);
  });

  it('explains itself when asked to', async () => {
    await send({ query: PAGE });
    const { body } = await send({ query: PAGE, extensions: { explain: true } });
    expect((JSON.parse(body) as { extensions: { explain: unknown } }).extensions.explain).toBeDefined();
  });
});
