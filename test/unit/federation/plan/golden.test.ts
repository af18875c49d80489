import { describe, expect, it } from 'vitest';
import { printPlan } from '../../../../federation/plan/print-plan.ts';
import { encodeGlobalId } from '../../../../schema/api/global-id.ts';
import { CURSORS, planOf } from './two-departments/supergraph.ts';

/** A cursor of the list that an operation asks for first. */
function cursorOf(operation: string, values: readonly (string | null)[]): string {
  const output = planOf(operation).outputs[0]?.output;
  if (output?.kind !== 'connection' || !output.list?.cursor) throw new Error('expected a list');
  return CURSORS.encode(output.list.cursor.fingerprint, values);
}

const ORDERED = '{ projects(orderBy: [{ plannedEnd: DESC }, { approved: ASC_NULLS_LAST }]) { nodes { code } } }';
const paged = (page: string): string => ORDERED.replace('{ projects(', `query ($cursor: String) { projects(${page}, `);
const PROJECTS = [1, 2, 3].map((n) => encodeGlobalId('Project', [`P${n}`]));
const PAYMENT = encodeGlobalId('Payment', ['Z1']);

/** Case → operation, variables. Each golden in test/golden/plan holds both, and the plan. */
const CASES: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>?]>> = {
  'flat-list': ['{ projects(first: 2) { nodes { code name approved(unit: WAN_YUAN) } } }'],
  'by-key': ['query ($code: ID!) { project(code: $code) { name district } payment(number: "Z1") { amount } }', { code: 'P1' }],
  'nested-same-source': ['{ projects { nodes { code milestones(first: 3, orderBy: [{ doneOn: DESC }]) { nodes { title } totalCount } lastMilestone } } }'],
  'nested-other-source': [
    '{ projects(first: 10) { nodes { name payments(first: 3, where: { paidOn: { gte: "2024-01-01" } }, orderBy: [{ amount: DESC }]) { nodes { number amount } } } } }',
  ],
  'aggregate-and-nodes-share-a-batch': [
    '{ projects { nodes { paid payments { totalCount aggregate { count sum { amount } avg { amount } max { paidOn } } nodes { amount } } } } }',
  ],
  'to-one-across-the-crosswalk': ['{ payments(first: 5) { nodes { number projectCode project { code name milestones { nodes { title } } } } } }'],
  'there-and-back': ['{ projects(first: 1) { nodes { payments { nodes { project { name payments { aggregate { count } } } } } } } }'],
  'value-type-with-derived-leaves': ['{ projects { nodes { funds { approved paidRate } location(crs: GCJ02) { lng lat datum } late(asOf: "2024-01-01") } } }'],
  'where-not': ['{ projects(where: { not: { and: [{ district: { eq: "320508" } }, { approved: { gt: "100" } }], stage: { in: [BUILT] } } }) { totalCount } }'],
  'where-every-none-some': [
    '{ projects(where: { milestones: { every: { doneOn: { isNull: false } }, none: { title: { contains: "x" } } }, not: { milestones: { some: { doneOn: { lt: "2024-01-01" } } } } }) { nodes { code } } }',
  ],
  'where-aggregate-of-related-rows': [
    '{ projects(where: { milestones: { aggregate: { count: { gt: 2 }, max: { doneOn: { gte: "2024-01-01" } } } } }) { nodes { code } } }',
  ],
  'where-another-source': [
    'query ($least: Decimal) { projects(where: { payments: { some: { status: { eq: PAID }, amount: { gt: $least } }, none: { payee: { startsWith: "某" } } } }) { nodes { code } } }',
    { least: '5' },
  ],
  'where-total-of-another-source': ['{ projects(where: { paid: { lt: "100" }, payments: { aggregate: { count: { gte: 1 } } } }) { nodes { code } } }'],
  'where-computed': ['{ projects(where: { late: { eq: true } }, orderBy: [{ late: DESC }]) { nodes { code } } }'],
  'where-over-several-sources': [
    '{ projects(where: { district: { eq: "320508" }, funds: { paidRate: { gt: "0.5" } }, not: { funds: { paidRate: { gte: "1" } } } }) { totalCount nodes { code } } }',
  ],
  'where-check': ['{ projects(where: { checks: { some: { failed: { eq: true } }, none: { severity: { eq: CRITICAL } } } }) { nodes { code } } }'],
  'where-average': [
    '{ projects(where: { payments: { aggregate: { avg: { amount: { gt: "5" } } } }, milestones: { aggregate: { count: { gt: 1 } } } }) { nodes { code } } }',
  ],
  'order-by-average': ['{ projects(orderBy: [{ payments: { avg: { amount: DESC } } }], first: 2) { nodes { code } } }'],
  'groups-by-another-source': [
    '{ payments { groups(by: [{ field: PROJECT__DISTRICT }, { field: PAID_ON, truncate: YEAR }], having: { count: { gt: 1 } }, orderBy: [{ sum: { amount: DESC } }]) { key { project { district } paidOn } aggregate { count sum { amount } avg { amount } countDistinct { payee } } } } }',
  ],
  'groups-of-foreign-measures': [
    '{ projects { groups(by: [{ field: DISTRICT }]) { key { district } aggregate { count sum { paid } } } aggregate { sum { paid approved } } } }',
  ],
  'groups-having-average': [
    '{ payments { groups(by: [{ field: STATUS }], having: { avg: { amount: { gt: "1" } } }, first: 3) { key { status } aggregate { avg { amount } } } } }',
  ],
  'where-variables': [
    'query ($name: String, $codes: [ID!]) { projects(where: { name: { contains: $name }, code: { in: $codes } }) { nodes { code } } }',
    { name: '路', codes: ['P1', 'P2'] },
  ],
  'where-variables-in-the-hub': [
    'query ($total: Decimal!, $rate: Decimal!) { projects(where: { payments: { aggregate: { sum: { amount: { gt: $total } } } }, funds: { paidRate: { gt: $rate } } }) { nodes { code } } }',
    { total: '100', rate: '0.5' },
  ],
  'derivation-as-of-a-day': ['{ projects(first: 1) { nodes { today: dueMilestones then: dueMilestones(asOf: "2020-01-31") } } }'],
  'pick-in-an-order-of-the-hub': ['{ projects(where: { oldestMilestone: { eq: "A" } }, first: 1) { nodes { oldestMilestone } } }'],
  'page-last': [
    '{ projects(last: 2, orderBy: [{ approved: DESC_NULLS_FIRST }]) { edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
  ],
  'page-after': [paged('first: 2, after: $cursor'), { cursor: cursorOf(ORDERED, ['2024-01-01', '100', 'P1']) }],
  'page-after-nulls': [paged('first: 2, after: $cursor'), { cursor: cursorOf(ORDERED, [null, null, 'P1']) }],
  'page-last-before': [paged('last: 2, before: $cursor'), { cursor: cursorOf(ORDERED, ['2024-01-01', null, 'P1']) }],
  'page-foreign-cursor': [
    'query ($cursor: String) { projects(first: 2, after: $cursor) { nodes { code } } }',
    { cursor: cursorOf(ORDERED, ['2024-01-01', null, 'P1']) },
  ],
  'page-offset': ['{ projects(first: 2, offset: 4) { pageInfo { hasNextPage hasPreviousPage } } }'],
  'groups-with-having': [
    '{ payments { groups(by: [{ field: STATUS }, { field: PAID_ON, truncate: MONTH }], where: { payee: { isNull: false } }, having: { count: { gt: 1 }, sum: { amount: { gte: "10" } } }, orderBy: [{ sum: { amount: DESC } }], first: 5) { key { status paidOn } aggregate { count sum { amount(unit: WAN_YUAN) } } } } }',
  ],
  'groups-through-a-relation': [
    '{ projects { nodes { milestones { groups(by: [{ field: PROJECT__DISTRICT }]) { key { project { district } } aggregate { count } } } } } }',
  ],
  'nodes-by-global-id': [
    `query ($one: ID!) { node(id: $one) { id ... on Project { name } } nodes(ids: [${[...PROJECTS, PAYMENT].map((id) => `"${id}"`).join(', ')}, "x"]) { __typename ... on Project { code milestones { totalCount } } ... on Payment { amount } } }`,
    { one: PROJECTS[0] },
  ],
  checks: ['{ projects(first: 1) { nodes { code checks { code failed value } } } }'],
  meta: [
    '{ projects(first: 1) { nodes { _meta { sources { department } issues { field code } unresolved { localKey } values(field: "name") { department value } } } } }',
  ],
  'aliases-and-fragments': [
    '{ a: projects(first: 1) { nodes { ...Names } } b: projects(first: 1, where: { stage: { eq: BUILT } }) { nodes { ...Names renamed: code } } } fragment Names on Project { name ... on Project { code } __typename }',
  ],
  'left-out-by-directives': [
    'query ($with: Boolean!) { projects(first: 1) { nodes { code name @include(if: $with) payments @skip(if: true) { totalCount } } } }',
    { with: false },
  ],
  'fields-that-fail-alone': ['{ projects(first: 1000) { nodes { code } } payments { nodes { number } groups(by: []) { aggregate { count } } } hub }'],
};

describe('the plan of an operation', () => {
  it.each(Object.entries(CASES))('stands as it is in the golden: %s', async (name, [operation, variables]) => {
    const plan = planOf(operation, variables);
    const parts = [
      operation,
      ...(variables ? [`variables ${JSON.stringify(variables)}`] : []),
      ...(plan.structural.length > 0 ? [`depends on the value of ${plan.structural.join(', ')}`] : []),
    ];
    await expect(`${parts.join('\n')}\n\n${printPlan(plan)}`).toMatchFileSnapshot(`../../../golden/plan/${name}.txt`);
  });
});
