import type { Catalog, CatalogColumn, CatalogTable } from '../../schema/model/catalog.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';

/** What a department changed in a table since a mapping was made for it. */
export interface Drift {
  readonly kind: 'tableGone' | 'tableNew' | 'gone' | 'renamed' | 'retyped' | 'narrowed' | 'replaced' | 'swapped' | 'moved';
  readonly schema?: string;
  readonly table: string;
  /** Absent where the whole table is meant. */
  readonly column?: string;
  /** What it was, and what it is now, in words. */
  readonly before: string;
  readonly after: string;
  /** The column that seems to hold now what this one held. */
  readonly successor?: string;
}

/**
 * Columns and tables that no longer certainly hold what they held. What is merely new, wider or reordered by an insertion is none of them, but for
 * tables that are new, which are told. Pure.
 */
export function compareCatalogs(before: Catalog, after: Catalog): Drift[] {
  const now = new Map(after.tables.map((table) => [keyOf(table), table]));
  const known = new Set(before.tables.map(keyOf));
  const drifts: Drift[] = [];
  for (const table of before.tables) {
    const current = now.get(keyOf(table));
    if (current) drifts.push(...compareTables(table, current));
    else drifts.push({ kind: 'tableGone', ...placeOf(table), before: table.name, after: 'nothing' });
  }
  for (const table of after.tables) if (!known.has(keyOf(table))) drifts.push({ kind: 'tableNew', ...placeOf(table), before: 'nothing', after: table.name });
  return drifts;
}

/** What a mapping can no longer be read for, since it was right. Of a column that was distrusted before and has changed again, the newer is told. */
export function driftsSince({ catalog, carried = [] }: { readonly catalog: Catalog; readonly carried?: readonly Drift[] }, after: Catalog): Drift[] {
  const drifts = compareCatalogs(catalog, after);
  const isNewer = (old: Drift): boolean => drifts.some(({ schema, table, column }) => schema === old.schema && table === old.table && column === old.column);
  return [...carried.filter((old) => !isNewer(old)), ...drifts];
}

const keyOf = ({ schema, name }: CatalogTable): string => JSON.stringify([schema ?? '', name]);
const placeOf = ({ schema, name }: CatalogTable): { readonly schema?: string; readonly table: string } => ({
  ...(schema === undefined ? {} : { schema }),
  table: name,
});

function compareTables(before: CatalogTable, after: CatalogTable): Drift[] {
  const place = placeOf(before);
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const now = new Map(after.columns.map((column) => [column.name, column]));
  const added = after.columns.filter(({ name }) => !old.has(name));
  const displaced = new Set(displacedNames(before, after));
  return before.columns.flatMap((column): Drift[] => {
    const current = now.get(column.name);
    if (!current) {
      const successor = successorOf(column, before, after, added);
      const gone = { ...place, column: column.name, before: `${column.name} ${column.nativeType}` };
      return successor
        ? [{ kind: 'renamed', ...gone, after: `${successor.name} ${successor.nativeType}`, successor: successor.name }]
        : [{ kind: 'gone', ...gone, after: 'nothing' }];
    }
    const words = { ...place, column: column.name, before: column.nativeType, after: current.nativeType };
    // What a view calls by the name of a column may be anything.
    if (before.kind !== after.kind)
      return [{ kind: 'replaced', ...words, before: `${column.name} of a ${before.kind}`, after: `${column.name} of a ${after.kind}` }];
    if (column.identity !== undefined && current.identity !== undefined && column.identity !== current.identity) {
      const holder = after.columns.find(({ identity }) => identity === column.identity);
      const origin = before.columns.find(({ identity }) => identity === current.identity);
      return [
        {
          kind: origin ? 'swapped' : 'replaced',
          ...words,
          before: `${column.name}, column ${column.identity}`,
          after: origin ? `what was ${origin.name}` : 'a new column',
          ...(holder ? { successor: holder.name } : {}),
        },
      ];
    }
    const change = typeChange(typeOf(column), current.type);
    if (change !== undefined) return [{ kind: change, ...words }];
    if (displaced.has(column.name)) {
      const [from, to] = [before.columns.findIndex(({ name }) => name === column.name), after.columns.findIndex(({ name }) => name === column.name)];
      const successor = after.columns[from];
      const exchanged = successor !== undefined && from !== to && displaced.has(successor.name) && before.columns[to]?.name === successor.name;
      return [
        {
          kind: exchanged ? 'swapped' : 'moved',
          ...words,
          before: `${column.name} in place ${from + 1}`,
          after: `place ${to + 1}`,
          ...(exchanged ? { successor: successor.name } : {}),
        },
      ];
    }
    return [];
  });
}

