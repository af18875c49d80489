import { auditServer } from 'graphql-http';
import { expect, it } from 'vitest';
import { startTestHub } from '../helpers/hub.ts';

/**
 * Optional in the specification, and refused by the prevention of cross-site requests: a GET must carry `apollo-require-preflight`, which these do not.
 */
const REFUSED_ON_PURPOSE = ['5A70', 'D6D5', '6A70'];

it('passes every MUST and SHOULD of the GraphQL-over-HTTP audits', async () => {
  await using hub = await startTestHub();
  const results = await auditServer({ url: `${hub.address}/graphql` });
  expect(results.length).toBeGreaterThan(50);
  const failed = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`);
  expect(failed.filter((name) => !REFUSED_ON_PURPOSE.includes(name.slice(0, 4)))).toEqual([]);
  expect(failed.every((name) => / MAY /.test(name))).toBe(true);
});
