import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStream } from '../helpers/event-stream.ts';
import { codes, startTestHub, type TestHub } from '../helpers/hub.ts';
import { as, tokenOf } from '../helpers/people.ts';
import { follow, openClient } from '../helpers/subscriber.ts';
import { openStore } from '../../store/open-store.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

const PROJECTS = '{ projects(orderBy: [{ code: ASC }]) { totalCount nodes { code district paidTotal } } }';

describe('the same operation, asked by others', () => {
  it('shows a clerk the projects of their district only, in lists and in totals', async () => {
    const all = await hub.post(PROJECTS);
    const own = await hub.post(PROJECTS, {}, await as(hub, 'housing-clerk'));
    const ofDistrict = all.body.data.projects.nodes.filter((project: { district: string }) => project.district === '320500');
    expect(ofDistrict.length).toBeGreaterThan(0);
    expect(ofDistrict.length).toBeLessThan(all.body.data.projects.totalCount);
    expect(own.body).toEqual({ data: { projects: { totalCount: ofDistrict.length, nodes: ofDistrict } } });
  });

  it('takes a district that is asked for by name for what the rule says of it', async () => {
    const query = `query ($district: RegionCode!, $other: RegionCode!) {
      asked: projects(where: { district: { eq: $district } }, orderBy: [{ code: ASC }]) { totalCount aggregate { count } groups(by: [{ field: DISTRICT }]) { aggregate { count } } nodes { code } }
      nested: projects(where: { and: [{ name: { ne: "" } }, { district: { eq: $district } }] }, orderBy: [{ code: ASC }]) { nodes { code } }
      either: projects(where: { or: [{ district: { eq: $district } }, { district: { eq: $other } }] }, orderBy: [{ code: ASC }]) { nodes { code } }
      not: projects(where: { not: { district: { eq: $district } } }, orderBy: [{ code: ASC }]) { nodes { code } }
    }`;
    const headers = await as(hub, 'housing-clerk');
    const all = await hub.post(PROJECTS);
    const ofDistrict = all.body.data.projects.nodes.flatMap(({ code, district }: Record<string, string>) => (district === '320500' ? [{ code }] : []));
    const foreign = all.body.data.projects.nodes.find(({ district }: Record<string, string>) => district !== '320500').district;
    const count = ofDistrict.length;
    const none = { totalCount: 0, aggregate: { count: 0 }, groups: [], nodes: [] };
    const own = await hub.post(query, { district: '320500', other: foreign }, headers);
    expect(own.body.errors).toBeUndefined();
    expect(own.body.data).toEqual({
      asked: { totalCount: count, aggregate: { count }, groups: [{ aggregate: { count } }], nodes: ofDistrict },
      nested: { nodes: ofDistrict },
      either: { nodes: ofDistrict },
      not: { nodes: [] },
    });
    const other = await hub.post(query, { district: foreign, other: '320500' }, headers);
    expect(other.body.data).toEqual({ asked: none, nested: { nodes: [] }, either: { nodes: ofDistrict }, not: { nodes: ofDistrict } });
  });

  it('finds a hidden project as little as one that does not exist', async () => {
    const { body } = await hub.post('{ projects(where: { district: { ne: "320500" } }, first: 1) { nodes { code id } } }');
    const [hidden] = body.data.projects.nodes;
    const one = 'query ($code: ProjectCode!, $id: ID!) { project(code: $code) { name } node(id: $id) { id } }';
    const answer = async (code: string, id: string) => (await hub.post(one, { code, id }, await as(hub, 'housing-clerk'))).body;
    expect(await answer(hidden.code, hidden.id)).toEqual({ data: { project: null, node: null } });
    expect(await answer('2301-320508-04-01-999999', 'bm9uZQ')).toEqual({ data: { project: null, node: null } });
  });

  it('keeps conditional fields out of the schema, and masks personal data', async () => {
    const headers = await as(hub, 'housing-clerk');
    const refused = await hub.post('{ payments { nodes { voucherNo amount } } }', {}, headers);
    expect(refused.body.errors?.[0]?.message).toContain('Cannot query field "amount" on type "Payment"');
    const { body } = await hub.post('{ payment: __type(name: "Payment") { fields { name } } }', {}, headers);
    const names = body.data.payment.fields.map(({ name }: { name: string }) => name);
    expect(names).toContain('voucherNo');
    expect(names).not.toContain('amount');
    const organizations = '{ organizations { nodes { contactPhone legalRepresentativeIdNo } } }';
    const seen = await hub.post(organizations, {}, await as(hub, 'auditor'));
    const values = seen.body.data.organizations.nodes.flatMap((node: Record<string, string | null>) => Object.values(node)).filter(Boolean);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(value).toContain('*');
  });

  it('reads payments for auditors only when a purpose is stated', async () => {
    const without = await hub.post('{ payments(first: 1) { nodes { amount } } }', {}, await as(hub, 'auditor'));
    expect(codes(without)).toEqual(['PURPOSE_REQUIRED']);
    const checked = await hub.post('{ projects(first: 1) { nodes { code checks { code } } } }', {}, await as(hub, 'auditor'));
    expect(codes(checked)).toEqual(['PURPOSE_REQUIRED']);
    expect(checked.body.data.projects.nodes).toEqual([{ code: expect.any(String), checks: null }]);
    const stated = await hub.post('{ payments(first: 1) { nodes { amount payeeAccount } } }', {}, await as(hub, 'auditor', '年度审计'));
    expect(stated.body.errors).toBeUndefined();
    expect(stated.body.data.payments.nodes[0].amount).toBeTypeOf('string');
  });

  it('offers each only what their roles may do', async () => {
    const mutations = async (person: Parameters<typeof as>[1]): Promise<string[]> => {
      const { body } = await hub.post('{ __schema { mutationType { fields { name } } } }', {}, await as(hub, person));
      return (body.data.__schema.mutationType?.fields ?? []).map(({ name }: { name: string }) => name);
    };
    expect(await mutations('auditor')).toEqual(['ackChanges']); // follows changes, decides nothing
    expect(await mutations('security')).toEqual(['denyIdentity', 'allowIdentity']);
    expect(await mutations('housing-officer')).toContain('confirmCrosswalk');
  });

  it('answers every example operation that an auditor may see, and says who one is', async () => {
    const { body } = await hub.post('{ whoAmI { subject department roles actions } }', {}, await as(hub, 'auditor'));
    expect(body.data.whoAmI).toMatchObject({ subject: 'auditor', department: 'audit', roles: ['auditor'] });
  });
});

