import { readFileSync } from 'node:fs';
import type { IResolvers } from '@graphql-tools/utils';
import { Kind, parse, print, visit, type ASTNode, type DocumentNode } from 'graphql';
import type { UnifiedModel } from '../model/unified.ts';
import { createScalars, type ScalarOptions } from '../scalars/create-scalars.ts';
import { aggregateTypes } from './api-aggregates.ts';
import { changedTypeEnum, changeTypes, subscriptionType } from './api-changes.ts';
import { createApiContext, type ApiContext } from './api-context.ts';
import { checkFilterTypes, filterTypes, whereTypes } from './api-filters.ts';
import { entityTypes, enumTypes, queryType, valueType } from './api-objects.ts';
import { groupPaths, groupTypes, orderTypes } from './api-orders.ts';
import { keyContext, totalsEntities, totalsTypes } from './api-totals.ts';
import type { ApiFeatures } from './features.ts';
import { CHANGED_TYPE, groupFieldName, groupFieldValue, screamingSnake } from './names.ts';
import { pruneDocument } from './prune.ts';
import { describe } from './sdl-writer.ts';

const [COMMON, CHANGES] = ['common.graphql', 'changes.graphql'].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));

export interface GeneratedApi {
  /** The same for the same model and features, whatever order the files were read in. */
  readonly document: DocumentNode;
  /** Scalars, inner values of group fields (paths) and the type of a `Node`, by `__typename`; fields are resolved by the caller. */
  readonly resolvers: IResolvers;
}

/**
 * The query API of a model as far as its sources can answer it: no type without use, no input without a field. Pure.
 * @param kept types that are used elsewhere, and so stay
 */
export function generateApi(model: UnifiedModel, features: ApiFeatures, options: ScalarOptions, kept: readonly string[] = []): GeneratedApi {
  const context = createApiContext(model, features);
  const scalars = createScalars(model.scalars.values(), options);
  const parts = [
    queryType(context),
    subscriptionType(context),
    changedTypeEnum(context),
    ...context.entities.map(
      (type) =>
        entityTypes(context, type) +
        whereTypes(context, type) +
        orderTypes(context, type) +
        aggregateTypes(context, type) +
        groupTypes(context, type) +
        changeTypes(context, type),
    ),
    ...totalsEntities(context).map(({ type, totals }) => totalsTypes(context, type, totals)),
    ...context.values.map(
      (type) => valueType(context, type) + whereTypes(context, type) + orderTypes(context, type) + aggregateTypes(context, type) + groupTypes(context, type),
    ),
    enumTypes(context),
    filterTypes(context),
    checkFilterTypes(),
    ...[...scalars.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(scalarType),
    COMMON,
    CHANGES,
  ];
  const document = pruneDocument(parse(parts.join('\n'), { noLocation: true }), kept);
  return { document, resolvers: resolversOf(document, context, scalars) };
}

/** A document as text, its descriptions as blocks. */
export function printApi(document: DocumentNode): string {
  const withBlocks = visit(document, {
    enter: (node: ASTNode) =>
      'description' in node && node.description !== undefined ? { ...node, description: { ...node.description, block: true } } : undefined,
  }) as DocumentNode;
  return `${print(withBlocks)}\n`;
}

type Scalars = ReturnType<typeof createScalars>;

function scalarType({ name, description, specifiedByURL }: Scalars extends ReadonlyMap<string, infer Scalar> ? Scalar : never): string {
  return `${describe(description ?? undefined)}scalar ${name}${typeof specifiedByURL === 'string' ? ` @specifiedBy(url: ${JSON.stringify(specifiedByURL)})` : ''}`;
}

/** Only for what the document still holds: others would be refused. */
function resolversOf(document: DocumentNode, context: ApiContext, scalars: Scalars): IResolvers {
  const kept = new Set(document.definitions.map((definition) => ('name' in definition ? definition.name?.value : undefined)));
  const resolvers: IResolvers = {};
  for (const definition of document.definitions) {
    const scalar = definition.kind === Kind.SCALAR_TYPE_DEFINITION ? scalars.get(definition.name.value) : undefined;
    if (scalar !== undefined) resolvers[scalar.name] = scalar;
  }
  for (const type of context.entities) {
    const name = groupFieldName(type.name);
    if (kept.has(name)) resolvers[name] = Object.fromEntries(groupPaths(context, type).map((path) => [groupFieldValue(path), path]));
  }
  for (const { type, totals } of totalsEntities(context)) {
    const name = groupFieldName(type.name);
    if (kept.has(name)) resolvers[name] = Object.fromEntries(groupPaths(keyContext(context, type, totals), type).map((path) => [groupFieldValue(path), path]));
  }
  if (kept.has(CHANGED_TYPE)) resolvers[CHANGED_TYPE] = Object.fromEntries(context.entities.map(({ name }) => [screamingSnake(name), name]));
  if (kept.has('Node')) resolvers['Node'] = { __resolveType: (value: { readonly __typename?: string }) => value.__typename };
  return resolvers;
}
