import type { Bindings, Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { comparisonOf, type Known } from '../engine/comparison.ts';
import type { CrossedSet, KeySet, OrderedSet } from '../plan/plan.ts';
import { decodeWire } from '../values/decode-wire.ts';
import { fieldOf, keyWriter, wireKey } from './bind-keys.ts';
import { passingKeys } from './bind-parameters.ts';
import type { Execution } from './execution.ts';

/** A set's keys beyond `after`, no more than about `size` of them. */
export type RangeReader = (after: WireValue, size: number) => RangePart | Promise<RangePart>;

export interface RangePart {
  /** The last key that it can tell about; null: it can about all. */
  readonly end: WireValue;
  /** Keys that pass, as the list here has them: of those beyond `after`, none beyond `upTo`. */
  readonly keysUpTo: (upTo: WireValue) => Promise<readonly WireValue[]> | readonly WireValue[];
}

type ReadKeys = (keys: KeySet, given: Bindings) => Promise<Row[]>;

/** Its source gives the keys in order. */
export function orderedReader(
  execution: Execution,
  { keys, to, first, next }: OrderedSet,
  { size, compare, readKeys }: { readonly size: number; readonly compare: (a: Known, b: Known) => number; readonly readKeys: ReadKeys },
): RangeReader {
  const write = keyWriter(execution, to);
  return async (after) => {
    const groups = await (after === null ? readKeys(first, {}) : readKeys(next, { variables: { after } }));
    return {
      end: groups.length > size ? ((groups[size - 1] as Row)[0] as WireValue) : null,
      keysUpTo: (upTo) =>
        passingKeys(
          execution,
          keys,
          write,
          groups.filter((group) => upTo === null || compare(group[0] as Known, upTo) <= 0),
        ),
    };
  };
}

/** The crosswalk gives the keys here in order, and their names there; its source says which of these pass. */
export function crossedReader(
  execution: Execution,
  set: CrossedSet,
  { keyType, readKeys }: { readonly keyType: PhysicalType; readonly readKeys: ReadKeys },
): RangeReader {
  const compare = comparisonOf(keyType);
  const { at, count, canonicalOf } = keysHere(execution, set, keyType);
  const here = keyWriter(execution, set.to);
  const there = keyWriter(execution, set.named);
  const namesOf = (key: Known): WireValue[] => canonicalOf(key).flatMap(there);
  let start = 0;
  return (after, size) => {
    while (after !== null && start < count && compare(at(start), after) <= 0) start++;
    const names = new Set<WireValue>();
    let end = start;
    while (end < count && end - start < size) {
      const more = namesOf(at(end));
      if (end > start && names.size + more.length > size) break;
      for (const name of more) names.add(name);
      end++;
    }
    return {
      end: end < count ? at(end - 1) : null,
      async keysUpTo(upTo) {
        const within = (key: Known): boolean => (upTo === null || compare(key, upTo) <= 0) && (after === null || compare(key, after) > 0);
        const asked = new Set<WireValue>();
        for (let i = start; i < end && within(at(i)); i++) for (const name of namesOf(at(i))) asked.add(name);
        if (asked.size === 0) return [];
        const groups = await readKeys(set.within, { lists: { keys: [...asked] } });
        return passingKeys(execution, set.keys, (value) => here(value).filter((key) => key !== null && within(key)), groups);
      },
    };
  };
}

interface KeysHere {
  readonly count: number;
  readonly at: (i: number) => Known;
  readonly canonicalOf: (key: Known) => readonly Canonical[];
}

/** Those that the crosswalk resolves. */
function keysHere(execution: Execution, { to, named }: CrossedSet, keyType: PhysicalType): KeysHere {
  const { crosswalk, supergraph } = execution;
  const compare = comparisonOf(keyType);
  if (to.kind === 'local') {
    const { entity, source, type } = to;
    const locals = [...crosswalk.locals(entity, source)].sort(compare);
    return {
      count: locals.length,
      at: (i) => wireKey(type, locals[i] ?? '') as Known,
      canonicalOf: (key) => crosswalk.toCanonical(entity, source, String(key)),
    };
  }
  if (named.kind !== 'local') throw new Error('unreachable: a crosswalk is on one of the sides');
  const canonical = new Set<string>();
  for (const local of crosswalk.locals(named.entity, named.source))
    for (const key of crosswalk.toCanonical(named.entity, named.source, local)) canonical.add(key);
  const write = keyWriter(execution, to);
  const decode = decodeWire(fieldOf(supergraph, to.field).scalar);
  const values = [...canonical]
    .flatMap(write)
    .filter((value) => value !== null)
    .sort(compare);
  return { count: values.length, at: (i) => values[i] ?? '', canonicalOf: (key) => [decode(key)] };
}
