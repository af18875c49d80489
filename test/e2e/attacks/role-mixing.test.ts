import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codes, DEMO_CONFIGURATION, demoConfigurationWith, startTestHub, type TestHub } from '../../helpers/hub.ts';
import { tokenOf } from '../../helpers/people.ts';

const ONE = 'ZF2023000123';
/** Consumers see the amount of one payment, approvers the account of all others. */
const POLICY = `department: finance
rules:
  - for: { roles: [consumer] }
    types: { Payment: { rows: { voucherNo: { eq: ${ONE} } }, fields: { amount: visible, payeeAccount: absent } } }
  - for: { roles: [approver] }
    types: { Payment: { rows: { not: { voucherNo: { eq: ${ONE} } } }, fields: { amount: absent, payeeAccount: visible } } }
`;

let hub: TestHub;
beforeAll(async () => {
  const departments = path.dirname(DEMO_CONFIGURATION);
  const file = demoConfigurationWith('subgraph: true\nlimits: { requestsPerSecond: 1000 }');
  const finance = path.join(path.dirname(file), 'finance.yaml');
  writeFileSync(finance, POLICY);
  const files = [finance, ...['audit', 'development', 'housing'].map((name) => path.join(departments, name, 'policy.yaml'))];
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}policy: .*$/m, `  policy: ${JSON.stringify(files)}`));
  hub = await startTestHub({ configurationFile: file });
});
afterAll(() => hub[Symbol.asyncDispose]());

type Who = readonly ('consumer' | 'approver')[];
const MIXES: Who[] = [
  ['consumer', 'approver'],
  ['approver', 'consumer'],
];
const headersOf = async (roles: Who) => ({ authorization: `Bearer ${await tokenOf(hub, { subject: roles.join('-'), department: 'housing', roles })}` });
const ask = async (roles: Who, query: string, variables = {}) => hub.post(query, variables, await headersOf(roles));

/** What is shown of two fields, as `voucher.field=value`, each field asked for alone and both together. */
async function cellsOf(roles: Who): Promise<Set<string>> {
  const cells = new Set<string>();
  for (const fields of [['amount'], ['payeeAccount'], ['amount', 'payeeAccount']]) {
    const { body } = await ask(roles, `{ payments(first: 200) { nodes { voucherNo ${fields.join(' ')} } } }`);
    for (const node of body.data?.payments?.nodes ?? []) for (const field of fields) cells.add(`${node.voucherNo}.${field}=${node[field]}`);
  }
  return cells;
}

describe('A33 two roles in one account', () => {
  it('show no cell that neither shows alone', async () => {
    const [consumer, approver] = [await cellsOf(['consumer']), await cellsOf(['approver'])];
    expect([...consumer].map((cell) => cell.split('=')[0])).toEqual([`${ONE}.amount`]);
    expect(approver.size).toBeGreaterThan(1);
    expect([...approver].filter((cell) => cell.includes('.amount=') || cell.startsWith(ONE))).toEqual([]);
    for (const roles of MIXES) {
      const mixed = await cellsOf(roles);
      expect(mixed.size).toBeGreaterThan(0);
      expect([...mixed].filter((cell) => !consumer.has(cell) && !approver.has(cell))).toEqual([]);
    }
  });

  it.each([
    ['a total', '{ payments { aggregate { sum { amount } } } }'],
    ['a total’s filter', '{ payments(where: { amount: { gt: "0" } }) { totalCount } }'],
    ['an order', '{ payments(orderBy: [{ amount: DESC }]) { nodes { voucherNo } } }'],
    ['a group', '{ payments { groups(by: [{ field: PAYEE_ACCOUNT }]) { aggregate { sum { amount } } } } }'],
    ['a group’s condition', '{ payments { groups(by: [{ field: PAYEE_ACCOUNT }], having: { sum: { amount: { gt: "0" } } }) { aggregate { count } } } }'],
    ['a total of a relation', '{ projects(first: 50) { nodes { payments { aggregate { sum { amount } } } } } }'],
    ['an entity for a router', `{ _entities(representations: [{ __typename: "Payment", voucherNo: "${ONE}" }]) { ... on Payment { amount payeeAccount } } }`],
  ])('are not joined by %s', async (_how, query) => {
    for (const roles of MIXES) {
      const mixed = await ask(roles, query);
      expect([mixed.body.data, codes(mixed)]).toEqual([undefined, ['GRAPHQL_VALIDATION_FAILED']]);
    }
  });

  it('count and group the rows of one of them only', async () => {
    const query = '{ payments { totalCount aggregate { count } groups(by: [{ field: PAYEE_ACCOUNT }]) { aggregate { count } } } }';
    const approver = await ask(['approver'], query);
    expect(approver.body.data.payments.totalCount).toBeGreaterThan(0);
    for (const roles of MIXES) expect((await ask(roles, query)).body).toEqual(approver.body);
  });

  it('do not take a cursor of one of them', async () => {
    const { body } = await ask(['consumer'], '{ payments(first: 1) { pageInfo { endCursor } } }');
    const after = body.data.payments.pageInfo.endCursor as string;
    const page = 'query($after: String) { payments(first: 1, after: $after) { nodes { voucherNo } } }';
    for (const roles of MIXES) expect(codes(await ask(roles, page, { after }))).toEqual(['CURSOR_INVALID']);
  });
});

describe('A25 what a router asks for', () => {
  it('is refused where it is hidden, under whatever fragment, and hidden rows are null', async () => {
    const of = `representations: [{ __typename: "Payment", voucherNo: "${ONE}" }]`;
    for (const query of [
      `{ _entities(${of}) { ... on Payment { payeeAccount } } }`,
      `{ _entities(${of}) { ... on Payment { ...F } } } fragment F on Payment { payeeAccount }`,
      `{ _entities(${of}) { ... on Payment { x: payeeAccount @include(if: true) } } }`,
    ])
      expect(codes(await ask(['consumer'], query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect((await ask(['consumer'], `{ _entities(${of}) { ... on Payment { voucherNo } } }`)).body.data._entities).toEqual([{ voucherNo: ONE }]);
    expect((await ask(['approver'], `{ _entities(${of}) { ... on Payment { voucherNo } } }`)).body.data._entities).toEqual([null]);
  });

  it('is described to each without what is hidden', async () => {
    const sdl = async (roles: Who) => /^type Payment [^{]*\{[^}]*\}/m.exec((await ask(roles, '{ _service { sdl } }')).body.data._service.sdl)?.[0] ?? '';
    const [consumer, approver] = [await sdl(['consumer']), await sdl(['approver'])];
    expect([/\bamount\b/.test(consumer), /\bpayeeAccount\b/.test(consumer)]).toEqual([true, false]);
    expect([/\bamount\b/.test(approver), /\bpayeeAccount\b/.test(approver)]).toEqual([false, true]);
  });

  it('is not there for whoever reads no data', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(hub, { subject: 'operator', roles: ['operator'] })}` };
    const answer = await hub.post(`{ _entities(representations: [{ __typename: "Payment", voucherNo: "${ONE}" }]) { __typename } }`, {}, headers);
    expect(answer.body.data?._entities?.filter((found: unknown) => found !== null) ?? []).toEqual([]);
    expect(JSON.stringify((await hub.post('{ _service { sdl } }', {}, headers)).body)).not.toMatch(/type (Payment|Project)\b/);
  });
});
