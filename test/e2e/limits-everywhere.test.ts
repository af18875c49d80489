import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../helpers/hub.ts';
import { openTransports, type Asked, type Transports } from '../helpers/transports.ts';

let hub: TestHub;
let transports: Transports;
beforeAll(async () => {
  hub = await startTestHub();
  transports = openTransports(hub.address);
});
afterAll(async () => {
  await transports[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

const CODE = '2301-320500-04-01-123456';
const times = (count: number, make: (index: number) => string): string => Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** A selection on Query in which a number stands where a variable may stand too. */
function valued(type: string, select: (value: string) => string, valueOf: (count: number) => unknown = (count) => count) {
  const text = (count: number): string => JSON.stringify(valueOf(count));
  return {
    literal: (count: number): Asked => ({ query: `{ ${select(text(count))} }` }),
    variable: (count: number): Asked => ({ query: `query($n: ${type}) { ${select('$n')} }`, variables: { n: valueOf(count) } }),
    'default of a variable': (count: number): Asked => ({ query: `query($n: ${type} = ${text(count)}) { ${select('$n')} }` }),
    fragment: (count: number): Asked => ({ query: `{ ...F } fragment F on Query { ${select(text(count))} }` }),
    'variable in a fragment': (count: number): Asked => ({
      query: `query($n: ${type}) { ...F } fragment F on Query { ${select('$n')} }`,
      variables: { n: valueOf(count) },
    }),
    'inline fragment': (count: number): Asked => ({ query: `{ ... on Query { ${select(text(count))} } }` }),
  };
}

/** A selection on Query whose form counts. */
function formed(select: (count: number) => string, whole = 0) {
  return {
    literal: (count: number): Asked => ({ query: `{ ${select(count)} }` }),
    fragment: (count: number): Asked => ({ query: `{ ...F } fragment F on Query { ${select(count - whole)} }` }),
    'inline fragment': (count: number): Asked => ({ query: `{ ... on Query { ${select(count)} } }` }),
  };
}

const nested = (levels: number): string => {
  const path = Array.from({ length: levels - 1 }, (_, i) => (i === 0 ? `project(code: "${CODE}")` : (['payments', 'nodes', 'project'][(i - 1) % 3] ?? '')));
  return `${path.map((name) => `${name} {`).join(' ')} __typename ${'}'.repeat(path.length)}`;
};

/** A filter with so many fields of input objects. */
const filterOf = (count: number): object => ({
  and: Array.from({ length: Math.floor((count - 1) / 2) }, (_, i) => ({ name: { ne: `${i}`, ...(i === 0 && count % 2 === 0 ? { contains: '' } : {}) } })),
});

const LIMITS: readonly (readonly [name: string, limit: number, code: string, encodings: Readonly<Record<string, (count: number) => Asked>>])[] = [
  ['depth', 10, 'LIMIT_DEPTH', formed(nested)],
  ['aliases', 20, 'LIMIT_ALIASES', formed((count) => `hub { ${times(count, (i) => `a${i}: version`)} }`)],
  ['rootFields', 10, 'LIMIT_ALIASES', formed((count) => times(count, (i) => `a${i}: __typename`))],
  ['directives', 20, 'LIMIT_ALIASES', formed((count) => `hub { ${times(count, () => 'version @include(if: true)')} }`)],
  // The field `hub` is one of them.
  [
    'selections',
    2_000,
    'LIMIT_COST',
    {
      'a fragment over and over': (count) => ({
        query: `{ hub { ${times(Math.floor((count - 1) / 100), () => '...F')} ${times((count - 1) % 100, () => 'version')} } } fragment F on Hub { ${times(100, () => 'version')} }`,
      }),
    },
  ],
  ['tokens', 2_000, 'LIMIT_TOKENS', { literal: (count) => ({ query: `{nodes(ids:[${times(count - 12, () => '1')}]){id}}` }) }],
  [
    'cost',
    1_000,
    'LIMIT_COST',
    valued(
      'Int',
      (page) => `projects(first: 100) { nodes { payments(first: ${page}) { nodes { amount } } } }`,
      (cost) => cost - 903,
    ),
  ],
  ['pageMax', 200, 'LIMIT_PAGE', valued('Int', (page) => `projects(first: ${page}) { nodes { code } }`)],
  ['offsetMax', 10_000, 'LIMIT_PAGE', valued('Int', (offset) => `projects(offset: ${offset}) { nodes { code } }`)],
  [
    'inMax',
    250,
    'LIMIT_PAGE',
    valued(
      '[ProjectCode!]',
      (codes) => `projects(where: { code: { in: ${codes} } }) { nodes { code } }`,
      (count) => Array.from({ length: count }, () => CODE),
    ),
  ],
  [
    'fields of input objects',
    500,
    'LIMIT_COST',
    {
      variable: (count) => ({
        query: 'query($w: ProjectWhere) { projects(where: $w) { nodes { code } } }',
        variables: { w: filterOf(count) },
      }),
      'variable in a fragment, used twice': (count) => ({
        query: `query($w: ProjectWhere!) { ...F } fragment F on Query { a: projects(where: $w) { totalCount } b: projects(where: { and: [$w] }${count % 2 === 0 ? ', orderBy: [{ name: ASC }]' : ''}) { totalCount } }`,
        variables: { w: filterOf(Math.floor((count - 1) / 2)) },
      }),
    },
  ],
];

const cases = LIMITS.flatMap(([name, limit, code, encodings]) =>
  Object.entries(encodings).map(([encoding, make]) => [name, limit, encoding, code, make] as const),
);

it.each(cases)('%s: %i, by %s, holds exactly, over every transport and persisted', async (name, limit, encoding, code, make) => {
  const refuses = async (asked: Asked): Promise<Readonly<Record<string, boolean>>> => {
    const { query = '', ...rest } = asked;
    const persisted = { ...rest, extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } } };
    const id = `${name}-${createHash('sha256')
      .update(encoding + query)
      .digest('hex')}`;
    const any = { schema: hub.hub.federation.generation().schema, rules: [], maxTokens: 1_000_000 };
    const pushed = await hub.hub.documents.push('limits', [{ id, document: query }], { check: any, by: 'test' });
    expect(pushed.problems).toEqual([]);
    const outcomes: Record<string, boolean> = {};
    for (const [transport, ask] of transports.all) {
      outcomes[transport] = (await ask(asked)).codes.includes(code);
      await ask({ query, ...persisted });
      outcomes[`${transport}, by hash`] = (await ask(persisted)).codes.includes(code);
      outcomes[`${transport}, trusted`] = (await ask({ ...rest, documentId: id })).codes.includes(code);
    }
    return outcomes;
  };
  expect(Object.entries(await refuses(make(limit))).filter(([, refused]) => refused)).toEqual([]);
  expect(Object.entries(await refuses(make(limit + 1))).filter(([, refused]) => !refused)).toEqual([]);
});
