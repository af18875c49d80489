import { expect, it } from 'vitest';
import { follow, openClient } from '../helpers/subscriber.ts';
import { createSmallHub } from '../helpers/small-hub.ts';

const NEVER = 'changes of Book are not captured, so nothing would ever be told; the operator sets "changes" of their sources in hub.yaml';

it.each(['{ bookChanges { op } }', '{ bookChanges(where: { pages: { gt: 5 } }) { op } }', '{ changes { op } }', '{ changes(types: [BOOK]) { op } }'])(
  'refuses %s where nothing is captured, instead of letting it wait for ever',
  async (selection) => {
    await using small = createSmallHub();
    await using running = await small.start();
    const client = openClient(running.address);
    const failure = await follow(client.iterate({ query: `subscription ${selection}` })).ended();
    expect(failure).toMatchObject([{ message: NEVER, extensions: { code: 'BAD_USER_INPUT' } }]);
    await client.dispose();
  },
);
