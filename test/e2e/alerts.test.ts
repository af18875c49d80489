/** Alerts over the wire: real clients, resumed by cursor; the list, the rules, acknowledgement. */
import { EventSource } from 'eventsource';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { alertCursor } from '../../resolvers/alert-fields.ts';
import { openStore } from '../../store/open-store.ts';
import { untilFiring } from '../helpers/alerts.ts';
import { untilLive, writeDemo } from '../helpers/changes.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

const LIGHTING = '2301-320500-04-01-123456';
const SUBSCRIPTION = `subscription ($after: String) {
  alerts(rules: ["paid-ahead-of-progress"], minSeverity: WARNING, after: $after) { cursor state severity title value values subject { code name } evidence { causes { rowKey } } }
}`;

interface Event {
  readonly cursor: string;
  readonly state: string;
}

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
  await untilLive(test.hub);
  await untilFiring(test.hub, 'report-overdue', { WT202311050001: true });
});
afterAll(() => test[Symbol.asyncDispose]());

const pay = (fen: number): void => writeDemo(test.folder, 'finance', `update zf_zfpz_2024 set zje = ${fen} where pzh = 'ZF2024000045'`);
const AHEAD = 28_000_000_000;
const BEFORE = 18_000_000_000;

const cursorAt = (sequence: number): string => alertCursor(test.hub, sequence);

