/** One logical data set with the values that break naive connectors, as columns and rows in wire form, and as DDL and inserts per engine. */
import { normalizeDecimal } from '../../schema/model/decimal.ts';
import type { Catalog, CatalogTable } from '../../schema/model/catalog.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';

export type FixtureEngine = 'postgres' | 'mysql' | 'sqlite';

/** The hub time zone that every connector under test is opened with. */
export const FIXTURE_TIME_ZONE = 'Asia/Shanghai';

interface LogicalType {
  readonly type: PhysicalType;
  readonly native: Readonly<Record<FixtureEngine, string>>;
}

const TYPES = {
  int: { type: { kind: 'integer', bits: 32 }, native: { postgres: 'integer', mysql: 'int', sqlite: 'INT' } },
  short: { type: { kind: 'integer', bits: 16 }, native: { postgres: 'smallint', mysql: 'smallint', sqlite: 'SMALLINT' } },
  long: { type: { kind: 'integer', bits: 64 }, native: { postgres: 'bigint', mysql: 'bigint', sqlite: 'BIGINT' } },
  text: { type: { kind: 'text' }, native: { postgres: 'text', mysql: 'varchar(190) character set utf8mb4 collate utf8mb4_general_ci', sqlite: 'TEXT' } },
  gbk: { type: { kind: 'text' }, native: { postgres: 'text', mysql: 'varchar(100) character set gbk', sqlite: 'TEXT' } },
  char8: { type: { kind: 'text', padded: true }, native: { postgres: 'char(8)', mysql: 'char(8) character set utf8mb4', sqlite: 'CHAR(8)' } },
  money: { type: { kind: 'decimal', scale: 2 }, native: { postgres: 'numeric(18,2)', mysql: 'decimal(18,2)', sqlite: 'DECIMAL_TEXT(18,2)' } },
  huge: { type: { kind: 'decimal', scale: 8 }, native: { postgres: 'numeric(38,8)', mysql: 'decimal(38,8)', sqlite: 'DECIMAL_TEXT(38,8)' } },
  float: { type: { kind: 'float' }, native: { postgres: 'double precision', mysql: 'double', sqlite: 'DOUBLE' } },
  boolean: { type: { kind: 'boolean' }, native: { postgres: 'boolean', mysql: 'boolean', sqlite: 'BOOLEAN' } },
  date: { type: { kind: 'date' }, native: { postgres: 'date', mysql: 'date', sqlite: 'DATE' } },
  naive: { type: { kind: 'timestamp', zoned: false }, native: { postgres: 'timestamp', mysql: 'datetime(6)', sqlite: 'TIMESTAMP' } },
  zoned: { type: { kind: 'timestamp', zoned: true }, native: { postgres: 'timestamptz', mysql: 'timestamp(6)', sqlite: 'TIMESTAMPTZ' } },
  time: { type: { kind: 'time' }, native: { postgres: 'time', mysql: 'time(6)', sqlite: 'TIME' } },
  json: { type: { kind: 'json' }, native: { postgres: 'jsonb', mysql: 'json', sqlite: 'JSON' } },
  uuid: { type: { kind: 'uuid' }, native: { postgres: 'uuid', mysql: 'uuid', sqlite: 'UUID' } },
  binary: { type: { kind: 'binary' }, native: { postgres: 'bytea', mysql: 'varbinary(50)', sqlite: 'BLOB' } },
} as const satisfies Record<string, LogicalType>;

interface FixtureTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, keyof typeof TYPES>>;
  readonly primaryKey: readonly string[];
  readonly indexes?: readonly string[];
  readonly rows: readonly (readonly WireValue[])[];
}

/** A table name and column names that must be quoted, and look like parameters, quotes and keywords. */
export const ODD_TABLE = '项目 "信息"?';
export const ODD_COLUMNS = { code: '项目代码', mixed: 'Mixed"Case', tick: 'back`tick', mark: 'a?b :c $1', keyword: 'select' } as const;

