import { LRUCache } from 'lru-cache';
import type { GraphQLSchema } from 'graphql';
import type { PreparedRequest } from '../../connectors/spi/connector.ts';
import type { Request } from '../../connectors/spi/ir.ts';
import type { Rights } from '../../schema/model/rights.ts';
import type { PreparedPlan } from '../execute/prepare-plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';

/**
 * What one set of rights sees of a generation: its own schema, supergraph and plans. Whoever answers an operation reads nothing else of the generation, so
 * that no path can forget to ask for rights. Immutable but for its plans; a generation itself is the view of those who may see everything.
 */
export interface View {
  /** Of its rights; the same in every generation. */
  readonly key: string;
  /** Counts up with every composition, also of the same release. */
  readonly number: number;
  /** Of the release. */
  readonly version: number;
  readonly rights: Rights;
  readonly schema: GraphQLSchema;
  readonly supergraph: Supergraph;
  readonly plans: PlanCache;
}

/** Bounded; an operation may have several plans, one for each set of values that shapes it. */
export interface PlanCache {
  readonly operations: LRUCache<string, CachedOperation>;
  /** Requests translated for their source; they go with the plan that holds them. */
  readonly prepared: WeakMap<Request, PreparedRequest>;
  hits: number;
  misses: number;
  /** Told how many characters it holds whenever it keeps a plan. */
  readonly onKeep: (characters: number) => void;
}

export interface CachedOperation {
  /** Variables whose values shape a plan of it. */
  readonly structural: Set<string>;
  readonly plans: LRUCache<string, PreparedPlan>;
}

const OPERATIONS_MAX = 1_000;
const PLANS_PER_OPERATION_MAX = 200;
/** Of plans as JSON, with their operations' texts. In memory each is some seven bytes. */
const CHARACTERS_MAX = 10_000_000;
const CHARACTERS_PER_OPERATION_MAX = 1_000_000;

export function createPlanCache(onKeep: PlanCache['onKeep'] = () => undefined): PlanCache {
  return { operations: new LRUCache({ max: OPERATIONS_MAX, maxSize: CHARACTERS_MAX }), prepared: new WeakMap(), hits: 0, misses: 0, onKeep };
}

export function cachedOperation(plans: PlanCache, key: string): CachedOperation {
  const known = plans.operations.get(key);
  if (known) return known;
  const entry: CachedOperation = {
    structural: new Set(),
    plans: new LRUCache({ max: PLANS_PER_OPERATION_MAX, maxSize: CHARACTERS_PER_OPERATION_MAX }),
  };
  plans.operations.set(key, entry, { size: key.length + 1 });
  return entry;
}

/** Keeps a plan of a cached operation. Too large a one is not kept, and others go when there are too many. */
export function keepPlan({ operations, onKeep }: PlanCache, operation: string, key: string, made: PreparedPlan): void {
  const entry = operations.get(operation);
  if (!entry) return;
  const { fetches, parameters } = made.plan;
  entry.plans.set(key, made, { size: JSON.stringify([fetches, parameters]).length + 1 });
  // The size of a value that is set again would stay as it was.
  operations.delete(operation);
  operations.set(operation, entry, { size: operation.length + 1 + entry.plans.calculatedSize });
  onKeep(operations.calculatedSize);
}
