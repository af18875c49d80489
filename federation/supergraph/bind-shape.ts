import type { ColumnDef, Expr, Measure, NamedExpr, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { RowsMapping } from '../../schema/model/mapping.ts';
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { pathOf } from '../transforms/json-path.ts';
import { INT32, MappingFault, TEXT, textLiteral, typeName } from '../transforms/value.ts';
import type { FindColumn } from './bind-filter.ts';
import type { Layer } from './bind-layer.ts';
import { commonType, takenName } from './bind-tables.ts';

/** What makes one row several, or several one: `split`, `jsonRows`, `unpivot` or `grouped`. */
export function withRowShape(under: Layer, mapping: RowsMapping, find: FindColumn): Layer {
  const { split, jsonRows, unpivot, grouped } = mapping;
  const asked = [split, jsonRows, unpivot, grouped].filter((shape) => shape !== undefined);
  if (asked.length > 1) throw new MappingFault('the rows have several of `split`, `jsonRows`, `unpivot` and `grouped`', 'keep one of them');
  if (split !== undefined) return withSplit(under, split, find);
  if (jsonRows !== undefined) return withJsonRows(under, jsonRows, find);
  if (unpivot !== undefined) return withUnpivot(under, unpivot, find);
  return grouped === undefined ? under : withGroups(under, grouped, find);
}

/** The rows with new columns beside their own. */
function adding(under: Layer, added: readonly ColumnDef[], build: Layer['build']): Layer {
  const columns = new Map(added.map((def) => [def.name, { def }]));
  for (const name of columns.keys()) {
    if (under.names().includes(name)) throw takenName(name);
  }
  return {
    find: (name) => columns.get(name) ?? under.find(name),
    mark: (name) => (columns.has(name) ? undefined : under.mark(name)),
    names: () => [...columns.keys(), ...under.names()],
    build,
  };
}

function withSplit(under: Layer, { column, separators, as }: NonNullable<RowsMapping['split']>, find: FindColumn): Layer {
  const long = separators.find((separator) => [...separator].length !== 1);
  if (separators.length === 0 || long !== undefined)
    throw new MappingFault(`separator ${JSON.stringify(long ?? '')} is not one character`, 'name single characters, each on its own');
  const text = asTextExpr(find(column));
  const ordinal = `${as}_ordinal`;
  const added = [
    { name: as, type: TEXT },
    { name: ordinal, type: INT32 },
  ];
  return adding(under, added, () => ({ kind: 'splitRows', rows: under.build(), value: text, separators, part: as, ordinal }));
}

const asTextExpr = (column: ReturnType<FindColumn>): Expr => (column.type.kind === 'text' ? column : { kind: 'cast', value: column, type: TEXT });

function withJsonRows(under: Layer, { column, path, as }: NonNullable<RowsMapping['jsonRows']>, find: FindColumn): Layer {
  const value = find(column);
  if (value.type.kind !== 'json') throw new MappingFault(`column "${column}" holds ${typeName(value.type)}, not JSON`, 'name a JSON column');
  const ordinal = `${as}_ordinal`;
  const added: ColumnDef[] = [
    { name: as, type: { kind: 'json' } },
    { name: ordinal, type: INT32 },
  ];
  return adding(under, added, () => ({ kind: 'jsonRows', rows: under.build(), value, path: pathOf(path), element: as, ordinal }));
}

function withUnpivot(under: Layer, { branches }: NonNullable<RowsMapping['unpivot']>, find: FindColumn): Layer {
  const names = [...new Set(branches.flatMap(({ values }) => Object.keys(values)))];
  const typed = branches.map(
    ({ values }) => new Map(Object.entries(values).map(([as, value]) => [as, 'column' in value ? find(value.column) : textLiteral(value.constant)])),
  );
  const types = new Map(names.map((name) => [name, typeOfBranches(name, typed)]));
  const bound = branches.map(({ unlessBlank }, index) => {
    const values = names.map((as): NamedExpr => ({ as, value: inType(typed[index]?.get(as), types.get(as) ?? TEXT) }));
    const where: Predicate = { kind: 'or', predicates: unlessBlank.map((name) => isFilled(find(name))) };
    return unlessBlank.length === 0 ? { values } : { values, where };
  });
  const added = names.map((name): ColumnDef => ({ name, type: types.get(name) ?? TEXT }));
  return adding(under, added, () => ({ kind: 'unpivot', rows: under.build(), branches: bound }));
}

function isFilled(column: ReturnType<FindColumn>): Predicate {
  if (column.type.kind !== 'text') return { kind: 'isNull', value: column, negated: true };
  return { kind: 'compare', op: 'ne', left: { kind: 'trim', value: column }, right: textLiteral('') };
}

type Typed = Expr & { readonly kind: 'column' | 'literal' };

/** One type for the column in all branches; where they differ, text. */
function typeOfBranches(name: string, branches: readonly ReadonlyMap<string, Expr>[]): PhysicalType {
  const values = branches.flatMap((branch) => branch.get(name) ?? []) as Typed[];
  const [first, ...rest] = values.map((value): PhysicalType => (value.kind === 'literal' || value.type.kind === 'text' ? TEXT : value.type));
  return rest.reduce<PhysicalType>((type, next) => commonType(type, next) ?? TEXT, first ?? TEXT);
}

function inType(value: Expr | undefined, type: PhysicalType): Expr {
  if (value === undefined) return { kind: 'literal', value: null, type };
  const from = (value as Typed).type;
  return type.kind === 'text' && from.kind !== 'text' ? { kind: 'cast', value, type: TEXT } : value;
}

function withGroups(under: Layer, { by, measures }: NonNullable<RowsMapping['grouped']>, find: FindColumn): Layer {
  const keys = by.map((name) => ({ as: name, value: find(name) }));
  const bound = Object.entries(measures).map(([as, { fn, column }]) => ({ ...measureOf(as, fn, column, find), as }));
  const columns = new Map([
    ...keys.map(({ as, value }) => [as, { def: { name: as, type: value.type } }] as const),
    ...bound.map((measure) => [measure.as, { def: { name: measure.as, type: typeOfMeasure(measure) } }] as const),
  ]);
  return {
    find: (name) => columns.get(name),
    mark: () => undefined,
    names: () => [...columns.keys()],
    build: () => ({ kind: 'grouped', rows: under.build(), by: keys, measures: bound }),
  };
}

function measureOf(as: string, fn: Measure['fn'], name: string | undefined, find: FindColumn): Measure {
  if (fn === 'count') return name === undefined ? { fn } : { fn, value: find(name) };
  if (name === undefined) throw new MappingFault(`measure "${as}" names no column`, 'only `count` does without');
  const value = find(name);
  if (fn === 'sum' && !['integer', 'decimal', 'float'].includes(value.type.kind))
    throw new MappingFault(`measure "${as}" sums "${name}", which holds ${typeName(value.type)}`, 'sum a column of numbers');
  return { fn, value };
}