export const TABLES: readonly FixtureTable[] = [
  {
    name: 'people',
    columns: {
      id: 'int',
      name: 'text',
      code: 'char8',
      kind: 'text',
      raw: 'text',
      rank: 'short',
      serial: 'long',
      fee: 'money',
      wealth: 'huge',
      ratio: 'float',
      active: 'boolean',
      born: 'date',
      seen: 'naive',
      synced: 'zoned',
      opens: 'time',
      stamp: 'long',
      extra: 'json',
      ref: 'uuid',
    },
    primaryKey: ['id'],
    rows: [
      [
        1,
        'Alice',
        'AB',
        'A',
        '20240305',
        1,
        '9223372036854775807',
        '12.50',
        '123456789012345678901234567890.12345678',
        0.5,
        true,
        '2024-03-05',
        '2024-03-05 10:11:12',
        '2024-03-05 10:11:12+08:00',
        '08:30:00',
        '1704074400120',
        '{"site":{"lng":120.50,"ok":true,"name":"苏州 \\"园区\\""},"tags":["a","b"],"n":12345678901234567890}',
        '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
      ],
      [
        2,
        'alice',
        'ab',
        'a',
        '20230231',
        2,
        '-9223372036854775808',
        '-12.50',
        '-123456789012345678901234567890.12345678',
        -0.25,
        false,
        '2023-02-28',
        '2023-12-31 23:59:59.999999',
        '2023-12-31 23:59:59.999999+08:00',
        '23:59:59',
        '0',
        '{"site":{"lng":null},"tags":[]}',
        '00000000-0000-0000-0000-000000000001',
      ],
      [3, 'Alice ', 'AB', 'A ', '00000000', null, '9007199254740993', '0.00', '0.00000001', 0, null, null, null, null, null, '-1', null, null],
      [
        4,
        ' Alice',
        null,
        'A',
        '',
        -5,
        null,
        null,
        null,
        null,
        true,
        '1991-12-31',
        '1992-01-01 00:00:00',
        '1992-01-01 00:00:00+08:00',
        '00:00:00',
        null,
        '{}',
        null,
      ],
      [
        5,
        '',
        '',
        'B',
        ' 20240101 ',
        32767,
        '0',
        '100.10',
        '1',
        1e10,
        false,
        '2024-02-29',
        '2024-02-29 12:00:00.5',
        '2024-02-29 12:00:00.5+08:00',
        '12:00:00.5',
        '4070908800000',
        '[{"k":1,"v":"x"},{"k":2,"v":null},"loose",3.50,true]',
        null,
      ],
      [
        6,
        null,
        'X Y',
        null,
        null,
        0,
        '1',
        '0.01',
        '10',
        1.5,
        true,
        '1900-01-01',
        '1960-01-01 00:00:00',
        '2037-12-31 00:00:00+08:00',
        null,
        '1709136000000',
        '{"site":"flat","tags":{"a":1}}',
        null,
      ],
      [
        7,
        '苏州工业园区',
        '苏州',
        '甲',
        '2024年3月5日',
        7,
        '2',
        '99999999.99',
        '0.1',
        2.75,
        true,
        '2024-03-05',
        '2024-03-05 10:11:12',
        '2024-03-05 10:11:12+08:00',
        '08:30:00',
        '1704074399999',
        '{"site":{"lng":"120.6","ok":false,"name":"😀"},"tags":["甲","乙","甲"]}',
        null,
      ],
      [
        8,
        '😀 smile',
        '😀',
        '😀',
        '2024.3.5',
        7,
        '3',
        '-0.01',
        '0.10',
        2.5,
        false,
        '2024-03-06',
        '2024-03-06 00:00:00',
        '2024-03-06 00:00:00+08:00',
        null,
        '86400000',
        '{"tags":[" x ","","y,z"]}',
        null,
      ],
      [9, 'ＡＢＣ１２３', 'ABC', 'Ａ', '１２３', null, '10', '10.00', '100', 10, null, '2024-12-31', null, null, null, null, '{"site":{"lng":1.50}}', null],
      [10, 'ﬀ ligature', 'ss', 'ß', 'SS', 3, '-1', '1.01', null, 3, true, null, null, null, null, null, null, null],
      [
        11,
        "O'Brien; DROP TABLE people; --",
        "o'b",
        "'",
        "' OR '1'='1",
        4,
        '11',
        '5.00',
        '5.5',
        4,
        true,
        '2020-02-29',
        null,
        null,
        null,
        null,
        '{"q\'uo\\"te":{"a b":"1"},"$":"dollar","a.b":"dot","0":"zero"}',
        null,
      ],
      [12, '100%_\\x', '%', '_', '\\d+', 5, '12', '6.00', '5.50', 5, false, '2021-01-01', null, null, null, null, '{"site":{"name":"a\\\\b\\nc\\td"}}', null],
      [13, 'tab\tnew\nline\r', 't', '\t', '\t 42 \n', 6, '13', '42.00', '42', 6, true, '2022-06-30', null, null, null, null, null, null],
      [14, '\u3000全角\u00a0空格\u3000', '全', '全', '一，二；三', 8, '14', '7.00', '7', 7, true, '2022-07-01', null, null, null, null, null, null],
      [15, '1,234.50', 'n1', 'N', '1,234.50', 9, '15', '8.00', '8', 8, true, '2022-09-30', null, null, null, null, null, null],
      [16, '-0012.3400', 'n2', 'N', '-0012.3400', 10, '16', '9.00', '9', 9, true, '2022-10-01', null, null, null, null, null, null],
      [17, '9223372036854775808', 'n3', 'N', '9223372036854775808', 11, '17', '10.00', '10', 10.5, true, '2022-12-31', null, null, null, null, null, null],
      [18, '007', 'n4', 'N', '007', 12, '18', '11.00', '11', 11, true, '2023-01-01', null, null, null, null, null, null],
      [19, '1e5', 'n5', 'N', '1e5', 13, '19', '12.00', '12', 12, null, null, null, null, null, null, null, null],
      [20, 'a,b;c,,d', 'sep', 'S', 'a,b;c,,d', 14, '20', '13.00', '13', 13, true, null, null, null, null, null, null, null],
      [21, 'é', 'e', 'é', 'e\u0301', 15, '21', '14.00', '14', 14, true, null, null, null, null, null, null, null],
      [22, 'ZHANG san', 'zs', 'z', 'SZ-2024-0007', 16, '22', '15.00', '15', 15, true, null, null, null, null, null, null, null],
      [23, '\uff5e', '~', '\uff5e', 'sz-2024-0007', 17, '23', '15.00', '15.00000000', 16, true, null, null, null, null, null, null, null],
      [24, 'zz', 'zs', 'Z', '?$1:x', 18, '24', '-15.00', '-15', 17, false, null, null, null, null, null, null, null],
    ],
  },
  {
    name: 'orders',
    columns: { id: 'int', person_id: 'int', tag: 'text', amount: 'money', placed: 'date' },
    primaryKey: ['id'],
    indexes: ['person_id'],
    rows: Array.from({ length: 40 }, (_, index) => {
      const id = index + 1;
      const person = id % 11 === 0 ? null : id % 13 === 0 ? 999 : (id % 7) + 1;
      return [
        id,
        person,
        ['red', 'Red', 'blue', null, 'red '][id % 5]!,
        id % 6 === 0 ? null : `${(id % 4) * 10 - 10}.${id % 3}0`,
        id % 9 === 0 ? null : `2024-0${(id % 6) + 1}-1${id % 9}`,
      ];
    }),
  },
  {
    name: 'lines',
    columns: { id: 'int', order_id: 'int', quantity: 'int', note: 'text' },
    primaryKey: ['id'],
    indexes: ['order_id'],
    rows: Array.from({ length: 60 }, (_, index) => [index + 1, (index % 29) + 1, index % 7 === 0 ? null : index % 5, ['x', 'X', '', '行', null][index % 5]!]),
  },
  {
    name: 'dictionary',
    columns: { entry: 'int', word: 'text', label: 'text', current: 'boolean' },
    primaryKey: ['entry'],
    rows: [
      [1, 'A', 'upper', true],
      [2, 'A', 'upper again', false],
      [3, 'a', 'lower', true],
      [4, 'A ', 'blank', true],
      [5, '甲', 'first', null],
      [6, null, 'nothing', true],
      [7, 'N', null, true],
    ],
  },
  {
    name: 'pay_2023',
    columns: { pay: 'int', amount: 'money', state: 'char8' },
    primaryKey: ['pay'],
    rows: [
      [1, '10.00', '9'],
      [2, '-3.50', '1'],
      [3, null, '2'],
    ],
  },
  {
    name: 'pay_2024',
    columns: { pay: 'int', amount: 'money', state: 'char8', extra: 'text' },
    primaryKey: ['pay'],
    rows: [
      [1, '7.25', '1', 'p'],
      [4, '0.10', null, null],
    ],
  },
  {
    name: 'versions',
    columns: { row: 'int', item: 'text', version: 'int', deleted: 'boolean' },
    primaryKey: ['row'],
    rows: [
      [1, 'x', 1, false],
      [2, 'x', 3, true],
      [3, 'x', 2, false],
      [4, 'X', 1, false],
      [5, 'x ', 1, false],
      [6, null, 5, false],
      [7, null, 6, null],
      [8, 'y', null, false],
      [9, 'y', 1, false],
    ],
  },
  {
    name: 'gbk_names',
    columns: { id: 'int', name: 'gbk' },
    primaryKey: ['id'],
    rows: [
      [1, '镕 堃 喆'],
      [2, '住建局　'],
      [3, null],
      [4, 'abc '],
    ],
  },
  {
    name: 'blobs',
    columns: { id: 'int', content: 'binary' },
    primaryKey: ['id'],
    rows: [
      [1, '00ff10'],
      [2, ''],
      [3, null],
    ],
  },
  {
    name: 'pairs',
    columns: { left_key: 'text', right_key: 'int', label: 'text' },
    primaryKey: ['left_key', 'right_key'],
    rows: [
      ['p', 1, 'p1'],
      ['P', 1, 'P1'],
      ['p', 2, 'p2'],
      ['q ', 1, 'q1'],
    ],
  },
  {
    name: ODD_TABLE,
    columns: { [ODD_COLUMNS.code]: 'text', [ODD_COLUMNS.mixed]: 'int', [ODD_COLUMNS.tick]: 'text', [ODD_COLUMNS.mark]: 'int', [ODD_COLUMNS.keyword]: 'money' },
    primaryKey: [ODD_COLUMNS.code],
    rows: [
      ['甲-1', 1, 'a', 10, '1.10'],
      ['乙-2', 2, '?', null, '2.20'],
      ['丙?3', null, null, 30, null],
    ],
  },
  { name: 'nothing', columns: { id: 'int', name: 'text' }, primaryKey: ['id'], rows: [] },
];

