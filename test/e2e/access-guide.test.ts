import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { as, PEOPLE, type Person } from '../helpers/people.ts';

const guide = readFileSync(new URL('../../docs/guides/access.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)(?: (.*))?\n([^]*?)^```$/gm)].map(([, lang = '', info = '', text = '']) => ({ lang, info, text }));
const steps = blocks.flatMap((block, i) => {
  if (block.lang !== 'graphql') return [];
  const [person = '', purpose] = block.info.split(' ');
  const next = blocks[i + 1];
  return [{ person, purpose, text: block.text, expected: next?.lang === 'json' ? (JSON.parse(next.text) as unknown) : undefined }];
});

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

it.each(steps.map((step, i) => [i, step.person, step] as const))('step %i of the guide to access, as %s', async (_i, person, { purpose, text, expected }) => {
  const headers = person in PEOPLE ? await as(hub, person as Person, purpose) : {};
  const { body } = await hub.post(text, {}, headers);
  for (const error of body.errors ?? []) {
    delete error.extensions['requestId'];
    delete (error as { locations?: unknown }).locations;
  }
  expect(body).toEqual(expected ?? { data: body.data as unknown });
});
