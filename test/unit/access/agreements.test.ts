import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgreements, type Agreements } from '../../../access/agreements.ts';
import { ownersOf } from '../../../schema/model/owners.ts';
import type { Principal } from '../../../schema/model/principal.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';
import { openStore } from '../../../store/open-store.ts';
import type { Store } from '../../../store/store.ts';

const SDL = `
type Project @key(fields: "code") @authority(department: "treasury") {
  code: ID!
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
  paid: Decimal @aggregate(relation: "payments", function: SUM, field: "amount", empty: "0") @sharing(class: CONDITIONAL)
}
type Payment @key(fields: "number") @authority(department: "treasury") {
  number: ID!
  projectCode: ID
  amount: Decimal @sharing(class: CONDITIONAL)
}
`;
const model = parseSdl([{ text: SDL, file: 'x.graphql' }]).model!;
const owners = ownersOf(model, [], { sources: new Map() });
const clerk: Principal = { subject: 'c', department: 'building', roles: ['consumer'], attributes: {}, purpose: 'why' };
const officer: Principal = { subject: 'o', department: 'treasury', roles: ['officer'], attributes: {} };

let store: Store;
let agreements: Agreements;
let now: Date;
let isDown: boolean;
beforeAll(async () => {
  store = await openStore('sqlite::memory:');
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(async () => {
  [now, isDown] = [new Date('2024-07-01T00:00:00Z'), false];
  const table = { ...store.agreements, list: () => (isDown ? Promise.reject(new Error('down')) : store.agreements.list()) };
  const settings = { answerWorkdays: 10, holidays: [], workdays: [] };
  agreements = await createAgreements({
    store: { agreements: table, transaction: (work) => store.transaction(work) },
    settings,
    timeZone: 'Asia/Shanghai',
    clock: () => now,
    live: () => ({ model, owners }),
    onFailure: () => undefined,
  });
  return () => agreements[Symbol.asyncDispose]();
});

const ask = (purpose: string, more: object = {}) => agreements.request(clerk, { type: 'Payment', fields: ['amount'], purpose, legalBasis: 'law', ...more });
async function grant(
  purpose: string,
  { fields = ['amount'], type = 'Payment', ...terms }: { type?: string; fields?: string[]; operationsPerDay?: number } = {},
): Promise<void> {
  const { id } = await ask(purpose, { type, fields });
  await agreements.decide(officer, id, { grant: true, validTo: '2024-07-02T00:00:00Z', ...terms });
}

describe('an agreement', () => {
  it('ends on time though the store does not answer', async () => {
    await grant('ends');
    expect(agreements.inForce('building', 'ends')).toHaveLength(1);
    [isDown, now] = [true, new Date('2024-07-02T00:00:00Z')];
    await vi.waitFor(() => expect(agreements.inForce('building', 'ends')).toEqual([]), { timeout: 5_000 });
  });

  it('is not granted until a day that is past', async () => {
    const { id } = await ask('late');
    const terms = { grant: true, validFrom: '2020-01-01T00:00:00Z', validTo: '2021-01-01T00:00:00Z' };
    await expect(agreements.decide(officer, id, terms)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('has a purpose that can be stated', async () => {
    for (const purpose of ['', ' ', 'x'.repeat(201), 'a\nb']) await expect(ask(purpose)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await ask('x'.repeat(200))).toMatchObject({ purpose: 'x'.repeat(200) });
    expect(await ask(' e\u0301 ', { rows: {} })).toMatchObject({ purpose: '\u00e9', rows: null });
  });

  it('that gives what is derived counts operations that read all that it is made of', async () => {
    await grant('derived', { type: 'Project', fields: ['paid'], operationsPerDay: 1 });
    const by = { ...clerk, purpose: 'derived' };
    const spend = (...reads: string[]) => agreements.spend(by, reads, () => 0);
    await spend('Project.code');
    await spend('Project.code', 'Payment.projectCode');
    await spend('Project.code', 'Payment.amount', 'Payment.projectCode');
    await expect(spend('Payment.amount', 'Payment.projectCode')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('holds on the rows that were asked for, and ends at once when it is withdrawn', async () => {
    const rows = { projectCode: { eq: '1' } };
    const { id } = await ask('rows', { rows, legalBasis: ' law ' });
    expect(agreements.inForce('building', 'rows')).toEqual([]);
    await agreements.decide(officer, id, { grant: true, validTo: '2024-07-02T00:00:00Z' });
    expect(agreements.inForce('building', 'rows')).toMatchObject([{ rows, fields: ['amount'] }]);
    expect(await agreements.of('building')).toContainEqual(expect.objectContaining({ id, legalBasis: 'law' }));
    await agreements.withdraw(officer, id, null);
    expect(agreements.inForce('building', 'rows')).toEqual([]);
  });

  it('counts only where there is something to count against', async () => {
    await grant('free');
    await grant('counted', { operationsPerDay: 1 });
    expect(['free', 'counted', 'never asked for'].map((purpose) => agreements.limits({ ...clerk, purpose }))).toEqual([false, true, false]);
  });

  it('counts nothing of an operation that another one refuses', async () => {
    await grant('both', { operationsPerDay: 2 });
    await grant('both', { type: 'Project', fields: ['paid'], operationsPerDay: 1 });
    const by = { ...clerk, purpose: 'both' };
    const [amount, both] = [['Payment.amount'], ['Project.code', 'Payment.amount', 'Payment.projectCode']];
    await agreements.spend(by, both, () => 0);
    await expect(agreements.spend(by, both, () => 0)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await agreements.spend(by, amount, () => 0);
    await expect(agreements.spend(by, amount, () => 0)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is named only while its field is shared by agreement', async () => {
    await ask('named');
    expect([...agreements.askedBy('building')]).toContain('Payment.amount');
    const open = parseSdl([{ text: SDL.replaceAll('@sharing(class: CONDITIONAL)', ''), file: 'x.graphql' }]).model!;
    const settings = { answerWorkdays: 10, holidays: [], workdays: [] };
    await using later = await createAgreements({
      store,
      settings,
      timeZone: 'UTC',
      clock: () => now,
      live: () => ({ model: open, owners }),
      onFailure: () => undefined,
    });
    expect([...later.askedBy('building')]).toEqual([]);
  });

  it('is asked for as long as not too many wait for a decision', { timeout: 30_000 }, async () => {
    const many = async (): Promise<void> => {
      for (let count = 0; count <= 200; count++) await ask(`many ${count}`);
    };
    await expect(many()).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('200 requests') });
  });
});