/** Rows of each table in wire form, as the memory connector takes them. */
export function fixtureTables(): Map<string, Record<string, WireValue>[]> {
  return new Map(
    TABLES.map((table) => {
      const columns = Object.entries(table.columns);
      return [
        table.name,
        table.rows.map((row) => Object.fromEntries(columns.map(([name, type], index) => [name, stored(row[index] ?? null, TYPES[type].type)]))),
      ];
    }),
  );
}

/** A decimal column keeps as many digits as its scale says. */
function stored(value: WireValue, type: PhysicalType): WireValue {
  if (type.kind !== 'decimal' || typeof value !== 'string') return value;
  return normalizeDecimal(value, type.scale ?? 0);
}

/** What introspection should find, as far as the engines can agree. */
export function fixtureCatalog(): Catalog {
  return {
    tables: TABLES.map((table): CatalogTable => ({
      name: table.name,
      kind: 'table',
      columns: Object.entries(table.columns).map(([name, type]) => ({
        name,
        type: TYPES[type].type,
        nativeType: type,
        nullable: !table.primaryKey.includes(name),
      })),
      primaryKey: table.primaryKey,
      uniqueKeys: [],
      foreignKeys: table.name === 'lines' ? [{ columns: ['order_id'], table: { name: 'orders' }, references: ['id'] }] : [],
      indexedColumns: [table.primaryKey[0]!, ...(table.indexes ?? [])],
    })),
  };
}

