import type { IResolvers } from '@graphql-tools/utils';
import { validateSchema, type DocumentNode, type GraphQLSchema } from 'graphql';
import { generateApi, printApi, type GeneratedApi } from '../../schema/api/generate-api.ts';
import { mergeDefinitions } from '../../schema/api/merge-definitions.ts';
import { printSubgraph, subgraphFields } from '../../schema/api/subgraph.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { Check } from '../../schema/model/check.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { configurationOf, type Release } from '../../schema/model/release.ts';
import type { Rights } from '../../schema/model/rights.ts';
import type { UnifiedModel, UnifiedType } from '../../schema/model/unified.ts';
import { runAll } from '../../schema/parse/in-slices.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { createTextNormalizer } from '../transforms/normalize-text.ts';
import type { Quarantined, Sound } from '../drift/bind-drifted.ts';
import { bindRelease, type Lenience } from './bind-release.ts';
import type { TypeBinding } from './binding.ts';
import { entityTestProblems } from './entity-test-problems.ts';
import { executableSchema } from './executable-schema.ts';
import { bindingFeatures } from './features.ts';
import { restrictHubApi, sharedTypes, type HubApi } from './hub-api.ts';
import { nameProblems } from './name-problems.ts';
import { policyProblems } from './policy-problems.ts';
import { offeredBy, restrictSupergraph, type Offer } from './restrict.ts';
import { uncapturedRules } from './uncaptured-rules.ts';

export interface Composition {
  readonly supergraph: Supergraph;
  readonly schema: GraphQLSchema;
  /** The schema as text. */
  readonly typeDefs: () => string;
  /** Sources whose catalog was not known. */
  readonly offline: readonly string[];
  /** What drifted sources can no longer be asked. */
  readonly quarantine: readonly Quarantined[];
  /** Sources that a mapping does not fit: it is right for no tables that are known. */
  readonly unfit: readonly string[];
  readonly warnings: readonly Problem[];
  /** What some rights leave of its API. */
  readonly offer: (rights: Rights) => Offer;
  /** What they leave of all. @param offer of these rights, or of such as have the same `offerKey` */
  readonly restrict: (rights: Rights, offer: Offer) => Supergraph;
}

/**
 * Schema + mappings + catalogs → what one generation answers. Pure. A source without a catalog keeps its fields, and asking for them fails until it is seen.
 * @returns problems instead when a mapping does not fit its source
 */
export function compose(...input: ComposeInput): ComposeResult {
  return runAll(composeSteps(...input));
}

export type ComposeInput = [
  configuration: HubConfiguration,
  release: Release,
  catalogs: ReadonlyMap<string, Catalog>,
  hub: HubApi,
  baselines?: ReadonlyMap<string, Sound>,
  lenience?: Lenience,
];
export type ComposeResult = { readonly composition?: Composition; readonly problems: readonly Problem[] };

/** As `compose`, in steps between which other work may run. */
export function* composeSteps(...[configuration, release, catalogs, hub, baselines, lenience]: ComposeInput): Generator<void, ComposeResult> {
  const { types, crosswalks, offline, problems, quarantine, unfit } = yield* bindRelease(configuration, release, catalogs, baselines, lenience);
  if (problems.some((p) => p.severity === 'error')) return { problems };
  const base: Omit<Supergraph, 'features'> = {
    version: release.version,
    model: release.model,
    bindings: byType(release.model.types, types),
    crosswalks: new Map(crosswalks.map((c) => [`${c.entity} ${c.source}`, c])),
    checks: bySubject(release.checks),
    rules: release.rules,
    limits: configuration.limits,
    ...(configuration.firstRowsFrom === undefined ? {} : { firstRowsFrom: configuration.firstRowsFrom }),
    timeZone: configuration.timeZone,
  };
  yield;
  // What has drifted stays in the API: asking for it says why it is not answered.
  const features = bindingFeatures({ ...base, bindings: new Map([...base.bindings].map(([type, list]) => [type, list.map(withoutMarks)])) });
  const options = { timeZone: configuration.timeZone, normalize: createTextNormalizer(release.normalizers) };
  const api = generateApi(release.model, features, options, sharedTypes(hub));
  yield;
  const taken = nameProblems(release.model, api.document, hub.document);
  if (taken.length > 0) return { problems: [...problems, ...taken] };
  const subgraph = configuration.subgraph ? release.model : undefined;
  const schema = yield* schemaOf(api, hub, subgraph);
  const faults = [...policyProblems(release.policies, schema), ...entityTestProblems(schema, release)];
  if (faults.length > 0) return { problems: [...problems, ...faults] };
  const supergraph: Supergraph = { ...base, features };
  const warnings = [...problems, ...uncapturedRules(supergraph, configurationOf(configuration, release))];
  const offer: Composition['offer'] = (rights) => {
    const offered = offeredBy(supergraph, rights);
    const remaining = generateApi(release.model, offered.features, options);
    return { ...offered, schema: runAll(schemaOf(remaining, restrictHubApi(hub, rights.actions, api.document, remaining.document), subgraph)) };
  };
  const restrict: Composition['restrict'] = (rights, offered) => restrictSupergraph(supergraph, offered, schema, rights);
  const typeDefs = (): string => printApi(mergeDefinitions([api.document, hub.document]));
  return { composition: { supergraph, schema, typeDefs, offline, quarantine, unfit, warnings, offer, restrict }, problems: warnings };
}

/** @param subgraph of whose entities a router may ask; absent: no router does */
function* schemaOf(api: GeneratedApi, hub: Pick<HubApi, 'document' | 'resolvers'>, subgraph: UnifiedModel | undefined): Generator<void, GraphQLSchema> {
  const merged = mergeDefinitions([api.document, hub.document, ...(subgraph ? [subgraphFields(subgraph, api.document)] : [])]);
  yield;
  const resolvers = [api.resolvers, hub.resolvers, ...(subgraph ? [subgraphResolvers(subgraph, mergeDefinitions([api.document, hub.document]))] : [])];
  // What a person wrote has been checked, name by name; a test holds what is generated from it to the whole specification.
  const schema = yield* executableSchema(merged, resolvers);
  yield;
  const faults = validateSchema(schema);
  if (faults.length > 0) throw new HubError('MAPPING_INVALID', `the schema is not valid: ${faults.map((f) => f.message).join('; ')}`);
  return schema;
}

/** Printed once, when a router first asks: of the whole schema or of what some rights leave of it. */
function subgraphResolvers(model: UnifiedModel, document: DocumentNode): IResolvers {
  let printed: string | undefined;
  return { Query: { _service: () => ({ sdl: (printed ??= printSubgraph(model, document)) }) } };
}

function byType(types: ReadonlyMap<string, UnifiedType>, bindings: readonly TypeBinding[]): Map<string, TypeBinding[]> {
  const result = new Map<string, TypeBinding[]>();
  for (const binding of bindings) result.set(binding.type, [...(result.get(binding.type) ?? []), binding]);
  for (const [type, list] of result) {
    const authority = types.get(type)?.authority;
    result.set(
      type,
      list.toSorted((a, b) => Number(b.department === authority) - Number(a.department === authority)),
    );
  }
  return result;
}

function bySubject(checks: readonly Check[]): Map<string, Check[]> {
  const result = new Map<string, Check[]>();
  for (const check of checks) result.set(check.subject, [...(result.get(check.subject) ?? []), check]);
  return result;
}

function withoutMarks({ drift: _drift, ...binding }: TypeBinding): TypeBinding {
  return { ...binding, fields: new Map([...binding.fields].map(([path, { drift: _mark, ...field }]) => [path, field])) };
}
