import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, startTestHub, type TestHub } from '../../helpers/hub.ts';
import { recordsOf } from '../../helpers/access-records.ts';
import { as, tokenOf } from '../../helpers/people.ts';
import { follow, openClient } from '../../helpers/subscriber.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

describe('A56 what a page of another site can send', () => {
  const mutation = 'mutation { undoCrosswalk { localKey } }';
  it.each([
    ['text', '/graphql', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ query: mutation }) }],
    ['no type at all', '/graphql', { method: 'POST', headers: { 'content-type': '' }, body: JSON.stringify({ query: mutation }) }],
    ['a form', '/graphql', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `query=${encodeURIComponent(mutation)}` }],
    ['files', '/graphql', { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: `--x\r\n\r\n${mutation}\r\n--x--` }],
    ['an address', `/graphql?query=${encodeURIComponent(mutation)}`, {}],
    ['an address, with the header against it', `/graphql?query=${encodeURIComponent(mutation)}`, { headers: { 'apollo-require-preflight': '1' } }],
    ['an event stream', `/graphql/stream?query=${encodeURIComponent(mutation)}`, { headers: { origin: 'https://evil.example' } }],
  ] as [string, string, RequestInit][])('changes nothing: %s', async (_what, path, init) => {
    const response = await fetch(`${hub.address}${path}`, init);
    expect([400, 403, 405, 415]).toContain(response.status);
    expect(await response.text()).not.toContain('"data"');
  });
});

const ownNames = async (headers: Readonly<Record<string, string>>): Promise<string> => {
  const { body } = await hub.post('{ __schema { types { name } queryType { fields { name } } mutationType { fields { name } } } }', {}, headers);
  return JSON.stringify(body.data);
};

