/** Times without a zone that clocks never showed (summer time began), or showed twice: no page passes over them in silence, on any engine. */
import { describe, expect, it } from 'vitest';
import { LIBRARY_ENGINES, useLibrary } from '../helpers/library-engines.ts';

const SDL = `type Event @key(fields: "no") @authority(department: "library") {
  no: Int!
  at: DateTime
}
`;
const MAPPING = `source: library
types:
  Event: { rows: event, key: no, fields: { no: no, at: at } }
`;
/** Shanghai: 2:00 to 3:00 on 4 May 1986 never was, 1:00 to 2:00 on 14 September 1986 was twice. */
const TIMES = [
  null, '1986-05-04 01:30:00', '1986-05-04 02:10:00', '1986-05-04 02:45:00', '1986-05-04 03:05:00', '1986-05-04 03:30:00', '1986-05-04 03:50:00',
  '1986-09-14 00:30:00', '1986-09-14 01:15:00', '1986-09-14 01:45:00', '1986-09-14 02:15:00', '2024-02-29 12:00:00',
] as const; // prettier-ignore
/** No cursor is made of these. */
const SKIPPED = [2, 3];
const typeOf = { sqlite: 'datetime', postgres: 'timestamp', mariadb: 'datetime' } as const;

describe.each(LIBRARY_ENGINES)('local times, on %s', (engine) => {
  const rows = TIMES.map((time, i) => `(${i}, ${time === null ? 'null' : `'${time}'`})`);
  const load = [`create table event (no int primary key, at ${typeOf[engine]})`, `insert into event values ${rows.join(', ')}`];
  const library = useLibrary(engine, { sdl: SDL, mapping: MAPPING, load });

  it.each(['ASC', 'DESC'])('are passed over by no page that begins at a time that was, %s', async (direction) => {
    const told = TIMES.map((_, no) => no);
    if (direction === 'DESC') told.reverse();
    const list = (args: string): string => `events(orderBy: [{ at: ${direction} }], ${args})`;
    const beyond: unknown[] = [];
    for (const offset of told.keys()) {
      const { body } = await library.hub.post(`query ($offset: Int!) { ${list('first: 1, offset: $offset')} { pageInfo { endCursor } } }`, { offset });
      const after = body.data.events.pageInfo.endCursor;
      if (after === null) beyond.push(body.errors?.[0]?.extensions['code']);
      else {
        const { events } = await library.hub.data(`query ($after: String!) { ${list('first: 100, after: $after')} { nodes { no } } }`, { after });
        beyond.push(events.nodes.map(({ no }: { readonly no: number }) => no));
      }
    }
    expect(beyond).toEqual(told.map((no, offset) => (SKIPPED.includes(no) ? 'BAD_USER_INPUT' : told.slice(offset + 1))));
  });
});