/** Statements that create the tables, to be run one by one. The view `red_orders` shows the orders tagged `red`; `endless` has some 10^14 rows. */
export function ddl(engine: FixtureEngine): string[] {
  const quote = (name: string): string => quoteName(engine, name);
  const tables = TABLES.map((table) => {
    const columns = Object.entries(table.columns).map(([name, type]) => {
      const nullable = table.primaryKey.includes(name) ? ' not null' : ' null';
      const binary =
        engine === 'mysql' && table.primaryKey.includes(name) ? TYPES[type].native[engine].replace('general_ci', 'nopad_bin') : TYPES[type].native[engine];
      return `${quote(name)} ${binary}${nullable}`;
    });
    const keys = [`primary key (${table.primaryKey.map(quote).join(', ')})`];
    if (table.name === 'lines') keys.push('foreign key (order_id) references orders (id)');
    return `create table ${quote(table.name)} (${[...columns, ...keys].join(', ')})`;
  });
  const indexes = TABLES.flatMap((table) =>
    (table.indexes ?? []).map((column) => `create index ${quote(`ix_${table.name}_${column}`)} on ${quote(table.name)} (${quote(column)})`),
  );
  const times = [...'abcdefgh'].map((alias) => `${engine === 'mysql' ? '`lines`' : 'lines'} ${alias}`).join(' cross join ');
  return [
    ...tables,
    ...indexes,
    `create view red_orders as select id, person_id, amount from orders where tag = 'red'`,
    `create view endless as select h.id from ${times}`,
  ];
}