describe('A57 duties that are apart', () => {
  it.each([
    ['operator', '{ projects(first: 1) { nodes { name } } }'],
    ['operator', '{ projects { totalCount } }'],
    ['operator', '{ payments { aggregate { count } } }'],
    ['operator', '{ node(id: "x") { ... on Project { name } } }'],
    ['operator', 'subscription { projectChanges { after { name } } }'],
    ['operator', 'mutation { denyIdentity(kind: SUBJECT, value: "auditor", why: "x") { by } }'],
    ['operator', '{ accessLog { nodes { request } } }'],
    ['security', '{ projects(first: 1) { nodes { name } } }'],
    ['security', '{ accessLog { nodes { request } } }'],
    ['security', 'mutation { createDraft(title: "policy") { id } }'],
    ['security', 'mutation { decideAgreement(id: 1, grant: true, validTo: "2030-01-01T00:00:00Z") { id } }'],
    ['security', 'mutation { requestAgreement(input: { type: "Payment", fields: ["amount"], purpose: "x", legalBasis: "x" }) { id } }'],
    ['auditor', 'mutation { createDraft(title: "policy") { id } }'],
    ['auditor', 'mutation { saveDraft(id: 1, revision: 1, files: [{ part: POLICY, path: "audit/policy.yaml", text: "x" }]) { id } }'],
    ['auditor', 'mutation { publishDraft(id: 1, revision: 1, why: "x") { number } }'],
    ['auditor', 'mutation { denyIdentity(kind: SUBJECT, value: "x", why: "x") { by } }'],
    ['finance-officer', 'mutation { approveDraft(id: 1, revision: 1) { id } }'],
    ['steward', '{ payments(first: 1) { nodes { payeeAccount } } }'],
  ] as const)('%s may not: %s', async (person, query) => {
    const answer = await hub.post(query, {}, await as(hub, person));
    expect(Object.values(answer.body.data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(answer.body.errors?.length).toBeGreaterThan(0);
    const refused = () => recordsOf(`${hub.folder}/access-log`, answer.headers.get('x-request-id') ?? '').map(({ decision, who }) => [decision, who.subject]);
    await expect.poll(refused, { timeout: 5_000 }).toEqual([['refused', person]]);
  });

  it.each(['operator', 'security'] as const)('%s has no type of the departments, no name of one, and cannot give oneself any', async (person) => {
    const names = await ownNames(await as(hub, person));
    expect(names).not.toMatch(/Project|Payment|Organization|decideAgreement|publishDraft/);
    expect(names).toContain('"hub"');
  });

  it.each([[['operator', 'security']], [['security', 'auditor']], [['operator', 'auditor']]] as const)('nobody is %s at once', async (roles) => {
    const token = await tokenOf(hub, { subject: 'both', roles });
    const answer = await hub.post('{ __typename }', {}, { authorization: `Bearer ${token}` });
    expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
  });

  it('nobody approves what they edited, or a request of their own, whatever roles they have', async () => {
    const both = { authorization: `Bearer ${await tokenOf(hub, { subject: 'both', department: 'finance', roles: ['officer', 'approver'] })}` };
    const made = await hub.post('mutation { createDraft(title: "mine") { id revision } }', {}, both);
    const approve = 'mutation($id: Int!, $revision: Int!) { approveDraft(id: $id, revision: $revision) { approvedBy } }';
    expect(codes(await hub.post(approve, made.body.data.createDraft, both))).toEqual(['FORBIDDEN_FIELD']);

    const elsewhere = { authorization: `Bearer ${await tokenOf(hub, { subject: 'both', department: 'housing', roles: ['officer', 'approver'] })}` };
    const request = 'mutation($input: AgreementRequestInput!) { requestAgreement(input: $input) { id } }';
    const input = { type: 'Payment', fields: ['amount'], purpose: 'x', legalBasis: 'x' };
    expect(codes(await hub.post(request, { input }, both))).toEqual(['BAD_USER_INPUT']);
    const { body } = await hub.post(request, { input }, elsewhere);
    const decide = 'mutation($id: ID!) { decideAgreement(id: $id, grant: true, validTo: "2030-01-01T00:00:00Z") { state } }';
    expect(codes(await hub.post(decide, body.data.requestAgreement, both))).toEqual(['FORBIDDEN_FIELD']);
    expect(codes(await hub.post(decide, body.data.requestAgreement, elsewhere))).toEqual(['FORBIDDEN_FIELD']);
  });

  it('an account that is denied loses what it has open, and its token is worth nothing', { timeout: 30_000 }, async () => {
    const headers = { authorization: `Bearer ${await tokenOf(hub, { subject: 'leaver', department: 'housing', roles: ['officer'] })}` };
    const client = openClient(hub.address, { connectionParams: headers });
    const socket = follow(client.iterate({ query: 'subscription { projectChanges { after { code } } }' }));
    const stream = await fetch(`${hub.address}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: 'subscription { projectChanges { after { code } } }' }),
    });
    const said = stream.text();
    await hub.post('mutation { denyIdentity(kind: SUBJECT, value: "leaver", why: "left") { by } }', {}, await as(hub, 'security'));
    await expect.poll(async () => (await hub.post('{ __typename }', {}, headers)).status, { timeout: 5_000 }).toBe(401);
    await socket.ended(5_000);
    expect(await said).not.toContain('"after"');
    await client.dispose();
  });
});

describe('A60 values that want to be a page', () => {
  it('leave as JSON that no browser takes for anything else', async () => {
    const response = await fetch(`${hub.address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/html, application/json' },
      body: JSON.stringify({ query: '{ projects(where: { name: { eq: "<img src=x onerror=alert(1)>" } }) { totalCount } }' }),
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/graphiql/<img src=x onerror=alert(1)>.svg', '/graphiql/evil.svg', '/<script>alert(1)</script>', '/graphql?query=<script>alert(1)</script>'])(
    '%s in an address comes back as JSON, if at all',
    async (address) => {
      const response = await fetch(`${hub.address}${address}`, { headers: { accept: 'text/html, application/json' } });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    },
  );

  it('meet a console that runs no script but its own', async () => {
    const { headers } = await fetch(`${hub.address}/graphiql`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });
});
