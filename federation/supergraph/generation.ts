import { LRUCache } from 'lru-cache';
import { FULL_RIGHTS, type Rights } from '../../schema/model/rights.ts';
import type { Composition } from './compose.ts';
import { createPlanCache, type View } from './view.ts';

/** One immutable compiled supergraph, with the plans made for it. Operations finish on the generation they began with. */
export interface Generation extends View {
  /** The schema as text. */
  readonly typeDefs: () => string;
  readonly offline: readonly string[];
  /** What drifted sources can no longer be asked. */
  readonly quarantine: Composition['quarantine'];
  /** What these rights see of it; the same object for equal rights. Full rights see the generation itself. */
  view(rights: Rights): View;
}

/** Sets of rights that are kept compiled; others are compiled again. */
const VIEWS_MAX = 100;

export function createGeneration(number: number, composition: Composition): Generation {
  const { supergraph, schema, typeDefs, offline, quarantine, restrict } = composition;
  const views = new LRUCache<string, View>({ max: VIEWS_MAX });
  const common = { number, version: supergraph.version };
  const generation: Generation = {
    ...common,
    key: FULL_RIGHTS.key,
    rights: FULL_RIGHTS,
    schema,
    supergraph,
    plans: createPlanCache(),
    typeDefs,
    offline,
    quarantine,
    view(rights) {
      if (rights.key === FULL_RIGHTS.key) return generation;
      const known = views.get(rights.key);
      if (known) return known;
      const made: View = { ...common, key: rights.key, rights, ...restrict(rights), plans: createPlanCache() };
      views.set(rights.key, made);
      return made;
    },
  };
  return generation;
}
