import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, demoConfigurationWith, send, startTestHub, type Answer, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const times = (count: number, make: (index: number) => string): string => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const message = ({ body }: Answer): string => body.errors?.[0]?.message ?? '';

async function boundary(code: string, allowed: string, refused: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  expect(codes(await hub.post(allowed, variables))).toEqual([]);
  const answer = await hub.post(refused, variables);
  expect(codes(answer)).toEqual([code]);
  expect(answer.status).toBe(400);
  expect(answer.body).not.toHaveProperty('data');
  return answer;
}

describe('limits hold exactly at their boundary', () => {
  it('tokens: 2,000', async () => {
    const tokens = (count: number): string => `{ nodes(ids: [${times(count - 12, () => '"x"')}]) { id } }`;
    expect(codes(await hub.post(tokens(2_000)))).toEqual(['LIMIT_PAGE']); // parsed, and refused for its ids
    const answer = await hub.post(tokens(2_001));
    expect([answer.status, codes(answer), message(answer)]).toEqual([400, ['LIMIT_TOKENS'], 'The document has more than 2000 tokens; split it.']);
  });

  it('depth: 10, fragments spread', async () => {
    const nested = (levels: number, leaf = 'code'): string => {
      const names = ['project', 'payments', 'nodes'];
      const path = Array.from({ length: levels - 1 }, (_, i) => (i === 0 ? 'project(code: "2301-320500-04-01-123456")' : names[(i + 3) % 3])) as string[];
      return `${path.map((name) => `${name} {`).join(' ')} ${leaf} ${'}'.repeat(path.length)}`;
    };
    // Ten levels: project.payments.nodes.project.payments.nodes.project.payments.nodes, then a leaf of Payment.
    const answer = await boundary('LIMIT_DEPTH', `{ ${nested(10, 'voucherNo')} }`, `{ ${nested(10, 'project { code }')} }`);
    expect(message(answer)).toContain('11 levels of fields; at most 10 are allowed');
    expect(codes(await hub.post(`{ ${nested(10, '...More')} } fragment More on Payment { project { code } }`))).toEqual(['LIMIT_DEPTH']);
  });

  it('depth: introspection as clients send it is not too deep', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect((await hub.post(getIntrospectionQuery())).body.errors).toBeUndefined();
  });

  it('introspection: what loads the whole schema twice, and nothing larger, however it is written', async () => {
    const { getIntrospectionQuery, parse, print } = await import('graphql');
    const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true };
    const [whole = '', ...fragments] = parse(getIntrospectionQuery(options)).definitions.map(print);
    const field = whole.slice(whole.indexOf('__schema'), whole.lastIndexOf('}'));
    const twice = `{ a: ${field} b: ${field} } ${fragments.join(' ')}`;
    const more = twice.replace('{ a:', '{ c: __type(name: "Project") { name } a:');
    const refused = await boundary('LIMIT_COST', twice, more);
    const [, has, most] = /up to ([\d,]+) objects; at most ([\d,]+) are allowed/.exec(message(refused)) ?? [];
    expect(Number(has?.replaceAll(',', ''))).toBe(Number(most?.replaceAll(',', '')) + 1);
    const multiplied = 'inputFields { type { inputFields { type { enumValues { name description } name } name description } } }';
    expect(codes(await hub.post(`{ __schema { types { ${multiplied} } } }`))).toEqual(['LIMIT_COST']);
    expect(codes(await hub.post(`{ ...S } fragment S on Query { __schema { types { ...T } } } fragment T on __Type { ${multiplied} }`))).toEqual([
      'LIMIT_COST',
    ]);
    expect(codes(await hub.post('query ($name: String!) { __type(name: $name) { fields { name args { name } } } }', { name: 'Project' }))).toEqual([]);
  });

  it('aliases: 20', async () => {
    const aliases = (count: number): string => `{ hub { ${times(count, (i) => `a${i}: version`)} } }`;
    const answer = await boundary('LIMIT_ALIASES', aliases(20), aliases(21));
    expect(message(answer)).toContain('21 aliases; at most 20 are allowed');
    expect(codes(await hub.post(`{ hub { ...A b: version } } fragment A on Hub { ${times(20, (i) => `a${i}: __typename`)} }`))).toEqual(['LIMIT_ALIASES']);
  });

  it('root fields: 10, in fragments too', async () => {
    const roots = (count: number): string => `{ ${times(count, (i) => `a${i}: __typename`)} }`;
    await boundary('LIMIT_ALIASES', roots(10), roots(11));
    expect(codes(await hub.post(`{ ...A ...A } fragment A on Query { ${times(6, () => '__typename')} }`))).toEqual(['LIMIT_ALIASES']);
  });

  it('selections: 2,000 once fragments are spread, whatever the document’s size', async () => {
    const bomb = (doublings: number): string => {
      const parts = Array.from({ length: doublings }, (_, i) => `fragment F${i} on Hub { ...F${i + 1} ...F${i + 1} }`);
      return `{ hub { ...F0 } } ${parts.join(' ')} fragment F${doublings} on Hub { version }`;
    };
    await boundary('LIMIT_COST', bomb(10), bomb(11));
    expect(message(await hub.post(bomb(60)))).toContain('too many selected fields');
  });

  it('cost: 1,000, a page given by a literal, a variable, a default or a fragment', async () => {
    // 1 + 100 projects, each with a list of 98: 1 + 100 × (1 + 1 + 98) = 10,001 objects at 99.
    const literal = (page: number): string => `{ projects(first: 100) { nodes { payments(first: ${page}) { nodes { amount } } } } }`;
    const answer = await boundary('LIMIT_COST', literal(97), literal(98));
    expect(message(answer)).toBe('The operation costs 1,001 (up to 10,001 objects); at most 1,000 is allowed: ask for smaller pages or fewer nested lists.');
    const variable = 'query($page: Int!) { projects(first: 100) { nodes { payments(first: $page) { nodes { amount } } } } }';
    expect(codes(await hub.post(variable, { page: 97 }))).toEqual([]);
    expect(codes(await hub.post(variable, { page: 98 }))).toEqual(['LIMIT_COST']);
    expect(codes(await hub.post('query($page: Int = 98) { projects(first: 100) { nodes { payments(last: $page) { nodes { amount } } } } }'))).toEqual([
      'LIMIT_COST',
    ]);
    expect(
      codes(await hub.post('{ projects(first: 100) { edges { node { ...P } } } } fragment P on Project { payments(first: 98) { edges { node { amount } } } }')),
    ).toEqual(['LIMIT_COST']);
  });

  it('page: 200, a larger one refused for itself', async () => {
    expect(codes(await hub.post('{ projects(first: 200) { totalCount nodes { code } } }'))).toEqual([]);
    expect(codes(await hub.post('{ projects(first: 201) { nodes { code } } }'))).toEqual(['LIMIT_PAGE']);
    expect(codes(await hub.post('query($n: Int = 100000) { projects(first: $n) { nodes { code } } }'))).toEqual(['LIMIT_PAGE']);
    expect(codes(await hub.post('{ crosswalk(first: 201) { totalCount } }'))).toHaveLength(1);
  });

  it('body: 262,144 bytes', async () => {
    const sized = (bytes: number): string => {
      const body = { query: '{ __typename }', extensions: { padding: '' } };
      return JSON.stringify({ ...body, extensions: { padding: 'x'.repeat(bytes - JSON.stringify(body).length) } });
    };
    expect((await send(`${hub.address}/graphql`, sized(262_144))).body).toEqual({ data: { __typename: 'Query' } });
    const answer = await send(`${hub.address}/graphql`, sized(262_145));
    expect([answer.status, codes(answer)]).toEqual([413, ['LIMIT_BODY']]);
  });

  it('variables nest at most 64 deep, and thousands do no harm', async () => {
    const nested = (depth: number): unknown => Array.from({ length: depth - 1 }).reduce<unknown>((inner) => [inner], 'x');
    const query = 'query($keys: [ID!]!) { nodes(ids: $keys) { id } }';
    expect(message(await hub.post(query, { keys: nested(70) }))).toBe('The variables nest more than 64 levels deep.');
    const deep = `{"query":${JSON.stringify(query)},"variables":{"keys":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    expect(codes(await send(`${hub.address}/graphql`, deep))).toEqual(['BAD_USER_INPUT']);
  });

  it('a document that nests thousands deep is refused for its tokens, and one of lists for what it is', async () => {
    expect(codes(await hub.post('{a'.repeat(20_000)))).toEqual(['LIMIT_TOKENS']);
    expect(codes(await hub.post(`{ nodes(ids: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});

it('refuses to compare a field that is repeated a thousand times with itself', async () => {
  const answer = await hub.post(`{ hub { ${times(1_900, () => 'version')} } }`);
  expect([codes(answer), message(answer)]).toEqual([['LIMIT_COST'], 'The document repeats its fields too often to be checked; select each once.']);
});

it('keeps at most five validation errors, so that an answer stays small', async () => {
  const answer = await hub.post(`{ ${times(9, (i) => `none${i}`)} }`);
  expect(answer.body.errors?.length).toBeLessThanOrEqual(6);
});

it('gives an answer of as many bytes as are allowed, and refuses one byte more', async () => {
  const BYTES = 10_240;
  await using small = await startTestHub({ configurationFile: demoConfigurationWith(`limits: { responseBytes: ${BYTES} }`) });
  const ask = (name: string) => small.post(`{ ${name}: projects(first: 1) { nodes { name } } }`);
  const { data } = (await ask('a')).body;
  const padding = BYTES - Buffer.byteLength(JSON.stringify(data)); // the name of a project has characters of three bytes
  expect((await ask(`a${'a'.repeat(padding)}`)).body.errors).toBeUndefined();
  const own = await small.post('{ __schema { types { name description } } }');
  expect([codes(own), own.body.data ?? null]).toEqual([['LIMIT_COST'], null]);
  const refused = await ask(`a${'a'.repeat(padding + 1)}`);
  expect([codes(refused), refused.body.data ?? null]).toEqual([['LIMIT_COST'], null]);
});
