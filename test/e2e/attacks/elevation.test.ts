import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, startTestHub, type TestHub } from '../../helpers/hub.ts';
import { as, tokenOf } from '../../helpers/people.ts';

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

describe('A57 duties that are apart', () => {
  it.each([
    ['operator', '{ payments(first: 1) { nodes { amount } } }'],
    ['operator', 'mutation { denyIdentity(kind: SUBJECT, value: "auditor", why: "x") { by } }'],
    ['operator', '{ accessLog { nodes { request } } }'],
    ['security', '{ payments(first: 1) { nodes { amount } } }'],
    ['security', '{ accessLog { nodes { request } } }'],
    ['security', 'mutation { createDraft(title: "policy") { id } }'],
    ['auditor', 'mutation { createDraft(title: "policy") { id } }'],
    ['auditor', 'mutation { denyIdentity(kind: SUBJECT, value: "x", why: "x") { by } }'],
    ['finance-officer', 'mutation { approveDraft(id: 1, revision: 1) { id } }'],
    ['steward', '{ payments(first: 1) { nodes { payeeAccount } } }'],
  ] as const)('%s may not: %s', async (person, query) => {
    const answer = await hub.post(query, {}, await as(hub, person));
    expect(Object.values(answer.body.data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(answer.body.errors?.length).toBeGreaterThan(0);
  });

  it.each([[['operator', 'security']], [['security', 'auditor']], [['operator', 'auditor']]] as const)('nobody is %s at once', async (roles) => {
    const token = await tokenOf(hub, { subject: 'both', roles });
    const answer = await hub.post('{ __typename }', {}, { authorization: `Bearer ${token}` });
    expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
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

  it('meet a console that runs no script but its own', async () => {
    const { headers } = await fetch(`${hub.address}/graphiql`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });
});
