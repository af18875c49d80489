import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, CatalogTable } from '../../../schema/model/catalog.ts';
import type { Connector } from '../../../connectors/spi/connector.ts';
import type { Child, Expr, Predicate, Query, RowSet } from '../../../connectors/spi/ir.ts';
import { ENGINES } from './servers.ts';

const call = () => ({ signal: new AbortController().signal, timeoutMs: 15_000, maxRows: 1000 });

const DDL = {
  postgres: [
    "create type mood as enum ('calm', '急')",
    'create domain text_code as varchar(8)',
    'create domain code as text_code',
    `create table odd (id bigint primary key, feeling mood, tags text[], flags bit(3), doc xml, price money, ref uuid, raw bytea, data json, small smallint, ratio real, span interval,
       name code not null, padded char(6), at time, made timestamptz, spot point)`,
    `insert into odd values (9007199254740993, '急', '{a,"b c"}', B'101', '<a>1</a>', 1234.5, '6F9619FF-8B86-D011-B42D-00CF4FC964FF', '\\x00ff', '{"a": 1.50}', -1, 0.1, '1 day', '甲', 'ab', '08:30', '2024-01-01 00:00:00.5+00', '(1,2)')`,
    "comment on table odd is '怪表'",
    "comment on column odd.price is '价格(元)'",
    'create table parent (a int, b text, primary key (a, b))',
    'create table child (id int primary key, a int, b text, code text unique, foreign key (a, b) references parent (a, b))',
    'create index on child (b)',
    'create index on child (lower(code))',
    "create index on child (a) where b = 'x'",
    'create view both_views as select id, name from odd',
    'create schema other; create table other.elsewhere (id int)',
  ],
  mysql: [
    `create table odd (id bigint primary key, feeling enum('calm', '急'), tags set('a', 'b'), flags bit(3), bool bit(1), yes tinyint(1), price decimal(38, 4), ref uuid, raw varbinary(10), data json, small smallint,
       big bigint unsigned, ratio float, name varchar(8) character set gbk not null, padded char(6), at time, made timestamp null, y year, spot point) character set utf8mb4 comment '怪表'`,
    "set time_zone = '+08:00'",
    `insert into odd values (9007199254740993, '急', 'a,b', b'101', b'1', 2, 1234.5, '6F9619FF-8B86-D011-B42D-00CF4FC964FF', x'00ff', '{"a": 1.50}', -1,
       18446744073709551615, 0.1, '甲', 'ab', '08:30', '2024-01-01 08:00:00', 2024, point(1, 2))`,
    "alter table odd modify price decimal(38, 4) comment '价格(元)'",
    'create table parent (a int, b varchar(20), primary key (a, b)) character set utf8mb4',
    'create table child (id int primary key, a int, b varchar(20), code varchar(20) unique, foreign key (a, b) references parent (a, b), key (b), key (code(3))) character set utf8mb4',
    'create view both_views as select id, name from odd',
  ],
} as const;

