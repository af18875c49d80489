import { leafTraits } from './leaves.ts';
import { aggregateTypes } from './api-aggregates.ts';
import { createApiContext, type ApiContext } from './api-context.ts';
import { groupTypes } from './api-orders.ts';
import { labelled } from './description.ts';
import type { TotalsFeature } from './features.ts';
import { aggregateName, connectionName, filterName, groupByName, groupName, groupOrderByName, havingName, whereName } from './names.ts';
import type { LeafField, UnifiedType } from '../model/unified.ts';
import { block, field } from './sdl-writer.ts';

/** Entities of which only totals are there, by name. */
export function totalsEntities({ model, features }: ApiContext): { readonly type: UnifiedType; readonly totals: TotalsFeature }[] {
  return [...(features.totals ?? [])]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, totals]) => {
      const type = model.types.get(name);
      return type ? [{ type, totals }] : [];
    });
}

/** Their root fields: no list, no single entity. */
export function totalsRoots(context: ApiContext): string[] {
  return totalsEntities(context).map(({ type, totals: { atLeast, by } }) => {
    const told = by.length === 0 ? 'over all rows' : `over rows that agree in ${by.map(({ path }) => path).join(', ')}`;
    const description = labelled(`Totals only, ${told}; what fewer than ${atLeast} rows agree in is left out of all of them.`, type.label);
    return field(type.names.many, connectionName(type.name), { args: whereArgument(type, by), description });
  });
}

const whereArgument = (type: UnifiedType, by: TotalsFeature['by']): string[] => (by.length === 0 ? [] : [`where: ${whereName(type.name)}`]);

/** What their root fields lead to: counts, sums and averages, filtered and grouped by the keys of the cells alone. */
export function totalsTypes(context: ApiContext, type: UnifiedType, totals: TotalsFeature): string {
  const groupArguments = [
    `by: [${groupByName(type.name)}!]!`,
    ...whereArgument(type, totals.by),
    `having: ${havingName(type.name)}`,
    `orderBy: [${groupOrderByName(type.name)}!]`,
    'first: Int',
  ];
  return (
    block(`type ${connectionName(type.name)}`, [
      'totalCount: Int',
      `aggregate: ${aggregateName(type.name)}`,
      ...(totals.by.length === 0 ? [] : [`groups(${groupArguments.join(' ')}): [${groupName(type.name)}!]`]),
    ]) +
    keyWhere(context, type, totals) +
    // A least or greatest value is one row's, and that all are equal tells each.
    aggregateTypes(offering(context, type, new Set(totals.measures)), type, ['Numbers']) +
    (totals.by.length === 0 ? '' : groupTypes(keyContext(context, type, totals), type))
  );
}

/** As if the type had only these leaves. */
function offering(context: ApiContext, type: UnifiedType, paths: ReadonlySet<string>): ApiContext {
  const { features } = context;
  const may = (name: string, path: string): boolean | undefined => (name === type.name ? paths.has(path) : undefined);
  return createApiContext(context.model, {
    ...features,
    readable: (name, path) => may(name, path) ?? features.readable(name, path),
    aggregatable: (name, path) => may(name, path) ?? features.aggregatable(name, path),
  });
}

/** The keys of the cells are what can be grouped by. */
export function keyContext(context: ApiContext, type: UnifiedType, { by }: TotalsFeature): ApiContext {
  const paths = new Set(by.map(({ path }) => path));
  const relations = new Map([...type.fields.values()].flatMap((each) => (each.kind === 'relation' ? [[each.name, each.target] as const] : [])));
  const throughRelation = new Set(
    [...paths].flatMap((path) => (path.includes('.') ? [`${relations.get(path.split('.')[0] ?? '') ?? ''}.${path.split('.')[1] ?? ''}`] : [])),
  );
  const heads = new Set([...paths].flatMap((path) => (path.includes('.') ? [path.split('.')[0] ?? ''] : [])));
  const own = offering(context, type, paths);
  return createApiContext(context.model, {
    ...own.features,
    aggregatable: (name, path) => (name === type.name ? paths.has(path) : throughRelation.has(`${name}.${path}`)),
    relationReadable: (name, relation) => (name === type.name ? heads.has(relation) : own.features.relationReadable(name, relation)),
    relationGroup: (name, relation) => name === type.name && heads.has(relation),
  });
}

/** Filters by the keys of the cells; a truncated one is the first day of its period. */
function keyWhere(context: ApiContext, type: UnifiedType, { by }: TotalsFeature): string {
  const name = whereName(type.name);
  const filterOf = (owner: string, leaf: string, truncated: boolean): string[] => {
    const found = context.model.types.get(owner)?.fields.get(leaf) as LeafField | undefined;
    return found?.kind === 'leaf' && leafTraits(found).equality ? [field(leaf, filterName(truncated ? 'Date' : found.type.name))] : [];
  };
  const own = by.filter(({ path }) => !path.includes('.')).flatMap(({ path, truncate }) => filterOf(type.name, path, truncate !== undefined));
  const related = [
    ...Map.groupBy(
      by.filter(({ path }) => path.includes('.')),
      ({ path }) => path.split('.')[0] ?? '',
    ),
  ].map(([head, keys]) => {
    const relation = type.fields.get(head);
    const target = relation?.kind === 'relation' ? relation.target : '';
    const fields = keys.flatMap(({ path, truncate }) => filterOf(target, path.split('.')[1] ?? '', truncate !== undefined));
    return { head, input: `${name}_${head}`, fields };
  });
  return (
    block(
      `input ${name}`,
      [
        `and: [${name}!]`,
        `or: [${name}!]`,
        `not: ${name}`,
        ...own,
        ...related.filter(({ fields }) => fields.length > 0).map(({ head, input }) => field(head, input)),
      ],
      'All that is given must hold.',
    ) + related.map(({ input, fields }) => block(`input ${input}`, fields)).join('')
  );
}
