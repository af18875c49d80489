import type { Crosswalk } from './crosswalk.ts';

/** Keys of an entity, in one source, that are not known to stand for anything: what they hold is missing from totals. */
export interface OpenKeys {
  readonly entity: string;
  readonly department: string;
  readonly source: string;
  readonly keys: number;
}

/** While keys change all the time, no more than a hundredth of it goes into counting them. */
const REST_SHARE = 100;

export interface OpenCount {
  readonly keys: number;
  /** Of them, those that may stand for an entity that there is. */
  readonly candidates: number;
}

const NONE: OpenCount = { keys: 0, candidates: 0 };

/** @returns how many keys are open; where counting takes a while, as of some time ago; 0 where they have not been read yet */
export function createOpenCounts(): (crosswalk: Crosswalk, entity: string, source: string) => OpenCount {
  const counted = new Map<string, { readonly slices: readonly unknown[]; readonly count: OpenCount; readonly until: number }>();
  return (crosswalk, entity, source) => {
    const name = `${entity} ${source}`;
    const known = counted.get(name);
    const now = performance.now();
    const slices = [...crosswalk.slices].flatMap(([, slice]) => (slice.entity === entity ? [slice] : []));
    const isSame = known?.slices.length === slices.length && slices.every((slice, at) => slice === known.slices[at]);
    if (known && (isSame || now < known.until)) return known.count;
    const open = crosswalk.state(entity, source) === 'ready' ? crosswalk.unresolved(entity, source) : [];
    const count = open.length === 0 ? NONE : { keys: open.length, candidates: open.filter(({ state }) => state === 'candidate').length };
    const ended = performance.now();
    counted.set(name, { slices, count, until: ended + Math.floor(ended - now) * REST_SHARE });
    return count;
  };
}
