/** An order by a column that holds no nulls is the bare column's, so that the database takes it from an index. */
import { describe, expect, it } from 'vitest';
import { send } from '../helpers/hub.ts';
import { useLibrary } from '../helpers/library-engines.ts';

const SDL = `type Event @key(fields: "no") @authority(department: "library") {
  no: Int!
  day: Date
  at: DateTime
  amount: Decimal
}
`;
const MAPPING = `source: library
types:
  Event: { rows: event, key: no, fields: { no: no, day: day, at: at, amount: amount } }
`;
const CREATE = 'create table event (no integer not null primary key, day date not null, at timestamp not null, amount decimal(9,2) not null)';

const ORDERED = { postgres: ['day', 'at', 'amount', 'no'], mariadb: ['day', 'at', 'amount', 'no'] };

describe.each(['postgres', 'mariadb'] as const)('an order by a column without nulls, on %s', (engine) => {
  const library = useLibrary(engine, { sdl: SDL, mapping: MAPPING, load: [CREATE] });

  it.each(ORDERED[engine].flatMap((name) => [`${name} ASC`, `${name} DESC`]))('is of the bare column: %s', async (order) => {
    const [name = '', direction = ''] = order.split(' ');
    const query = `{ events(orderBy: [{ ${name}: ${direction} }], first: 3) { nodes { no } } }`;
    const { body } = await send(`${library.hub.address}/graphql`, { query, extensions: { explain: true } });
    const [{ statement }] = body.extensions.explain.fetches;
    const asked = /order by (.*) limit/.exec(statement.replaceAll(/["`]/g, ''))?.[1]?.replaceAll(/t1\.|::numeric/g, '');
    const own = `${name}${direction === 'DESC' ? ' desc' : ''}`;
    expect(asked).toBe(name === 'no' ? own : `${own}, no`);
  });
});
