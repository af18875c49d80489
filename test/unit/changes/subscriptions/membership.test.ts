import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMembership, type Membership } from '../../../../changes/subscriptions/membership.ts';
import type { TouchedMember } from '../../../../changes/subscriptions/touched-members.ts';
import type { LoggedChange } from '../../../../schema/model/change.ts';
import { openStore } from '../../../../store/open-store.ts';
import type { Store } from '../../../../store/store.ts';

const NOBODY = new AbortController().signal;
/** After the members were read. */
const LATER = new Date(Date.now() + 60_000).toISOString();

const payment = (sequence: number): LoggedChange => ({
  sequence,
  id: String(sequence),
  department: 'finance',
  source: 'finance',
  type: 'Payment',
  key: [`P${sequence}`],
  rowKey: '',
  op: 'UPDATED',
  changedFields: ['amount'],
  before: {},
  after: {},
  committedAt: LATER,
  transaction: '',
  mappingVersion: 1,
});

let store: Store;
let membership: Membership;
let touched: readonly TouchedMember[] = [];
let hidden: ReadonlySet<number> = new Set();
/** By what can be seen. */
let reached: readonly TouchedMember[] = [];
/** Everything that is touched meets the filter, or does not. */
const membershipOf = (id: string, member: boolean, listed: readonly string[], newest: number): Membership =>
  createMembership({
    id,
    store,
    subject: { type: 'Project', department: 'development', source: 'development' },
    filter: { hasConditions: true, judge: async () => [], standings: async (keys) => keys.map(() => ({ visible: true, member })) },
    clock: 'none',
    touched: async (some) => (some.length === 0 ? [] : touched),
    seen: async () => (change) => !hidden.has(change.sequence),
    reached: async (some) => reached.map(({ key, causes }) => ({ key, causes: causes.filter((cause) => some.includes(cause)) })),
    list: async () => ({ keys: listed, isComplete: true }),
    log: { newest: async () => newest, oldest: async () => 0 },
    now: () => ({ asOf: '2024-06-30', now: LATER }),
    crosswalkMoved: () => false,
    onCrosswalk: () => () => undefined,
  });
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  membership = membershipOf('known', false, ['["A"]', '["B"]'], 0);
  await membership.renewal.renew(0, NOBODY);
});
afterEach(() => store.close());

const changes = [5, 6, 7].map(payment);
/** Where it is told who left, by the sequence before the cause. */
const told = async (isLive: boolean): Promise<(readonly [unknown, number])[]> => {
  const seen = await membership.evaluate({ events: changes, after: 4, upTo: 7, isLive }, NOBODY);
  return seen.map(({ change }) => [change.key[0], Math.floor(change.sequence)] as const);
};

it('says that an entity left where the last change that can be seen touched it, whatever others did', async () => {
  touched = [{ key: ['A'], causes: changes }];
  hidden = new Set([6, 7]);
  expect(await told(true)).toEqual([['A', 4]]);
  expect(await told(false)).toEqual([['A', 4]]);
});

it('says that it left, also when nothing can be seen of why', async () => {
  touched = [{ key: ['A'], causes: changes.slice(1) }];
  hidden = new Set([6, 7]);
  expect(await told(true)).toEqual([['A', 6]]);
});

it('says nothing of an entity that nothing was known of and that nothing touched which can be seen', async () => {
  touched = [
    { key: ['A'], causes: changes.slice(1) },
    { key: ['B'], causes: changes.slice(0, 1) },
  ];
  reached = touched;
  hidden = new Set([6, 7]);
  membership = membershipOf('later', true, [], 7);
  await membership.renewal.renew(7, NOBODY);
  expect(await told(false)).toEqual([['B', 4]]);
});

it('says nothing of an entity that nothing was known of and that hangs on a change by what cannot be seen', async () => {
  touched = [
    { key: ['A'], causes: changes },
    { key: ['B'], causes: changes },
  ];
  reached = [{ key: ['B'], causes: changes.slice(0, 2) }];
  hidden = new Set();
  membership = membershipOf('later', true, [], 7);
  await membership.renewal.renew(7, NOBODY);
  expect(await told(false)).toEqual([['B', 5]]);
});