const EXPECTED = {
  postgres: {
    id: [{ kind: 'integer', bits: 64 }, '9007199254740993'],
    feeling: [{ kind: 'text' }, '急'],
    tags: [{ kind: 'other', native: 'text[]' }, '{a,"b c"}'],
    flags: [{ kind: 'other', native: 'bit(3)' }, '101'],
    doc: [{ kind: 'other', native: 'xml' }, '<a>1</a>'],
    price: [{ kind: 'decimal', scale: 2 }, '1234.50'],
    ref: [{ kind: 'uuid' }, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
    raw: [{ kind: 'binary' }, '00ff'],
    data: [{ kind: 'json' }, '{"a": 1.50}'],
    small: [{ kind: 'integer', bits: 16 }, -1],
    ratio: [{ kind: 'float' }, 0.1],
    span: [{ kind: 'other', native: 'interval' }, 'P1D'],
    name: [{ kind: 'text', maxLength: 8 }, '甲'],
    padded: [{ kind: 'text', padded: true, maxLength: 6 }, 'ab'],
    at: [{ kind: 'time' }, '08:30:00'],
    made: [{ kind: 'timestamp', zoned: true }, '2024-01-01 08:00:00.5+08:00'],
    spot: [{ kind: 'other', native: 'point' }, '(1,2)'],
  },
  mysql: {
    id: [{ kind: 'integer', bits: 64 }, '9007199254740993'],
    feeling: [{ kind: 'text', charset: 'utf8mb4' }, '急'],
    tags: [{ kind: 'text', charset: 'utf8mb4' }, 'a,b'],
    flags: [{ kind: 'other', native: 'bit(3)' }, '101'],
    bool: [{ kind: 'boolean' }, true],
    yes: [{ kind: 'boolean' }, true],
    price: [{ kind: 'decimal', scale: 4 }, '1234.5000'],
    ref: [{ kind: 'uuid' }, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
    raw: [{ kind: 'binary' }, '00ff'],
    data: [{ kind: 'json' }, '{"a": 1.50}'],
    small: [{ kind: 'integer', bits: 16 }, -1],
    big: [{ kind: 'decimal', scale: 0 }, '18446744073709551615'],
    ratio: [{ kind: 'float' }, 0.1],
    name: [{ kind: 'text', charset: 'gbk', maxLength: 8 }, '甲'],
    padded: [{ kind: 'text', padded: true, charset: 'utf8mb4', maxLength: 6 }, 'ab'],
    at: [{ kind: 'time' }, '08:30:00'],
    made: [{ kind: 'timestamp', zoned: true }, '2024-01-01 08:00:00+08:00'],
    y: [{ kind: 'integer', bits: 16 }, 2024],
    spot: [{ kind: 'other', native: 'point' }, 'POINT(1 2)'],
  },
} as const;

const rowsOf = ({ schema, name, columns, indexedColumns }: CatalogTable): RowSet => ({
  kind: 'table',
  ...(schema === undefined ? {} : { schema }),
  table: name,
  columns: columns.map((column) => ({ name: column.name, type: column.type, indexed: indexedColumns.includes(column.name), nullable: column.nullable })),
});
const columnOf = (table: CatalogTable, name: string): Expr => ({
  kind: 'column',
  column: name,
  type: table.columns.find((column) => column.name === name)!.type,
});

describe.each(ENGINES)('native types of $kind', (engine) => {
  let database: Awaited<ReturnType<typeof engine.create>>;
  let connector: Connector;
  let catalog: Catalog;
  const tableOf = (name: string): CatalogTable => catalog.tables.find((table) => table.name === name)!;

  beforeAll(async () => {
    database = await engine.create();
    await engine.execute(database.url, DDL[engine.kind]);
    if (engine.kind === 'mysql') {
      await engine.execute(database.url, [
        'create table gbk_names (code varchar(20) primary key) character set gbk collate gbk_bin',
        "insert into gbk_names values ('甲 '), ('AB')",
        'create table unicode_names (code varchar(20), key (code)) character set utf8mb4 collate utf8mb4_unicode_ci',
        "insert into unicode_names values ('甲'), ('甲 '), ('ab'), ('AB'), ('AB ')",
        'create table general_names (code varchar(20), key (code)) character set utf8mb4 collate utf8mb4_general_ci',
        "insert into general_names values ('甲'), ('Ab'), ('AB')",
      ]);
    }
    connector = engine.open({
      source: 's',
      department: 'd',
      kind: engine.kind,
      url: database.url,
      pool: { max: 2, queue: 10, acquireMs: 5000, connectMs: 5000 },
      timeZone: 'Asia/Shanghai',
    });
    catalog = await connector.introspect(call());
  });
  afterAll(async () => {
    await connector?.close();
    await database?.drop();
  });

  it('maps types it knows, leaves others to be read as text, and reads each in wire form', async () => {
    const odd = tableOf('odd');
    const expected = EXPECTED[engine.kind] as Readonly<Record<string, readonly [object, unknown]>>;
    expect(odd.comment).toBe('怪表');
    expect(odd.columns.map(({ name }) => name)).toEqual(Object.keys(expected));
    const columns = Object.keys(expected).map((name) => columnOf(odd, name));
    const query: Query = { rows: rowsOf(odd), columns, orderBy: [], children: [] };
    const list: Child = { kind: 'many', on: [{ outer: columns[0]!, inner: columns[0]! }], query };
    const [row] = await connector.prepare({ kind: 'rows', query: { ...query, children: [list] } }).run({}, call());
    const nested = row!.pop();
    expect(Object.fromEntries(row!.map((value, index) => [odd.columns[index]!.name, value]))).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, [, value]]) => [name, value])),
    );
    expect(nested).toEqual([row]);
    expect(odd.columns.map(({ name, type }) => ({ name, type }))).toMatchObject(Object.entries(expected).map(([name, [type]]) => ({ name, type })));
    expect(odd.columns.find(({ name }) => name === 'price')).toMatchObject({ comment: '价格(元)', nullable: true });
    expect(odd.columns.find(({ name }) => name === 'name')!.nullable).toBe(false);
  });

  it('finds each value again by equality and in a list', async () => {
    const odd = tableOf('odd');
    const expected = EXPECTED[engine.kind] as Readonly<Record<string, readonly [object, unknown]>>;
    for (const [name, [, value]] of Object.entries(expected)) {
      const { type } = odd.columns.find((column) => column.name === name)!;
      if (type.kind === 'json' || type.kind === 'float') continue;
      const left = columnOf(odd, name);
      const right: Expr = { kind: 'literal', value: value as string, type };
      for (const where of [
        { kind: 'compare', op: 'eq', left, right },
        { kind: 'inList', value: left, list: 'values', negated: false },
      ] satisfies Predicate[]) {
        const query: Query = { rows: rowsOf(odd), columns: [], where, orderBy: [], children: [] };
        expect(await connector.prepare({ kind: 'rows', query }).run({ lists: { values: [value as string] } }, call()), `${name} ${where.kind}`).toHaveLength(1);
      }
    }
  });

  it('knows keys, foreign keys, views and what a look-up is cheap on', () => {
    expect(tableOf('parent').primaryKey).toEqual(['a', 'b']);
    expect(tableOf('child')).toMatchObject({
      kind: 'table',
      primaryKey: ['id'],
      uniqueKeys: [['code']],
      foreignKeys: [{ columns: ['a', 'b'], table: { name: 'parent' }, references: ['a', 'b'] }],
    });
    expect(new Set(tableOf('child').indexedColumns)).toEqual(new Set(engine.kind === 'mysql' ? ['id', 'a', 'b', 'code'] : ['id', 'b', 'code']));
    expect(tableOf('both_views')).toMatchObject({ kind: 'view', primaryKey: [], indexedColumns: [] });
  });

  it('reads the same for an account that may only read', async () => {
    const { pathname } = new URL(database.url);
    const reader = `reader${pathname.slice(-10)}`;
    const rights =
      engine.kind === 'postgres'
        ? [
            `create role ${reader} login password 'reader'`,
            `grant usage on schema other to ${reader}`,
            ...['public', 'other'].map((schema) => `grant select on all tables in schema ${schema} to ${reader}`),
          ]
        : [`create user ${reader}@'%' identified by 'reader'`, ...catalog.tables.map(({ name }) => `grant select on ${name} to ${reader}@'%'`)];
    await engine.execute(database.url, rights);
    const narrow = engine.open({
      source: 's',
      department: 'd',
      kind: engine.kind,
      url: database.url.replace(/\/\/[^@]+@/, `//${reader}:reader@`),
      pool: { max: 1, queue: 1, acquireMs: 5000, connectMs: 5000 },
      timeZone: 'Asia/Shanghai',
    });
    expect(await narrow.introspect(call())).toEqual(catalog);
    await narrow.close();
    await engine.execute(database.url, engine.kind === 'postgres' ? [`drop owned by ${reader}`, `drop role ${reader}`] : [`drop user ${reader}@'%'`]);
  });

  it.runIf(engine.kind === 'postgres')('reads the schemas that it is told to', async () => {
    expect(new Set(catalog.tables.map(({ schema }) => schema))).toEqual(new Set(['public', 'other']));
    const narrow = engine.open({
      source: 's',
      department: 'd',
      kind: engine.kind,
      url: database.url,
      schemas: ['other'],
      pool: { max: 1, queue: 1, acquireMs: 5000, connectMs: 5000 },
      timeZone: 'Asia/Shanghai',
    });
    expect((await narrow.introspect(call())).tables.map(({ name }) => name)).toEqual(['elsewhere']);
    await narrow.close();
  });

  it.runIf(engine.kind === 'mysql')('relates text of different character sets and collations exactly', async () => {
    const related = async (outer: string, inner: string): Promise<unknown> => {
      const [a, b] = [tableOf(outer), tableOf(inner)];
      const code: Expr = { kind: 'column', column: 'code', type: { kind: 'text' } };
      const child: Child = { kind: 'many', on: [{ outer: code, inner: code }], query: { rows: rowsOf(b), columns: [code], orderBy: [], children: [] } };
      const query: Query = { rows: rowsOf(a), columns: [code], orderBy: [{ value: code, direction: 'asc', nulls: 'first' }], children: [child] };
      const nested = await connector.prepare({ kind: 'rows', query }).run({}, call());
      const keys = nested.map(([key], index) => [index, key as string] as const);
      const batch = await connector
        .prepare({
          kind: 'batch',
          keys: [{ name: 'k0', type: { kind: 'text' } }],
          children: [{ ...child, on: [{ outer: { ...code, column: 'k0' }, inner: code }] }],
        })
        .run({ keys }, call());
      expect(batch.map(([list]) => list)).toEqual(nested.map(([, list]) => list));
      return nested;
    };
    expect(await related('general_names', 'unicode_names')).toEqual([
      ['AB', [['AB']]],
      ['Ab', []],
      ['甲', [['甲']]],
    ]);
    expect(await related('unicode_names', 'gbk_names')).toEqual([
      ['AB', [['AB']]],
      ['AB ', []],
      ['ab', []],
      ['甲', []],
      ['甲 ', [['甲 ']]],
    ]);
    expect(await related('gbk_names', 'unicode_names')).toEqual([
      ['AB', [['AB']]],
      ['甲 ', [['甲 ']]],
    ]);
  });
});