/** A client of its own; events as they come. */
function listen(after?: string): { next(): Promise<Event>; close(): Promise<void> } {
  const client = createClient({ url: `${test.address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const events = client.iterate<{ alerts: Event }>({ query: SUBSCRIPTION, variables: { after: after ?? null } });
  return {
    next: async () => {
      const { value } = (await events.next()) as { value: { data?: { alerts: Event }; errors?: unknown } };
      if (!value.data) throw new Error(JSON.stringify(value.errors));
      return value.data.alerts;
    },
    close: async () => {
      await events.return?.();
      await client.dispose();
    },
  };
}

describe('subscription { alerts }', () => {
  it('tells an alert with what fired it, and resumes strictly after the cursor', async () => {
    const first = listen();
    const fired = first.next();
    await new Promise((resolve) => setTimeout(resolve, 300)); // subscribed
    pay(AHEAD);
    const event = await fired;
    expect(event).toEqual({
      cursor: expect.any(String) as string,
      state: 'FIRING',
      severity: 'CRITICAL',
      title: '超进度付款',
      value: '6.5',
      values: { paidTotal: '389800000.00', contractTotal: '366000000.00', physicalPercent: '100' },
      subject: { code: LIGHTING, name: '智慧城市照明提升工程' },
      evidence: { causes: [{ rowKey: 'ZF2024000045' }] },
    });
    await first.close();
    pay(BEFORE);
    await untilFiring(test.hub, 'paid-ahead-of-progress', { [LIGHTING]: false });
    pay(AHEAD);
    await untilFiring(test.hub, 'paid-ahead-of-progress', { [LIGHTING]: true });
    const second = listen(event.cursor);
    expect([(await second.next()).state, (await second.next()).state]).toEqual(['RESOLVED', 'FIRING']);
    const live = second.next();
    pay(BEFORE);
    expect((await live).state).toBe('RESOLVED');
    await second.close();
  });

  it('goes over server-sent events, with Last-Event-ID as the cursor', async () => {
    const url = `${test.address}/graphql?query=${encodeURIComponent('subscription { alerts(states: [FIRING]) { cursor rule } }')}`;
    const source = new EventSource(url);
    const cursors: string[] = [];
    const { promise: two, resolve } = Promise.withResolvers<void>();
    source.addEventListener('next', (event) => {
      cursors.push(event.lastEventId);
      if (cursors.length === 2) resolve();
    });
    await new Promise<void>((opened) => source.addEventListener('open', () => opened()));
    await new Promise((done) => setTimeout(done, 200));
    pay(AHEAD);
    await untilFiring(test.hub, 'paid-ahead-of-progress', { [LIGHTING]: true });
    pay(BEFORE);
    await untilFiring(test.hub, 'paid-ahead-of-progress', { [LIGHTING]: false });
    pay(AHEAD);
    await two;
    source.close();
    const resumed = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, 'Last-Event-ID': cursors[0] ?? '' } }),
    });
    const again = await new Promise<string>((told) => resumed.addEventListener('next', (event) => told(event.lastEventId)));
    resumed.close();
    expect(again).toBe(cursors[1]);
  });

  it('does not say in a cursor how many events there were before', () => {
    expect(Buffer.from(cursorAt(4711), 'base64url').toString('latin1')).not.toContain('4711');
    expect(cursorAt(4711)).toHaveLength(cursorAt(1).length);
  });

  it.each(['nonsense', Buffer.from('alert-event 1').toString('base64url')])('refuses a cursor that is none of its own: %s', async (cursor) => {
    const client = listen(cursor);
    await expect(client.next()).rejects.toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    await client.close().catch(() => undefined);
  });

  it('says from where it can be resumed when what follows the cursor is no longer kept', async () => {
    await using store = await openStore(test.hub.configuration.store.url);
    await store.alertEvents.forget('9999');
    const late = listen(cursorAt(1));
    const error = await late.next().catch((reason: unknown) => reason);
    const newest = await store.alertEvents.newest();
    expect(error).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED', cursor: cursorAt(newest - 1) } }]);
    await late.close().catch(() => undefined);
    const resumed = listen(cursorAt(newest - 1));
    expect((await resumed.next()).cursor).toBe(cursorAt(newest));
    await resumed.close();
  });
});

describe('the list of alerts', () => {
  it('is paged, newest first, and filtered', async () => {
    const page = async (after: string | null) =>
      (
        await test.post(
          'query ($after: String) { alerts(states: [FIRING], first: 3, after: $after) { totalCount nodes { id rule } pageInfo { hasNextPage endCursor } } }',
          { after },
        )
      ).body.data.alerts;
    const [first, rest] = [await page(null), []] as [any, string[]]; // oxlint-disable-line typescript/no-explicit-any -- what comes over the wire
    for (let at = first; at; at = at.pageInfo.hasNextPage ? await page(at.pageInfo.endCursor) : undefined)
      rest.push(...at.nodes.map((node: { id: string }) => node.id));
    expect(rest).toHaveLength(first.totalCount);
    expect(new Set(rest).size).toBe(rest.length);
    const critical = await test.post('{ alerts(minSeverity: CRITICAL) { nodes { severity } } }');
    expect(new Set(critical.body.data.alerts.nodes.map(({ severity }: { severity: string }) => severity))).toEqual(new Set(['CRITICAL']));
    const { id } = (await test.post(`{ project(code: "${LIGHTING}") { id } }`)).body.data.project;
    const own = await test.post('query ($id: ID!) { alerts(subjects: [$id]) { nodes { subject { id } } } }', { id });
    expect(own.body.data.alerts.nodes.length).toBeGreaterThan(0);
    expect(own.body.data.alerts.nodes.every(({ subject }: { subject: { id: string } }) => subject.id === id)).toBe(true);
  });

  it('says who has seen an alert', async () => {
    const { id } = (await test.post('{ alerts(rules: ["started-without-permit"]) { nodes { id } } }')).body.data.alerts.nodes[0];
    const done = await test.post('mutation ($id: ID!) { acknowledgeAlert(id: $id, note: "查") { state acknowledgement { by note } } }', { id });
    expect(done.body.data.acknowledgeAlert).toEqual({ state: 'FIRING', acknowledgement: { by: 'developer', note: '查' } });
    const open = await test.post('{ alerts(acknowledged: false, rules: ["started-without-permit"]) { totalCount } }');
    expect(open.body.data.alerts.totalCount).toBe(0);
    const unknown = await test.post('mutation { acknowledgeAlert(id: "x") { id } }');
    expect(unknown.body.errors?.[0]).toMatchObject({ message: 'There is no alert x.', extensions: { code: 'BAD_USER_INPUT' } });
  });
});

describe('the rules', () => {
  it('say which changes of which departments make the hub look', async () => {
    const { body } = await test.post('{ alertRules(rules: ["paid-ahead-of-progress"]) { rule departments dependencies { path type source fields } } }');
    expect(body.data.alertRules).toEqual([
      {
        rule: 'paid-ahead-of-progress',
        departments: ['development', 'finance', 'housing'],
        dependencies: [
          { path: '', type: 'Project', source: 'development', fields: ['code'] },
          { path: 'contracts', type: 'Contract', source: 'housing', fields: ['amount', 'projectCode'] },
          { path: 'monthlyReports', type: 'MonthlyReport', source: 'development', fields: ['month', 'physicalPercent', 'projectCode', 'submittedAt'] },
          { path: 'payments', type: 'Payment', source: 'finance', fields: ['amount', 'projectCode', 'status'] },
        ],
      },
    ]);
  });
});
