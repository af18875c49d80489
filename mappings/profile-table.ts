import type { CallOptions, Connector } from '../connectors/spi/connector.ts';
import type { Expr, Measure, RowSet } from '../connectors/spi/ir.ts';
import type { CatalogColumn, CatalogTable } from '../schema/model/catalog.ts';
import type { WireValue } from '../schema/model/physical-type.ts';
import { maskPersonal, personalKind, type PersonalKind } from './personal-data.ts';

/** What a table's rows look like, without telling who is in them. */
export interface TableProfile {
  readonly table: CatalogTable;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly column: CatalogColumn;
  readonly nulls: number;
  readonly distinct: number;
  /** Masked where the column holds personal data. */
  readonly min: WireValue;
  readonly max: WireValue;
  /** Shapes of the values, most frequent first: digits as 9, letters as A, Chinese characters as 汉. */
  readonly patterns: readonly string[];
  /** Some values, masked. */
  readonly samples: readonly WireValue[];
  readonly personal?: PersonalKind;
}

/** For the hub alone: values as they are. */
export interface RawProfile extends TableProfile {
  readonly raw: ReadonlyMap<string, readonly WireValue[]>;
}

const SAMPLE_ROWS = 200;
const SAMPLES = 5;
/** Columns counted by one statement: PostgreSQL answers at most 1,664 values, and a column takes up to four. */
const COUNTED_COLUMNS = 250;
/** Kinds that every engine can compare and count. */
const MEASURED: ReadonlySet<string> = new Set(['text', 'integer', 'decimal', 'float', 'date', 'timestamp', 'boolean', 'uuid']);

/** Counts and samples a table. Reads no more than a few aggregates a column and `SAMPLE_ROWS` rows. @throws {HubError} the source's own */
export async function profileTable(connector: Connector, table: CatalogTable, call: CallOptions): Promise<RawProfile> {
  const readable = table.columns.filter(({ type }) => MEASURED.has(type.kind));
  const rows: RowSet = {
    kind: 'table',
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    table: table.name,
    columns: readable.map(({ name, type }) => ({ name, type })),
  };
  const exprs = readable.map(({ name, type }): Expr => ({ kind: 'column', column: name, type }));
  const options = { ...call, maxRows: SAMPLE_ROWS };
  let total = 0;
  const measured: WireValue[] = [];
  for (let from = 0; from === 0 || from < exprs.length; from += COUNTED_COLUMNS) {
    const measures = [{ fn: 'count' as const }, ...exprs.slice(from, from + COUNTED_COLUMNS).flatMap(measuresOf)];
    const [[rowCount = 0, ...others] = []] = await connector.prepare({ kind: 'aggregate', query: { rows, measures } }).run({}, options);
    total = Math.max(total, Number(rowCount));
    measured.push(...(others as WireValue[]));
  }
  const found = await connector.prepare({ kind: 'rows', query: { rows, columns: exprs, orderBy: [], limit: SAMPLE_ROWS, children: [] } }).run({}, options);
  let at = 0;
  const raw = new Map<string, readonly WireValue[]>();
  const columns = readable.map((column, index): ColumnProfile => {
    const [present, distinct] = [Number(measured[at++] ?? 0), Number(measured[at++] ?? 0)];
    const [min, max] = isOrdered(exprs[index]!) ? [measured[at++] as WireValue, measured[at++] as WireValue] : [null, null];
    const values = found.map((row) => row[index] as WireValue);
    raw.set(column.name, values);
    const personal = personalKind(column.name, column.comment, values);
    const mask = (value: WireValue): WireValue => (personal === undefined ? value : maskPersonal(personal, value));
    return {
      column,
      nulls: total - present,
      distinct,
      min: mask(min),
      max: mask(max),
      patterns: patternsOf(values),
      samples: [...new Set(values)]
        .filter((value) => value !== null)
        .slice(0, SAMPLES)
        .map(mask),
      ...(personal === undefined ? {} : { personal }),
    };
  });
  return { table, rows: total, columns, raw };
}

const measuresOf = (value: Expr): Measure[] => [
  { fn: 'count', value },
  { fn: 'countDistinct', value },
  ...(isOrdered(value)
    ? [
        { fn: 'min' as const, value },
        { fn: 'max' as const, value },
      ]
    : []),
];

const isOrdered = (expr: Expr): boolean => expr.kind === 'column' && expr.type.kind !== 'boolean' && expr.type.kind !== 'uuid';

function patternsOf(values: readonly WireValue[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (typeof value !== 'string') continue;
    const shape = value
      .slice(0, 40)
      .replaceAll(/\d/g, '9')
      .replaceAll(/[A-Za-z]/g, 'A')
      .replaceAll(/\p{Script=Han}/gu, '汉')
      .replaceAll(/A{4,}/g, 'A…')
      .replaceAll(/汉{4,}/g, '汉…');
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([shape]) => shape);
}
