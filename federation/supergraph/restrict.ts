import type { GraphQLSchema } from 'graphql';
import { readCondition } from '../../schema/api/is-condition.ts';
import { checkReadings } from '../../schema/api/readings.ts';
import type { LeafRef } from '../../schema/api/dependencies.ts';
import type { Check } from '../../schema/model/check.ts';
import { limitOf, type Rights, type RowRule } from '../../schema/model/rights.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { restrictFeatures } from './restrict-features.ts';
import { restrictTotals } from './restrict-totals.ts';

/** What the API has for some rights, whichever rows they leave. */
export interface Offer extends Pick<Supergraph, 'checks' | 'features'> {
  readonly schema: GraphQLSchema;
}

/** Equal for rights of one offer: they differ in nothing but rows and purpose. */
export function offerKey({ types, actions }: Rights): string {
  return JSON.stringify([[...actions], types && [...types].map(([name, { fields, totals }]) => [name, [...fields], totals])]);
}

/** What these rights leave of the API of a supergraph. Pure. */
export function offeredBy(whole: Supergraph, rights: Rights): Omit<Offer, 'schema'> {
  const { model } = whole;
  const offered = restrictFeatures(whole.features, model, rights);
  const plain = ({ type, path }: LeafRef): boolean =>
    model.types.get(type)?.fields.get(path)?.kind === 'relation'
      ? offered.relationReadable(type, path)
      : offered.readable(type, path) && limitOf(rights, type, path) === undefined;
  const checks = new Map<string, readonly Check[]>();
  for (const [subject, all] of whole.checks) {
    const seen = all.filter((check) => checkReadings(model, check).every(plain));
    if (seen.length > 0) checks.set(subject, seen);
  }
  return { checks, features: { ...offered, hasChecks: (type: string) => checks.has(type), totals: restrictTotals(whole.features, offered, model, rights) } };
}

/**
 * What these rights leave of a supergraph. Pure.
 * @param schema of the whole supergraph: row rules are conditions in its language
 */
export function restrictSupergraph(whole: Supergraph, { checks, features }: Omit<Offer, 'schema'>, schema: GraphQLSchema, rights: Rights): Supergraph {
  if (rights.types === null) return whole; // only what may be done is less
  return { ...whole, checks, features, restriction: { key: rights.key, rights, rows: rowRules(schema, rights), whole } };
}

/** Nothing: what a rule that cannot be understood leaves. */
const NO_ROW: RowRule = { or: [] };

function rowRules(schema: GraphQLSchema, { types }: Rights): ReadonlyMap<string, RowRule> {
  const rules = new Map<string, RowRule>();
  for (const [type, { rows }] of types ?? []) {
    if (rows === undefined) continue;
    rules.set(type, readCondition(schema, type, rows) ?? NO_ROW);
  }
  return rules;
}
