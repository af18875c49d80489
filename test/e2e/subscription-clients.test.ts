/** Clients as people use them: each is cut off and resumes by its cursor, and none of what happened meanwhile is missing. */
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { createClient as createSseClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../schema/model/change.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { follow, openClient, type Result } from '../helpers/subscriber.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub();
});
afterAll(() => test[Symbol.asyncDispose]());

const LIGHTS = '2301-320500-04-01-123456';
const TEXT = 'subscription($after: String) { projectChanges(after: $after) { cursor after { name } node { code } } }';
let written = 0;

/** As a source's change arrives. @returns its new name */
async function change(): Promise<string> {
  const name = `照明${++written}`;
  const common = { id: `c${written}`, transaction: `t${written}`, committedAt: '2024-06-30T12:00:00+08:00', rowKey: '1', mappingVersion: 1 };
  const project: Change = {
    ...common,
    department: 'development',
    source: 'development',
    type: 'Project',
    key: [LIGHTS],
    op: 'UPDATED',
    changedFields: ['name'],
    before: { name: `照明${written - 1}` },
    after: { name },
  };
  await test.hub.changes.log.append({ changes: [project] });
  return name;
}

interface Session {
  /** Everything it got, in order. */
  readonly got: { readonly cursor: string; readonly after: { readonly name: string }; readonly node: { readonly code: string } }[];
  /** Breaks the connection off. */
  close(): void;
}

/** @param connect begins strictly after the cursor, or now */
async function survivesCuts(
  connect: (after: string | undefined) => Session,
): Promise<{ readonly got: readonly string[]; readonly expected: readonly string[] }> {
  const expected: string[] = [];
  const names: string[] = [];
  let cursor: string | undefined;
  for (let round = 0; round < 4; round++) {
    const session = connect(cursor);
    if (cursor === undefined) await new Promise((resolve) => setTimeout(resolve, 500)); // until it has begun
    for (let i = 0; i < 3; i++) expected.push(await change());
    await expect.poll(() => names.length + session.got.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(expected.length - 1);
    session.close();
    names.push(...session.got.map(({ after }) => after.name));
    expect(session.got.every(({ node }) => node.code === LIGHTS)).toBe(true);
    cursor = session.got.at(-1)?.cursor ?? cursor;
    // Nobody listens.
    for (let i = 0; i < 2; i++) expected.push(await change());
  }
  const last = connect(cursor);
  await expect.poll(() => names.length + last.got.length, { timeout: 10_000 }).toBe(expected.length);
  last.close();
  return { got: [...names, ...last.got.map(({ after }) => after.name)], expected };
}

describe('a subscriber that is cut off resumes without a gap', () => {
  it('with graphql-ws', async () => {
    const { got: all, expected } = await survivesCuts((after) => {
      const client = openClient(test.address);
      const got: Session['got'] = [];
      client.subscribe<Result>(
        { query: TEXT, variables: { after } },
        { next: ({ data }) => got.push(data?.projectChanges), error: () => undefined, complete: () => undefined },
      );
      return { got, close: () => client.terminate() };
    });
    expect(all).toEqual(expected);
  });

  it('with Apollo Client', async () => {
    const { got: all, expected } = await survivesCuts((after) => {
      const socket = openClient(test.address);
      const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
      const got: Session['got'] = [];
      const subscription = client
        .subscribe<Result>({ query: gql(TEXT), variables: { after } })
        .subscribe({ next: ({ data }) => got.push(data.projectChanges), error: () => undefined });
      return {
        got,
        close() {
          subscription.unsubscribe();
          socket.terminate();
        },
      };
    });
    expect(all).toEqual(expected);
  });

  it('with urql', async () => {
    const { got: all, expected } = await survivesCuts((after) => {
      const socket = openClient(test.address);
      const exchange = subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink as never) }),
        }),
      });
      const client = new Client({ url: `${test.address}/graphql`, exchanges: [exchange], preferGetMethod: false });
      const got: Session['got'] = [];
      const subscription = client.subscription(TEXT, { after }).subscribe(({ data }) => got.push((data as Result).projectChanges));
      return {
        got,
        close() {
          subscription.unsubscribe();
          socket.terminate();
        },
      };
    });
    expect(all).toEqual(expected);
  });

  it('with graphql-sse', async () => {
    const { got: all, expected } = await survivesCuts((after) => {
      const client = createSseClient({ url: `${test.address}/graphql/stream`, retryAttempts: 0 });
      const got: Session['got'] = [];
      client.subscribe<Result>(
        { query: TEXT, variables: { after } },
        { next: ({ data }) => got.push(data.projectChanges), error: () => undefined, complete: () => undefined },
      );
      return { got, close: () => client.dispose() };
    });
    expect(all).toEqual(expected);
  });

  it('with EventSource, which resumes by itself', async () => {
    const url = `${test.address}/graphql/stream?query=${encodeURIComponent('subscription { projectChanges { cursor after { name } node { code } } }')}`;
    const [got, ids, failures]: [string[], string[], unknown[]] = [[], [], []];
    let cut: (() => void) | undefined;
    const source = new EventSource(url, {
      // The browser's own fetch, whose connection can be broken off.
      fetch(input, init) {
        const controller = new AbortController();
        cut = () => controller.abort(new TypeError('cut'));
        return fetch(input, { ...init, signal: AbortSignal.any([controller.signal, ...(init.signal ? [init.signal as AbortSignal] : [])]) });
      },
    });
    source.addEventListener('next', ({ data, lastEventId }) => {
      got.push((JSON.parse(data) as Result).data.projectChanges.after.name);
      ids.push(lastEventId);
    });
    source.addEventListener('error', (error) => failures.push(error));
    await expect.poll(() => source.readyState).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 3; i++) expected.push(await change());
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(expected.length);
      cut?.();
      for (let i = 0; i < 2; i++) expected.push(await change());
      await expect.poll(() => got.length, { timeout: 10_000 }).toBe(expected.length);
    }
    source.close();
    expect(got).toEqual(expected);
    expect(new Set(ids).size).toBe(expected.length);
    expect(failures).toHaveLength(3);
  });
});

describe('stopping', () => {
  it('gives every subscriber its cursor and a clean end, without completing what it should take up again', async () => {
    const leaving = await startTestHub();
    const [closes, pings]: [{ code: number; reason: string }[], Result[]] = [[], []];
    const client = openClient(leaving.address, {
      on: { closed: (event) => closes.push(event as { code: number; reason: string }), ping: (_received, payload) => pings.push(payload) },
    });
    const quiet = follow(client.iterate({ query: 'subscription { paymentChanges { cursor } }' }));
    const stream = await fetch(`${leaving.address}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { projectChanges { cursor } }' }),
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const drained = leaving.hub.drain(5_000);
    const text = await stream.text();
    await drained;
    await expect.poll(() => closes.length).toBe(1);
    const cursor = /^id: (\S+)\n\n$/m.exec(text)?.[1];
    expect(cursor).toBeDefined();
    expect(text).not.toContain('complete');
    expect(closes[0]).toMatchObject({ code: 1001, reason: `SHUTTING_DOWN ${cursor}` });
    expect(Object.values(pings[0].cursors)).toEqual([cursor]);
    await quiet.ended();
  });
});
