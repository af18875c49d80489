import { LRUCache } from 'lru-cache';
import { FULL_RIGHTS, type Rights } from '../../schema/model/rights.ts';
import type { Composition } from './compose.ts';
import { offerKey, type Offer } from './restrict.ts';
import { createPlanCache, type View } from './view.ts';

/** One immutable compiled supergraph, with the plans made for it. Operations finish on the generation they began with. */
export interface Generation extends View {
  /** The schema as text. */
  readonly typeDefs: () => string;
  readonly offline: readonly string[];
  /** What drifted sources can no longer be asked. */
  readonly quarantine: Composition['quarantine'];
  /** Sources that a mapping does not fit. */
  readonly unfit: readonly string[];
  /** What these rights see of it; the same object for equal rights. Full rights see the generation itself. Rights that differ in rows alone share a schema. */
  view(rights: Rights): View;
}

/** Sets of rights that are kept compiled; others are compiled again. */
const VIEWS_MAX = 1_000;
/** Of all their plans, as JSON: some 300 MB. */
const CHARACTERS_MAX = 40_000_000;
/** Of all their schemas: some 200 MB. */
const DEFINITIONS_MAX = 25_000;
/** So many schemas are kept however large they are. */
const OFFERS_MIN = 8;

export function createGeneration(number: number, composition: Composition): Generation {
  const { supergraph, schema, typeDefs, offline, quarantine, unfit, offer, restrict } = composition;
  const views = new LRUCache<string, { readonly view: View; readonly offer: string }>({ max: VIEWS_MAX, maxSize: CHARACTERS_MAX });
  const offers = new LRUCache<string, Offer>({
    maxSize: DEFINITIONS_MAX,
    sizeCalculation: (made) => Math.min(Object.keys(made.schema.getTypeMap()).length, DEFINITIONS_MAX / OFFERS_MIN),
    // Views of a schema that is to go would keep it.
    dispose: (gone) => views.forEach(({ view }, key) => void (view.schema === gone.schema && views.delete(key))),
  });
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
    unfit,
    view(rights) {
      if (rights.key === FULL_RIGHTS.key) return generation;
      const known = views.get(rights.key);
      if (known) {
        offers.get(known.offer); // it is in use
        return known.view;
      }
      const key = offerKey(rights);
      let offered = offers.get(key);
      if (!offered) offers.set(key, (offered = offer(rights)));
      const plans = createPlanCache((characters) => {
        if (views.peek(rights.key) !== entry) return;
        // The size of a value that is set again would stay as it was.
        views.delete(rights.key);
        views.set(rights.key, entry, { size: characters + 1 });
      });
      const entry = { view: { ...common, key: rights.key, rights, schema: offered.schema, supergraph: restrict(rights, offered), plans }, offer: key };
      views.set(rights.key, entry, { size: 1 });
      return entry.view;
    },
  };
  return generation;
}