/**
 * One parameterised insert per table with its rows. MySQL zoned timestamps come as local time: set the session's `time_zone` to `+08:00` first.
 * Placeholders are `$n` for Postgres and `?` elsewhere.
 */
export function inserts(engine: FixtureEngine): { readonly sql: string; readonly rows: readonly (readonly (WireValue | Uint8Array)[])[] }[] {
  return TABLES.filter((table) => table.rows.length > 0).map((table) => {
    const columns = Object.entries(table.columns);
    const marks = columns.map((_, index) => (engine === 'postgres' ? `$${index + 1}` : '?'));
    return {
      sql: `insert into ${quoteName(engine, table.name)} (${columns.map(([name]) => quoteName(engine, name)).join(', ')}) values (${marks.join(', ')})`,
      rows: table.rows.map((row) => columns.map(([, type], index) => encode(engine, stored(row[index] ?? null, TYPES[type].type), type))),
    };
  });
}

function encode(engine: FixtureEngine, value: WireValue, type: keyof typeof TYPES): WireValue | Uint8Array {
  if (value === null) return null;
  if (type === 'binary') return Buffer.from(String(value), 'hex');
  if (engine === 'sqlite') {
    if (type === 'boolean') return value === true ? 1 : 0;
    if (type === 'char8') return String(value).padEnd(8);
  }
  return engine === 'mysql' && type === 'zoned' ? String(value).slice(0, -6) : value;
}

function quoteName(engine: FixtureEngine, name: string): string {
  return engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}
