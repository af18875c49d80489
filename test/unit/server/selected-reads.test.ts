import { parse, type OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selectedReads } from '../../../server/selected-reads.ts';
import { startTestHub, type TestHub } from '../../helpers/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
});
afterAll(() => test[Symbol.asyncDispose]());

function readsOf(text: string, variables: Readonly<Record<string, unknown>> = {}): string[] {
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const reads = selectedReads({ view: test.hub.federation.generation(), document, operation, variables });
  return [...new Set(reads.flatMap(({ fields }) => fields))].toSorted();
}

it('are what images, entities and fragments show', () => {
  expect(readsOf('subscription { paymentChanges { before { amount } after { ...A } node { project { name } } } } fragment A on PaymentImage { bank }')).toEqual(
    ['Payment.amount', 'Payment.bank', 'Project.name'],
  );
});

it('are what is filtered, ordered, grouped and measured by, written or as a variable', () => {
  const text = `subscription ($where: PaymentWhere, $by: [PaymentGroupBy!]!) { paymentChanges(where: $where) { op node { project {
    payments(where: { bank: { eq: "x" } }, orderBy: [{ paidOn: ASC }]) { aggregate { max { voucherNo } } groups(by: $by) { aggregate { count } } } } } } }`;
  const where = { or: [{ project: { district: { eq: '320500' } } }, { amount: { gt: '1' } }] };
  const by = [{ field: 'STATUS' }, { field: 'PROJECT__NAME' }];
  expect(readsOf(text, { where, by })).toEqual([
    'Payment.amount',
    'Payment.bank',
    'Payment.paidOn',
    'Payment.status',
    'Payment.voucherNo',
    'Project.district',
    'Project.name',
  ]);
});

it('are what a derived field is made of, and the key of what a change names', () => {
  expect(readsOf('subscription { projectChanges { key node { paidTotal } } }')).toEqual(
    expect.arrayContaining(['Project.code', 'Payment.amount', 'Payment.status']),
  );
  expect(readsOf('subscription { projectChanges { op } }')).toEqual([]);
});