describe('identities', () => {
  it('refuses what is no token, and never falls back to the developer', async () => {
    for (const authorization of ['Bearer x', 'Basic eDp5', 'Bearer a.b.c', `Bearer ${'a'.repeat(9_000)}`]) {
      const answer = await hub.post('{ __typename }', {}, { authorization });
      expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    }
  });

  it('refuses a token past its time with a code of its own', async () => {
    const token = await tokenOf(hub, { subject: 'late', roles: ['consumer'], seconds: -31 });
    const answer = await hub.post('{ __typename }', {}, { authorization: `Bearer ${token}` });
    expect([answer.status, codes(answer)]).toEqual([401, ['TOKEN_EXPIRED']]);
  });

  it('refuses a denied subject within five seconds, cached or not, until it is allowed again', async () => {
    const token = await tokenOf(hub, { subject: 'leaver', roles: ['consumer'], department: 'finance' });
    const ask = async (): Promise<number> => (await hub.post('{ __typename }', {}, { authorization: `Bearer ${token}` })).status;
    expect(await ask()).toBe(200);
    const security = await as(hub, 'security');
    await hub.post('mutation { denyIdentity(kind: SUBJECT, value: " leaver\\n", why: "left") { by } }', {}, security);
    await expect.poll(ask, { timeout: 5_000 }).toBe(401);
    await hub.post('mutation { allowIdentity(kind: SUBJECT, value: "leaver") }', {}, security);
    await expect.poll(ask, { timeout: 5_000 }).toBe(200);
  });
});

