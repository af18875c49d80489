import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { codes, send, startTestHub, type Answer, type TestHub } from '../../helpers/hub.ts';
import { as, PEOPLE, tokenOf } from '../../helpers/people.ts';

let hub: TestHub;
/** Clerks with the same rights, so many that none of them asks faster than one may. */
let clerks: Readonly<Record<string, string>>[];
beforeAll(async () => {
  hub = await startTestHub();
  const tokens = Array.from({ length: 80 }, (_, i) => tokenOf(hub, { subject: `clerk-${i}`, ...PEOPLE['housing-clerk'] }));
  clerks = (await Promise.all(tokens)).map((token) => ({ authorization: `Bearer ${token}` }));
});
afterAll(() => hub[Symbol.asyncDispose]());

let turn = 0;
async function ask(query: string, variables = {}): Promise<Answer> {
  const answer = await hub.post(query, variables, clerks[turn++ % clerks.length]);
  expect(codes(answer)).not.toContain('RATE_LIMITED');
  return answer;
}
/** Texts without the names in them, so that a hidden name and one that never was can be compared. */
const outline = ({ status, body }: Answer, name: string): unknown => JSON.parse(JSON.stringify({ status, body }).replaceAll(name, 'NAME').replaceAll(/"(requestId|column|line)":("[^"]*"|\d+)/g, '"$1":0')); // prettier-ignore

/** A clerk of housing does not see the amount of a payment; nobody has ever heard of the other. */
const HIDDEN = 'amount';
const UNKNOWN = 'amounx';

describe('A24–A29 what is not there for somebody', () => {
  it.each([
    ['selected', (f: string) => `{ payments(first: 1) { nodes { ${f} } } }`],
    ['under an alias', (f: string) => `{ payments(first: 1) { nodes { x: ${f} } } }`],
    ['in a fragment', (f: string) => `{ payments(first: 1) { nodes { ...F } } } fragment F on Payment { ${f} }`],
    ['in a fragment of a fragment', (f: string) => `{ payments(first: 1) { nodes { ...F } } } fragment F on Payment { ...G } fragment G on Payment { ${f} }`],
    ['in an inline fragment', (f: string) => `{ payments(first: 1) { nodes { ... @include(if: true) { ${f} } } } }`],
    ['with a directive', (f: string) => `{ payments(first: 1) { nodes { ${f} @skip(if: false) } } }`],
    ['through node', (f: string) => `{ node(id: "x") { ... on Payment { ${f} } } }`],
    ['through a relation', (f: string) => `{ projects(first: 1) { nodes { payments { nodes { ${f} } } } } }`],
    ['in an edge', (f: string) => `{ payments(first: 1) { edges { cursor node { ${f} } } } }`],
    ['in a filter', (f: string) => `{ payments(where: { ${f}: { gt: "0" } }) { totalCount } }`],
    ['in a negated filter', (f: string) => `{ payments(where: { not: { or: [{ ${f}: { isNull: true } }] } }) { totalCount } }`],
    ['in a filter through a relation', (f: string) => `{ projects(where: { payments: { some: { ${f}: { gt: "0" } } } }) { totalCount } }`],
    ['in a filter by a total', (f: string) => `{ projects(where: { payments: { aggregate: { sum: { ${f}: { gt: "0" } } } } }) { totalCount } }`],
    ['in an order', (f: string) => `{ payments(orderBy: [{ ${f}: DESC }]) { totalCount } }`],
    ['in an order through a relation', (f: string) => `{ projects(orderBy: [{ payments: { sum: { ${f}: DESC } } }]) { totalCount } }`],
    ['in a total', (f: string) => `{ payments { aggregate { sum { ${f} } } } }`],
    [
      'in a group’s condition',
      (f: string) => `{ payments { groups(by: [{ field: VOUCHER_NO }], having: { sum: { ${f}: { gt: "0" } } }) { aggregate { count } } } }`,
    ],
    ['in a subscription', (f: string) => `subscription { paymentChanges { after { ${f} } } }`],
  ])('%s reads as if it had never been', async (_how, query) => {
    const [hidden, unknown] = [await ask(query(HIDDEN)), await ask(query(UNKNOWN))];
    expect(hidden.body.data?.payments ?? null).toBeNull();
    expect(hidden.body.errors?.length).toBeGreaterThan(0);
    expect(outline(hidden, HIDDEN)).toEqual(outline(unknown, UNKNOWN));
  });

  it.each([['a variable’s filter', { where: { [HIDDEN]: { gt: '0' } } }, { where: { [UNKNOWN]: { gt: '0' } } }]])(
    '%s reads as if it had never been',
    async (_how, hidden, unknown) => {
      const query = 'query($where: PaymentWhere) { payments(where: $where) { totalCount } }';
      expect(outline(await ask(query, hidden), HIDDEN)).toEqual(outline(await ask(query, unknown), UNKNOWN));
    },
  );

  it('no enum names it either', async () => {
    const groups = '{ payments { groups(by: [{ field: AMOUNT }]) { aggregate { count } } } }';
    expect(outline(await ask(groups), 'AMOUNT')).toEqual(outline(await ask(groups.replace('AMOUNT', 'AMOUNX')), 'AMOUNX'));
  });
});

describe('A28 cursors', () => {
  it('hold no value that their bearer may not see, decoded as you like', async () => {
    const organizations = await hub.post('{ organizations { nodes { legalRepresentativeIdNo contactPhone } } }');
    const secrets = organizations.body.data.organizations.nodes
      .flatMap((node: Record<string, string | null>) => Object.values(node))
      .filter((value: string | null) => value && !value.includes('*'));
    const { body } = await ask('{ organizations { edges { cursor } pageInfo { endCursor } } }');
    const cursors: string[] = [...body.data.organizations.edges.map(({ cursor }: { cursor: string }) => cursor), body.data.organizations.pageInfo.endCursor];
    for (const cursor of cursors)
      for (const text of [
        cursor,
        Buffer.from(cursor, 'base64').toString('utf8'),
        Buffer.from(cursor, 'base64').toString('latin1'),
        Buffer.from(cursor, 'hex').toString(),
      ])
        for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('A30 masked values', () => {
  it('are good for nothing but being shown', async () => {
    const headers = await as(hub, 'auditor');
    const shown = await hub.post('{ organizations { nodes { contactPhone } } }', {}, headers);
    const phones = shown.body.data.organizations.nodes.flatMap(({ contactPhone }: { contactPhone: string | null }) => contactPhone ?? []);
    expect(phones.length).toBeGreaterThan(0);
    for (const phone of phones) expect(phone).toContain('*');
    for (const query of [
      '{ organizations(where: { contactPhone: { eq: "13800000000" } }) { totalCount } }',
      '{ organizations(orderBy: [{ contactPhone: ASC }]) { totalCount } }',
      '{ organizations { aggregate { max { contactPhone } countDistinct { contactPhone } } } }',
      '{ organizations { groups(by: [{ field: CONTACT_PHONE }]) { aggregate { count } } } }',
    ])
      expect(codes(await hub.post(query, {}, headers))).toContain('FORBIDDEN_FILTER');
    const byVariable = await hub.post(
      'query($w: OrganizationWhere) { organizations(where: $w) { totalCount } }',
      { w: { contactPhone: { eq: '13800000000' } } },
      headers,
    );
    expect([byVariable.body.data, codes(byVariable)]).toEqual([undefined, ['FORBIDDEN_FILTER']]);
    // To whom the field does not exist, it is like any other that does not.
    const [hidden] = codes(await ask('{ organizations(where: { contactPhone: { eq: "13800000000" } }) { totalCount } }'));
    expect(hidden).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('are named as masked in the access log', async () => {
    const { headers } = await hub.post('{ organizations(first: 1) { nodes { contactPhone } } }', {}, await as(hub, 'auditor'));
    const filter = { request: headers.get('x-request-id') };
    const { body } = await hub.post('query($filter: AccessLogFilter) { accessLog(filter: $filter) { nodes { reads { masked } } } }', { filter });
    expect(body.data.accessLog.nodes[0].reads.flatMap(({ masked }: { masked: string[] }) => masked)).toEqual(['Organization.contactPhone']);
  });
});

describe('A31 A32 rows of others', () => {
  it('are not reached by a detour', async () => {
    const own = await ask('{ projects { nodes { code } } }');
    const direct = new Set(own.body.data.projects.nodes.map(({ code }: { code: string }) => code));
    const { body } = await ask(
      '{ payments(first: 200) { nodes { project { code } } } organizations(first: 50) { nodes { projects(first: 20) { nodes { code } } } } }',
    );
    const reached: string[] = [
      ...(body.data?.payments?.nodes ?? []).flatMap(({ project }: { project: { code: string } | null }) => project?.code ?? []),
      ...(body.data?.organizations?.nodes ?? []).flatMap(
        ({ projects }: { projects: { nodes: { code: string }[] } | null }) => projects?.nodes.map(({ code }) => code) ?? [],
      ),
    ];
    for (const code of reached) expect(direct).toContain(code);
  });

  it('look like rows that do not exist', async () => {
    const all = await hub.post('{ projects { nodes { code id district } } }');
    const other = all.body.data.projects.nodes.find(({ district }: { district: string }) => district !== '320500');
    const query =
      'query($code: ProjectCode!, $id: ID!) { project(code: $code) { name } node(id: $id) { id } projects(where: { code: { eq: $code } }) { totalCount } }';
    const absent = Buffer.from(JSON.stringify(['Project', '2301-320500-04-01-000000'])).toString('base64url');
    expect((await ask(query, { code: other.code, id: other.id })).body).toEqual((await ask(query, { code: '2301-320500-04-01-000000', id: absent })).body);
  });
});

describe('A25 one entity under another name', () => {
  it.each([
    ['node', (id: string) => `{ node(id: "${id}") { ... on Payment { ${HIDDEN} } } }`],
    ['nodes', (id: string) => `{ nodes(ids: ["${id}"]) { ... on Payment { ${HIDDEN} } } }`],
    [
      'an interface and a type within it',
      (id: string) => `{ node(id: "${id}") { ... on Node { ... on Payment { ...F } } } } fragment F on Payment { ${HIDDEN} }`,
    ],
  ])('%s shows no field that is hidden', async (_how, query) => {
    const { body } = await hub.post('{ payments(first: 1) { nodes { id } } }');
    const answer = await ask(query(body.data.payments.nodes[0].id));
    expect([codes(answer), answer.body.data]).toEqual([['GRAPHQL_VALIDATION_FAILED'], undefined]);
  });
});

describe('A25 fields of a federation router', () => {
  it.each(['{ _service { sdl } }', '{ _entities(representations: [{ __typename: "Payment", voucherNo: "x" }]) { ... on Payment { voucherNo } } }'])(
    '%s is nothing that this hub has: it is no subgraph',
    async (query) => expect(codes(await ask(query)).every((code) => code === 'GRAPHQL_VALIDATION_FAILED')).toBe(true),
  );
});

describe('A32 A38 how long an answer takes', () => {
  const LEAK_MS = 5;
  /** The quicker quarter of interleaved requests: what disturbs the machine only adds. */
  async function apart(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<number> {
    const [some, others]: [number[], number[]] = [[], []];
    for (let i = 0; i < 80; i++)
      for (const [run, times] of i % 2 === 0
        ? ([
            [first, some],
            [second, others],
          ] as const)
        : ([
            [second, others],
            [first, some],
          ] as const)) {
        const start = performance.now();
        await run();
        times.push(performance.now() - start);
      }
    const quarter = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 4)] ?? 0;
    return Math.abs(quarter(some) - quarter(others));
  }

  it('does not tell a hidden row from one that does not exist, nor a hidden field from one that never was', { timeout: 60_000 }, async () => {
    const all = await hub.post('{ projects { nodes { code district } } }');
    const { code } = all.body.data.projects.nodes.find(({ district }: { district: string }) => district !== '320500');
    const row = (key: string) => () => ask('query($code: ProjectCode!) { project(code: $code) { name } }', { code: key });
    const field = (name: string) => () => ask(`{ payments(first: 1) { nodes { ${name} } } }`);
    await expect.poll(() => apart(row(code), row('2301-320500-04-01-000000')), { timeout: 25_000 }).toBeLessThan(LEAK_MS);
    await expect.poll(() => apart(field(HIDDEN), field(UNKNOWN)), { timeout: 25_000 }).toBeLessThan(LEAK_MS);
  });
});

describe('A34 two principals at the same time', () => {
  it('never get each other’s answers', { timeout: 60_000 }, async () => {
    const auditor = await as(hub, 'auditor', '年度审计');
    const query = '{ projects { totalCount nodes { code } } }';
    const [mine, theirs] = [await ask(query), await hub.post(query, {}, auditor)];
    expect(mine.body).not.toEqual(theirs.body);
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? ask(query) : hub.post(query, {}, auditor))));
    answers.forEach(({ status, body }, i) => {
      expect([status, body]).toEqual([200, i % 2 === 0 ? mine.body : theirs.body]);
    });
  });
});

describe('A35 A36 the schema', () => {
  it('shows each only what exists for them', async () => {
    const { body } = await ask('{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } }');
    const payment = body.data.__schema.types.find(({ name }: { name: string }) => name === 'Payment');
    expect(payment.fields.map(({ name }: { name: string }) => name)).not.toContain('amount');
    for (const { name, inputFields, enumValues } of body.data.__schema.types) {
      if (!/^Payment(Where|OrderBy|Group|Sum|Max)/.test(name)) continue;
      expect([...(inputFields ?? []), ...(enumValues ?? [])].map((part: { name: string }) => part.name.toLowerCase())).not.toContain('amount');
    }
  });

  it('is never guessed at', { timeout: 60_000 }, async () => {
    await using strict = await startTestHub({ development: false });
    for (const [query, variables] of [
      ['{ projcts { totalCount } }', {}],
      ['{ projects(frst: 1) { totalCount } }', {}],
      ['{ projects(where: { nme: { eq: "x" } }) { totalCount } }', {}],
      ['{ projects(orderBy: [{ name: ASCC }]) { totalCount } }', {}],
      ['query($w: ProjectWhere) { projects(where: $w) { totalCount } }', { w: { nme: { eq: 'x' } } }],
      ['query($w: ProjectWher) { projects(where: $w) { totalCount } }', {}],
      ['{ projects @inclde(if: true) { totalCount } }', {}],
      ['{ ...F } fragment G on Query { __typename }', {}],
    ] as [string, object][]) {
      const { body } = await strict.post(query, variables as Record<string, unknown>);
      expect(body.errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toMatch(/Did you mean/i);
    }
  });
});

describe('A37 A39 what an answer says of the machinery', () => {
  it('is nothing, whatever breaks', async () => {
    await using broken = await startTestHub({ prepare: (folder) => renameSync(path.join(folder, 'finance.sqlite'), path.join(folder, 'away')) });
    for (const query of ['{ payments(first: 1) { nodes { amount } } }', '{ projects(first: 2) { nodes { payments { nodes { amount } } } } }']) {
      const { body } = await broken.post(query);
      expect(body.errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toMatch(/sqlite|ENOENT|select |\.ts|node:|\/tmp|stack/i);
    }
    for (const body of [
      '{"query":"{__typename}","variables":[1]}',
      '{"query":1}',
      '[]',
      '1',
      'null',
      '{"query":"{__typename}","extensions":1}',
      `{"query":"{ a(x: 1e999999) }"}`,
      `{"query":"{ node(id: \\"\\ud800\\") { id } }"}`,
    ]) {
      const answer = await send(`${broken.address}/graphql`, body);
      expect(answer.status).not.toBe(500);
      expect(JSON.stringify(answer.body)).not.toMatch(/sqlite|ENOENT|\.ts:|node:|\/tmp|stack/i);
    }
  });

  it('is kept by no cache, and names no server', async () => {
    const { headers } = await hub.post('{ hub { version } }', {}, await as(hub, 'finance-officer'));
    expect([headers.get('cache-control'), headers.get('x-powered-by'), headers.get('server'), headers.get('etag')]).toEqual(['no-store', null, null, null]);
  });
});

describe('A41 asking one by one', () => {
  it('counts every alias of a field as a request', async () => {
    const person = await as(hub, 'housing-officer');
    const fields = Array.from({ length: 10 }, (_, i) => `a${i}: project(code: "2301-320500-04-01-${String(i).padStart(6, '0')}") { name }`).join(' ');
    const answers = await Promise.all([1, 2, 3].map(() => hub.post(`{ ${fields} }`, {}, person)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429)!;
    expect([codes(refused), refused.headers.get('retry-after')]).toEqual([['RATE_LIMITED'], '1']);
  });

  it('gets no further with aliases, is counted, is known by name to auditors, and ends with the account', { timeout: 30_000 }, async () => {
    const claims = { subject: 'guesser', department: 'housing', roles: ['officer'] } as const;
    const guesser = { authorization: `Bearer ${await tokenOf(hub, claims)}` };
    const limited = async () => {
      const response = await fetch(`${hub.address}/metrics`, { headers: await as(hub, 'security') });
      return Number(/^yiwang_limited_total\{limit="requestsPerSecond"\} (\d+)/m.exec(await response.text())?.[1] ?? 0);
    };
    const [before, from] = [await limited(), performance.now()];
    const guess = (n: number, aliases = 10): string =>
      `{ ${Array.from({ length: aliases }, (_, i) => `a${i}: project(code: "2301-320500-04-01-${String(n * 10 + i).padStart(6, '0')}") { name }`).join(' ')} }`;
    expect(codes(await hub.post(guess(0, 15), {}, guesser))).toEqual(['LIMIT_ALIASES']);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => hub.post(guess(n), {}, guesser)));
    const answered = answers.filter(({ status }) => status === 200).length;
    expect(answered * 10).toBeLessThanOrEqual(20 * (Math.ceil((performance.now() - from) / 1_000) + 1));
    expect((await limited()) - before).toBe(12 - answered);

    const seen = 'query($filter: AccessLogFilter) { accessLog(filter: $filter) { nodes { decision errors { code } } } }';
    const refusals = async () => {
      const { body } = await hub.post(seen, { filter: { subject: 'guesser' } }, await as(hub, 'auditor'));
      return body.data.accessLog.nodes.filter(({ errors }: { errors: { code: string }[] }) => errors.some(({ code }) => code === 'RATE_LIMITED')).length;
    };
    await expect.poll(refusals, { timeout: 5_000 }).toBe(12 - answered);
    await hub.post('mutation { denyIdentity(kind: SUBJECT, value: "guesser", why: "guesses codes") { by } }', {}, await as(hub, 'security'));
    await expect.poll(async () => (await hub.post('{ __typename }', {}, guesser)).status, { timeout: 5_000 }).toBe(401);
  });
});
