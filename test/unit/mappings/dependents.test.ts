import { expect, it } from 'vitest';
import type { Editor } from '../../../mappings/editor.ts';
import type { RegisteredDocument } from '../../../mappings/draft-bench.ts';
import { createMappings } from '../../../mappings/mappings.ts';
import { openStore } from '../../../store/open-store.ts';
import { createLog } from '../../../server/log.ts';
import { follow, openClient } from '../../helpers/subscriber.ts';
import { FULL_RIGHTS } from '../../../schema/model/rights.ts';
import { createSmallHub, SMALL_MAPPING } from '../../helpers/small-hub.ts';

const editor: Editor = { subject: '王', roles: [], unverified: 'developer' };

it('says which registered documents, webhooks, running subscriptions and operations a draft touches or breaks, and tries the documents', async () => {
  await using small = createSmallHub({ env: { LIBRARY_CHANGES: 'poll' } });
  await using running = await small.start();
  const { hub } = running;
  const store = await openStore(`sqlite:${small.folder}/hub.sqlite`);
  const documents: RegisteredDocument[] = [
    { id: '1', name: 'Thick', document: 'query Thick { books(where: { pages: { gt: 400 } }) { nodes { isbn pages } } }' },
    { id: '2', name: 'Titles', document: 'query Titles { books { nodes { title } } }' },
    { id: '3', name: 'Authors', document: 'query Authors { books { nodes { author } } }' },
  ];
  await using mappings = createMappings({
    configuration: hub.configuration,
    federation: hub.federation,
    store,
    clock: () => new Date(),
    log: createLog('silent'),
    documents: () => documents,
  });
  const webhook = {
    id: 'w',
    url: 'https://example.org',
    variables: '{}',
    principal: '{}',
    createdAt: '2024-01-01',
    expiresAt: '2099-01-01',
    cursor: null,
    problem: null,
  };
  await store.webhooks.add({ ...webhook, name: 'shelf', query: 'subscription { bookChanges { after { pages } } }' });
  using _listening = mappings.usage.follow('subscription Screen { bookChanges { after { author } } }', 'Screen');
  const text = SMALL_MAPPING.replace('pages: pages', 'pages: { column: pages, scale: "10" }').replace('author: author, ', '');
  const made = await mappings.drafts.create({ title: '十倍', editor });
  const draft = await mappings.drafts.save({
    id: made.id,
    revision: made.revision,
    editor,
    files: [{ part: 'mappings', path: 'library/mapping.yaml', text }],
  });
  const signal = AbortSignal.timeout(30_000);
  const { impacts } = await mappings.bench.compare(draft.id, signal);
  expect(impacts.map(({ kind, name, touches, breaks }) => [kind, name, touches, breaks.length > 0])).toEqual([
    ['document', 'Thick', ['Book.pages'], false],
    ['document', 'Authors', ['Book.author'], true],
    ['subscription', 'webhook shelf', ['Book.pages'], false],
    ['subscription', 'Screen', ['Book.author'], true],
  ]);
  const trials = await mappings.bench.lab(draft.id, 20, FULL_RIGHTS, signal);
  expect(trials.map(({ name, outcome, liveRows, draftRows, changed }) => [name, outcome, liveRows, draftRows, changed])).toEqual([
    ['Thick', 'differs', 1, 3, 6],
    ['Titles', 'same', 3, 3, 0],
    ['Authors', 'invalid', 0, 0, 0],
  ]);
  await store.close();
});

it('knows who listens while they listen', async () => {
  await using small = createSmallHub({ env: { LIBRARY_CHANGES: 'poll' } });
  await using running = await small.start();
  const client = openClient(running.address);
  const subscriber = follow(client.iterate({ query: 'subscription Screen { bookChanges { cursor } }' }));
  await expect.poll(() => running.hub.mappings.usage.subscriptions().map(({ name }) => name)).toEqual(['Screen']);
  await subscriber.leave();
  await expect.poll(() => running.hub.mappings.usage.subscriptions()).toEqual([]);
  await client.dispose();
});