describe('agreements', () => {
  it('give a field from the grant to the withdrawal, for the purpose agreed on and no other', async () => {
    const purpose = '农民工工资核查';
    const clerk = await as(hub, 'housing-clerk', purpose);
    const officer = await as(hub, 'finance-officer');
    const ask = async (headers = clerk) => (await hub.post('{ payments(first: 1) { nodes { amount } } }', {}, headers)).body.errors === undefined;
    expect(await ask()).toBe(false);
    const input = { type: 'Payment', fields: ['amount'], purpose, legalBasis: '保障农民工工资支付条例' };
    const request = 'mutation ($input: AgreementRequestInput!) { requestAgreement(input: $input) { id state provider dueOn } }';
    const { body } = await hub.post(request, { input }, clerk);
    expect(body.data.requestAgreement).toMatchObject({ state: 'REQUESTED', provider: 'finance', dueOn: '2024-07-12' });
    const { id } = body.data.requestAgreement;
    const decide = 'mutation ($id: ID!) { decideAgreement(id: $id, grant: true, validTo: "2024-12-31T00:00:00+08:00") { state } }';
    expect(codes(await hub.post(decide, { id }, await as(hub, 'housing-officer')))).toEqual(['FORBIDDEN_FIELD']);
    expect((await hub.post(decide, { id }, officer)).body.data.decideAgreement.state).toBe('IN_FORCE');
    expect(await ask()).toBe(true);
    expect(await ask(await as(hub, 'housing-clerk', '别的目的'))).toBe(false);

    // A stream that rests on it ends with it.
    const client = openClient(hub.address, { connectionParams: { authorization: clerk['authorization'], purpose } });
    const stream = follow(client.iterate({ query: 'subscription { paymentChanges { after { voucherNo amount } } }' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const withdrawnAt = performance.now();
    await hub.post('mutation ($id: ID!) { withdrawAgreement(id: $id) { state } }', { id }, officer);
    expect(await stream.ended(5_000)).toMatchObject({ reason: expect.stringContaining('SUBSCRIPTION_REVOKED') });
    expect(performance.now() - withdrawnAt).toBeLessThan(5_000);
    await client.dispose();
    expect(await ask()).toBe(false);
  });

  it('that are not in force are named to the department that asked for them, and to no other', async () => {
    const query = '{ payments(first: 1) { nodes { x: amount voucherNo } } }';
    const known = await hub.post(query, {}, await as(hub, 'housing-clerk', '别的目的'));
    expect(codes(known)).toEqual(['AGREEMENT_REQUIRED']);
    expect(known.body.errors?.[0]?.message).toContain('requestAgreement');
    const unknown = await hub.post('{ payments(first: 1) { nodes { x: amounx voucherNo } } }', {}, await as(hub, 'housing-clerk', '别的目的'));
    expect(codes(unknown)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    const other = { authorization: `Bearer ${await tokenOf(hub, { subject: 'x', department: 'development', roles: ['consumer'] })}` };
    expect(codes(await hub.post(query, {}, other))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('allow so many operations and rows in a day, on all instances together', async () => {
    const purpose = '限额';
    const clerk = await as(hub, 'housing-clerk', purpose);
    const officer = await as(hub, 'finance-officer');
    const grant = async (quota: string): Promise<void> => {
      const input = { type: 'Payment', fields: ['amount'], purpose, legalBasis: 'x' };
      const { body } = await hub.post('mutation ($input: AgreementRequestInput!) { requestAgreement(input: $input) { id } }', { input }, clerk);
      const decide = `mutation ($id: ID!) { decideAgreement(id: $id, grant: true, validTo: "2024-12-31T00:00:00+08:00", ${quota}) { state operationsPerDay rowsPerDay } }`;
      expect((await hub.post(decide, { id: body.data.requestAgreement.id }, officer)).body.data.decideAgreement.state).toBe('IN_FORCE');
    };
    const ask = async (first: number) => hub.post(`{ payments(first: ${first}) { nodes { voucherNo amount } } }`, {}, clerk);
    await grant('operationsPerDay: 3, rowsPerDay: 3');
    expect((await ask(2)).body.data.payments.nodes).toHaveLength(2);
    const refused = await ask(2);
    expect([refused.status, codes(refused), refused.body.data]).toEqual([429, ['RATE_LIMITED'], undefined]);
    expect(refused.body.errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);
    expect((await ask(1)).body.data.payments.nodes).toHaveLength(1);
    await using store = await openStore(hub.hub.configuration.store.url);
    const [{ id } = { id: 0 }] = await store.agreements.list();
    // Another instance counts in the same store.
    const most = { operationsPerDay: 3, rowsPerDay: 3 };
    expect(await store.agreements.spend(id, '2024-06-30', { operations: 1, rows: 0 }, most)).toBe(true);
    expect(await store.agreements.spend(id, '2024-06-30', { operations: 1, rows: 0 }, most)).toBe(false);
    expect(codes(await hub.post('{ payments { aggregate { sum { amount } } } }', {}, clerk))).toEqual(['RATE_LIMITED']);
    expect((await hub.post('{ payments(first: 1) { nodes { voucherNo } } }', {}, clerk)).body.data.payments.nodes).toHaveLength(1);
  });

  it('count streams that show their fields in images, as operations that read them', async () => {
    const purpose = '限流';
    const clerk = await as(hub, 'housing-clerk', purpose);
    const input = { type: 'Payment', fields: ['amount'], purpose, legalBasis: 'x' };
    const { body } = await hub.post('mutation ($input: AgreementRequestInput!) { requestAgreement(input: $input) { id } }', { input }, clerk);
    const decide = 'mutation ($id: ID!) { decideAgreement(id: $id, grant: true, validTo: "2024-12-31T00:00:00+08:00", operationsPerDay: 1) { state } }';
    await hub.post(decide, { id: body.data.requestAgreement.id }, await as(hub, 'finance-officer'));
    const open = () => openEventStream(hub.address, 'subscription { paymentChanges { after { amount } } }', clerk);
    const [first, second] = [await open(), await open()];
    await expect.poll(() => second.texts.join()).toContain('RATE_LIMITED');
    expect(first.texts).toEqual([]);
    for (const stream of [first, second]) stream.close();
  });

  it('cannot be asked for what is not shared at all, which reads like what does not exist', async () => {
    const ask = async (field: string) => {
      const input = { type: 'Organization', fields: [field], purpose: 'x', legalBasis: 'x' };
      const answer = await hub.post(
        'mutation ($input: AgreementRequestInput!) { requestAgreement(input: $input) { id } }',
        { input },
        await as(hub, 'housing-clerk'),
      );
      return answer.body.errors?.[0]?.message?.replace(field, 'FIELD');
    };
    expect(await ask('legalRepresentativeIdNo')).toBe(await ask('nothing'));
  });
});