/**
 * Where the engine gives columns no identity: names whose order among the others is not certainly the same. A name is safe when every longest common
 * subsequence of old and new order holds it; of two neighbours that change places neither is.
 */
function displacedNames(before: CatalogTable, after: CatalogTable): string[] {
  if (before.columns.every(({ identity }) => identity !== undefined)) return [];
  const a = before.columns.map(({ name }) => name).filter((name) => after.columns.some((column) => column.name === name));
  const b = after.columns.map(({ name }) => name).filter((name) => a.includes(name));
  if (a.every((name, index) => b[index] === name)) return [];
  // Both are orders of the same names: common subsequences are increasing runs of places. `ends` counts up to a name, `starts` from it on.
  const places = a.map((name) => b.indexOf(name));
  const ends = places.map(() => 1);
  const starts = places.map(() => 1);
  for (let i = 0; i < places.length; i++) for (let j = 0; j < i; j++) if (places[j]! < places[i]!) ends[i] = Math.max(ends[i]!, ends[j]! + 1);
  for (let i = places.length - 1; i >= 0; i--)
    for (let j = i + 1; j < places.length; j++) if (places[j]! > places[i]!) starts[i] = Math.max(starts[i]!, starts[j]! + 1);
  const longest = Math.max(...ends);
  // In some longest run; in every one, when no other name takes the same step of one.
  const inSome = places.map((_, i) => ends[i]! + starts[i]! - 1 === longest);
  return a.filter((_, i) => !(inSome[i] === true && places.every((_place, j) => j === i || !inSome[j] || ends[j] !== ends[i])));
}

/** The new column that stands for one that is gone: by its identity, or else by place and type when only one can be meant. */
function successorOf(column: CatalogColumn, before: CatalogTable, after: CatalogTable, added: readonly CatalogColumn[]): CatalogColumn | undefined {
  if (column.identity !== undefined) return after.columns.find(({ identity }) => identity === column.identity);
  const place = before.columns.indexOf(column);
  const there = after.columns[place];
  if (there && added.includes(there) && before.columns.length === after.columns.length && there.nativeType === column.nativeType) return there;
  return undefined;
}

/** An enumeration holds no text that is longer than the longest that it allows. */
const typeOf = ({ type, allowed }: CatalogColumn): PhysicalType =>
  type.kind === 'text' && allowed !== undefined ? { ...type, maxLength: Math.max(0, ...allowed.map((text) => [...text].length)) } : type;

/** Undefined where every value that the column could hold is still the same value. */
function typeChange(before: PhysicalType, after: PhysicalType): 'retyped' | 'narrowed' | undefined {
  if (before.kind !== after.kind) return 'retyped';
  if (before.kind === 'text' && after.kind === 'text') return (after.maxLength ?? Infinity) < (before.maxLength ?? Infinity) ? 'narrowed' : undefined;
  if (before.kind === 'integer' && after.kind === 'integer') return after.bits < before.bits ? 'narrowed' : undefined;
  if (before.kind === 'decimal' && after.kind === 'decimal') return (after.scale ?? Infinity) < (before.scale ?? Infinity) ? 'narrowed' : undefined;
  if (before.kind === 'timestamp' && after.kind === 'timestamp') return before.zoned === after.zoned ? undefined : 'retyped';
  return before.kind === 'other' && after.kind === 'other' && before.native !== after.native ? 'retyped' : undefined;
}

/** The catalog without what can no longer be trusted. */
export function withoutDrift(catalog: Catalog, drifts: readonly Drift[]): Catalog {
  const lost = new Set(drifts.filter(({ column }) => column !== undefined).map(({ schema, table, column }) => JSON.stringify([schema ?? '', table, column])));
  return {
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.filter(({ name }) => !lost.has(JSON.stringify([table.schema ?? '', table.name, name]))),
    })),
  };
}

export function printDrift({ kind, table, column, before, after }: Drift): string {
  return `${table}${column === undefined ? '' : `.${column}`} ${WORDS[kind]}: ${before} → ${after}`;
}

const WORDS: Readonly<Record<Drift['kind'], string>> = {
  tableGone: 'is gone',
  tableNew: 'is new',
  gone: 'is gone',
  renamed: 'was renamed',
  retyped: 'has another type',
  narrowed: 'holds less',
  replaced: 'is another column of the same name',
  swapped: 'changed places',
  moved: 'was moved',
};
