/** Keys of a field that has shorter numbers than its column: found by the column's index, and those out of the field's range are nobody's. */
import { describe, expect, it } from 'vitest';
import { send } from '../helpers/hub.ts';
import { LIBRARY_ENGINES, useLibrary } from '../helpers/library-engines.ts';

const SDL = `type Event @key(fields: "no") @authority(department: "library") {
  no: Int!
  parentNo: Int
  parent: Event @relation(fields: ["parentNo"], references: ["no"])
  children: [Event!] @relation(fields: ["no"], references: ["parentNo"])
}
`;
const MAPPING = `source: library
types:
  Event: { rows: event, key: no, fields: { no: no, parentNo: parent } }
`;
const ROWS = [[1, null], [2, 1], [3, '99999999999'], ['99999999999', 1], ['4294967297', 2]] as const; // prettier-ignore
const LOAD = [
  'create table event (no bigint primary key, parent bigint)',
  `insert into event values ${ROWS.map(([no, parent]) => `(${no}, ${parent ?? 'null'})`).join(', ')}`,
];

describe.each(LIBRARY_ENGINES)('a key of fewer bits than its column, on %s', (engine) => {
  const library = useLibrary(engine, { sdl: SDL, mapping: MAPPING, load: LOAD });

  it('finds its row, its parent and its children, and nothing out of range', async () => {
    const one = 'query ($no: Int!) { event(no: $no) { no parent { no } children { nodes { no } } } }';
    expect(await library.hub.data(one, { no: 1 })).toEqual({ event: { no: 1, parent: null, children: { nodes: [{ no: 2 }] } } });
    expect(await library.hub.data(one, { no: 2 })).toEqual({ event: { no: 2, parent: { no: 1 }, children: { nodes: [] } } });
    expect(await library.hub.data(one, { no: 3 })).toEqual({ event: { no: 3, parent: null, children: { nodes: [] } } });
    expect(await library.hub.data('query ($no: Int!) { events(where: { parentNo: { eq: $no } }) { nodes { no } } }', { no: 1 })).toEqual({
      events: { nodes: [{ no: 2 }] },
    });
  });

  it('is looked for in the column itself', async () => {
    const query = 'query ($no: Int!) { event(no: $no) { no } events(where: { parentNo: { eq: $no } }) { nodes { no } } }';
    const { body } = await send(`${library.hub.address}/graphql`, { query, variables: { no: 1 }, extensions: { explain: true } });
    const statements = body.extensions.explain.fetches.map(({ statement }: { readonly statement: string }) => statement.replaceAll(/[()"`]|"?t1"?\./g, ''));
    expect(statements).toHaveLength(2);
    // Told in the order in which they were answered.
    for (const column of ['no', 'parent']) expect(statements).toContainEqual(expect.stringMatching(new RegExp(`(where|and) (t1\\.)?${column} = `)));
  });
});
