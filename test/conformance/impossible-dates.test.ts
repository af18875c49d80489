/** Days that do not exist but that an engine keeps: to clients they are missing, whatever is asked of them, and an issue of the data. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { useLibrary, type LibraryEngine } from '../helpers/library-engines.ts';
import { createSmallHub } from '../helpers/small-hub.ts';

const SDL = `type Event @key(fields: "no") @authority(department: "library") {
  no: Int!
  day: Date
  month: YearMonth
  asText: String
  at: DateTime
  dayOfAt: Date
  instant: DateTime
}
`;
const MAPPING = `source: library
types:
  Event:
    rows: event
    key: no
    fields: { no: no, day: d, month: d, asText: d, at: ts, dayOfAt: ts, instant: z }
`;
const FIELDS = 'no day month asText at dayOfAt instant';

type Cells = readonly [date: string | null, timestamp: string | null, zoned: string | null];

/** The first two are real; the third has none. */
const REAL: readonly Cells[] = [
  ['2023-02-28', '2023-02-28 01:00:00', '2023-02-28 01:00:00+08:00'],
  ['2024-02-29', '2024-02-29 23:59:59', '2024-02-29 23:59:59+08:00'],
  [null, null, null],
];
const IMPOSSIBLE: Readonly<Record<LibraryEngine, readonly Cells[]>> = {
  mariadb: [
    ['0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00'],
    ['0000-01-01', '0000-01-01 00:00:00', null],
  ],
  sqlite: [
    ['0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00+08:00'],
    ['2023-02-31', '2023-02-31 01:00:00', '2023-02-31 01:00:00+08:00'],
    ['2023-05-00', '2023-05-01 24:00:00', '2023-05-01 24:00:00+08:00'],
    ['bad"', 'bad"', 'bad"'],
    ['20230101', '2023-01-01 10:00:00x', '2023-01-01 10:00:00x'],
    ['', '', ''],
  ],
  postgres: [
    ['infinity', 'infinity', 'infinity'],
    ['-infinity', '-infinity', '-infinity'],
    ['0044-03-15 BC', '0044-03-15 00:00:00 BC', '0044-03-15 00:00:00+08 BC'],
    ['12024-01-01', '12024-01-01 00:00:00', '12024-01-01 00:00:00+08'],
  ],
};

const rowsOf = (engine: LibraryEngine): readonly (readonly [number, ...Cells])[] => [...REAL, ...IMPOSSIBLE[engine]].map((cells, i) => [i + 1, ...cells]);

