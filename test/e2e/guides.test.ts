import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

const guide = readFileSync(new URL('../../docs/guides/app-developer.md', import.meta.url), 'utf8');
const operations = [...guide.matchAll(/^```graphql\n([\s\S]+?)^```/gm)].map(([, text = '']) => text);

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

it.each(operations)('operation %# of the app developer’s guide runs', async (text) => {
  const { data, errors } = (await hub.post(text)).body;
  expect([data, errors]).toEqual([expect.any(Object), undefined]);
});