describe.each(['sqlite', 'mariadb', 'postgres'] as const)('a key that holds a day which does not exist, on %s', (engine) => {
  const keys = [
    ['ByDay', 'Date', 'd'],
    ['ByMonth', 'YearMonth', 'd'],
    ['ByDayOfTime', 'Date', 'ts'],
    ['ByTime', 'DateTime', 'ts'],
    ['ByInstant', 'DateTime', 'z'],
  ] as const;
  const library = useLibrary(engine, {
    sdl: keys.map(([type, scalar]) => `type ${type} @key(fields: "at no") @authority(department: "library") { at: ${scalar}! no: Int! }\n`).join(''),
    mapping: `source: library\ntypes:\n${keys.map(([type, , column]) => `  ${type}: { rows: event, key: [${column}, no], fields: { at: ${column}, no: no } }\n`).join('')}`,
    load: loadOf(engine),
  });

  it.each(keys)('is none of %s, so that its row is no entity', async (type) => {
    const list = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}s`;
    const read = await library.hub.data(
      `{ ${list} { totalCount nodes { no } edges { node { at no } } groups(by: [{ field: NO }]) { key { no } } } printed: ${list} { nodes { at } } }`,
    );
    const numbers = [{ no: 1 }, { no: 2 }];
    expect(read[list]).toMatchObject({ totalCount: 2, nodes: numbers, edges: numbers.map((node) => ({ node })), groups: numbers.map((key) => ({ key })) });
    expect(read.printed.nodes).toEqual([{ at: expect.stringMatching(/^2023-02/) }, { at: expect.stringMatching(/^2024-02/) }]);
  });
});

describe.each(['sqlite', 'mariadb', 'postgres'] as const)('a day that does not exist, on %s', (engine) => {
  const library = useLibrary(engine, { sdl: SDL, mapping: MAPPING, load: loadOf(engine) });

  const all = rowsOf(engine).map(([no]) => no);
  const missing = all.slice(2);
  const impossible = all.slice(3);
  const found = async (args: string): Promise<number[]> => {
    const { events } = (await library.hub.data(`{ events(${args}) { nodes { no } } }`)) as { readonly events: { readonly nodes: readonly { no: number }[] } };
    return events.nodes.map(({ no }) => no);
  };
  const sorted = async (where: string): Promise<number[]> => (await found(`where: ${where}`)).toSorted((a, b) => a - b);

  it('is missing in lists, however they are printed', async () => {
    const nothing = { day: null, month: null, asText: null, at: null, dayOfAt: null, instant: null };
    const read = await library.hub.data(
      `{ printed: events { nodes { ${FIELDS} } } days: events { nodes { no day } } written: events { edges { node { ${FIELDS} } } } }`,
    );
    const nodes = read.printed.nodes as readonly object[];
    expect(nodes.slice(0, 2)).toEqual([
      {
        no: 1,
        day: '2023-02-28',
        month: '2023-02',
        asText: '2023-02-28',
        at: '2023-02-28T01:00:00+08:00',
        dayOfAt: '2023-02-28',
        instant: '2023-02-28T01:00:00+08:00',
      },
      {
        no: 2,
        day: '2024-02-29',
        month: '2024-02',
        asText: '2024-02-29',
        at: '2024-02-29T23:59:59+08:00',
        dayOfAt: '2024-02-29',
        instant: '2024-02-29T23:59:59+08:00',
      },
    ]);
    expect(nodes.slice(2)).toEqual(missing.map((no) => ({ no, ...nothing })));
    expect(read.written.edges.map(({ node }: { readonly node: object }) => node)).toEqual(nodes);
    expect(read.days.nodes).toEqual(nodes.map((node) => ({ no: (node as { no: number }).no, day: (node as { day: string | null }).day })));
  });

  it('is an issue of the data, told as the cell has it', async () => {
    const { dataIssues } = await library.hub.data('{ dataIssues(type: "Event", first: 200) { nodes { code field key rawValue } } }');
    const issues = dataIssues.nodes as readonly { code: string; field: string; key: string; rawValue: string }[];
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(['BAD_DATE']));
    expect(issues.filter(({ field }) => field === 'day').map(({ key, rawValue }) => [Number(key), rawValue])).toEqual(
      rowsOf(engine)
        .slice(3)
        .map(([no, day]) => [no, day]),
    );
    for (const field of ['month', 'at', 'dayOfAt']) expect(issues.filter((issue) => issue.field === field)).toHaveLength(impossible.length);
    expect(issues.filter(({ field }) => field === 'instant')).toHaveLength(IMPOSSIBLE[engine].filter(([, , zoned]) => zoned !== null).length);
  });

  it.each([
    ['day', '"0001-01-01"', '"9999-11-30"'],
    ['month', '"0001-01"', '"9999-11"'],
    ['dayOfAt', '"0001-01-01"', '"9999-11-30"'],
    ['at', '"0001-01-02T00:00:00Z"', '"9999-12-30T00:00:00Z"'],
    ['instant', '"0001-01-02T00:00:00Z"', '"9999-12-30T00:00:00Z"'],
  ])('meets no comparison of %s', async (field, first, last) => {
    const where = (test: string): string => `{ ${field}: { ${test} } }`;
    expect(await sorted(where(`gte: ${first}`))).toEqual([1, 2]);
    expect(await sorted(where(`gt: ${first}`))).toEqual([1, 2]);
    expect(await sorted(where(`lt: ${last}`))).toEqual([1, 2]);
    expect(await sorted(where(`lte: ${last}`))).toEqual([1, 2]);
    expect(await sorted(`{ not: { ${field}: { lt: ${first} } } }`)).toEqual([1, 2]);
    expect(await sorted(`{ not: { ${field}: { gt: ${last} } } }`)).toEqual([1, 2]);
  });

  it('does not hide those that exist', async () => {
    expect(await sorted('{ day: { lt: "2023-03-01" } }')).toEqual([1]);
    expect(await sorted('{ day: { in: ["2023-02-28", "2024-02-29"] } }')).toEqual([1, 2]);
    expect(await sorted('{ dayOfAt: { eq: "2024-02-29" } }')).toEqual([2]);
  });

  it('loses no row when pages are turned: each comes once, or an error says from where nobody can go on', async () => {
    for (const order of ['[{ day: ASC }]', '[{ day: DESC }]', '[{ at: ASC }]', '[{ instant: DESC }]']) {
      const turned: number[] = [];
      let problem: string | undefined;
      for (let after: string | null | undefined; after !== null && turned.length <= all.length;) {
        const { body } = await library.hub.post(
          `query ($after: String) { events(first: 1, after: $after, orderBy: ${order}) { nodes { no } pageInfo { hasNextPage endCursor } } }`,
          { after },
        );
        const { events } = body.data;
        turned.push(...events.nodes.map(({ no }: { readonly no: number }) => no));
        problem = body.errors?.[0]?.message;
        after = problem === undefined && events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null;
      }
      expect([order, new Set(turned).size]).toEqual([order, turned.length]);
      const isTold = engine !== 'sqlite' && problem?.includes('no cursor can be made') === true;
      expect([order, isTold || turned.toSorted((a, b) => a - b)]).toEqual([order, isTold || all]);
    }
  });

  it.skipIf(engine === 'sqlite')('makes a connection null whose edges need a cursor that cannot be made', async () => {
    const { body } = await library.hub.post(
      '{ events(first: 9, orderBy: [{ day: ASC }, { no: ASC }]) { nodes { no } pageInfo { hasNextPage } edges { at: cursor node { no } } } others: events(first: 1) { nodes { no } } }',
    );
    expect(body.data).toEqual({ events: null, others: { nodes: [{ no: 1 }] } });
    expect(body.errors).toMatchObject([{ path: ['events', 'edges', expect.any(Number), 'at'], message: expect.stringContaining('no cursor can be made') }]);
  });

  it('is shown in no group and no measure', async () => {
    const { events } = await library.hub.data('{ events { aggregate { min { day at } max { day at } } groups(by: [{ field: DAY }]) { key { day } } } }');
    const days = ['2023-02-28', '2024-02-29'];
    for (const { day, at } of [events.aggregate.min, events.aggregate.max])
      expect([...days, ...days.map((each) => each.slice(0, 4)), null]).toEqual(expect.arrayContaining([day, (at as string | null)?.slice(0, 4) ?? null]));
    expect(new Set(events.groups.map(({ key }: { readonly key: { readonly day: string | null } }) => key.day))).toEqual(new Set([null, ...days]));
  });

  // The others keep only `0000-00-00`, `infinity` and years that the hub has not; their columns stay bare in orders and groups, which indexes serve.
  describe.skipIf(engine !== 'sqlite')('to the source itself', () => {
    it.each(['day', 'month', 'asText', 'at', 'dayOfAt'])('is no value of %s', async (field) => {
      expect(await sorted(`{ ${field}: { isNull: true } }`)).toEqual(missing);
      expect(await sorted(`{ ${field}: { isNull: false } }`)).toEqual([1, 2]);
      expect(await found(`orderBy: [{ ${field}: ASC }]`)).toEqual([...missing, 1, 2]);
      expect(await found(`orderBy: [{ ${field}: DESC }]`)).toEqual([2, 1, ...missing]);
    });

    it('takes part in no order, and is passed by when pages are turned', async () => {
      const turned: number[] = [];
      let after: string | null = null;
      do {
        const { events } = await library.hub.data(
          'query ($after: String) { events(first: 2, after: $after, orderBy: [{ day: DESC }]) { nodes { no } pageInfo { hasNextPage endCursor } } }',
          { after },
        );
        turned.push(...events.nodes.map(({ no }: { readonly no: number }) => no));
        after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null;
      } while (after !== null);
      expect(turned).toEqual([2, 1, ...missing]);
    });

    it('counts in no measure, and makes one group with what is missing', async () => {
      const { events } = await library.hub.data(`{ events {
        aggregate { countDistinct { day at } min { day at } max { day at } }
        days: groups(by: [{ field: DAY, truncate: MONTH }]) { key { day } aggregate { count } }
        times: groups(by: [{ field: AT, truncate: YEAR }]) { key { at } aggregate { count } }
        months: groups(by: [{ field: MONTH }]) { key { month } aggregate { count } }
      } }`);
      expect(events.aggregate).toEqual({
        countDistinct: { day: 2, at: 2 },
        min: { day: '2023-02-28', at: '2023-02-28T01:00:00+08:00' },
        max: { day: '2024-02-29', at: '2024-02-29T23:59:59+08:00' },
      });
      const counts = (groups: readonly { readonly key: object; readonly aggregate: { readonly count: number } }[]): unknown[] =>
        groups.map(({ key, aggregate }) => [...Object.values(key), aggregate.count]);
      expect(new Set(counts(events.days))).toEqual(new Set([[null, missing.length], ['2023-02-01', 1], ['2024-02-01', 1]])); // prettier-ignore
      expect(counts(events.times)).toContainEqual([null, missing.length]);
      expect(new Set(counts(events.months))).toEqual(new Set([[null, missing.length], ['2023-02', 1], ['2024-02', 1]])); // prettier-ignore
    });
  });
});

it('takes a day in a timestamp column of SQLite for its midnight', async () => {
  await using small = createSmallHub();
  small.write('schema/book.graphql', SDL);
  small.write('library/mapping.yaml', MAPPING);
  using database = new DatabaseSync(`${small.folder}/library.sqlite`);
  database.exec("create table event (no int primary key, d date, ts datetime, z timestamptz); insert into event values (1, null, '2024-02-29', '2024-02-29')");
  await using hub = await small.start();
  const midnight = '2024-02-29T00:00:00+08:00';
  const { events } = await hub.data(`{ events(where: { at: { lte: "${midnight}" } }) { nodes { at dayOfAt instant } } }`);
  expect(events.nodes).toEqual([{ at: midnight, dayOfAt: '2024-02-29', instant: midnight }]);
});

const COLUMNS: Readonly<Record<LibraryEngine, string>> = {
  sqlite: 'd date, ts datetime, z timestamptz',
  mariadb: 'd date, ts datetime, z timestamp null',
  postgres: 'd date, ts timestamp, z timestamptz',
};

function loadOf(engine: LibraryEngine): string[] {
  const isMariadb = engine === 'mariadb';
  const cell = (value: string | number | null): string =>
    value === null ? 'null' : typeof value === 'number' ? String(value) : `'${isMariadb ? value.replace('+08:00', '') : value}'`;
  return [
    ...(isMariadb ? ["set time_zone = '+08:00', sql_mode = 'ALLOW_INVALID_DATES'"] : []),
    `create table event (no int primary key, ${COLUMNS[engine]})`,
    ...rowsOf(engine).map((row) => `insert into event values (${row.map(cell).join(', ')})`),
  ];
}
