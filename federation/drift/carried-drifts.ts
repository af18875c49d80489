import type { RowSet } from '../../connectors/spi/ir.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Mapping } from '../../schema/model/mapping.ts';
import type { Drift } from './compare-catalogs.ts';
import { printMeaning } from './mapping-digest.ts';
import { columnNamesIn, readsOf } from './reads.ts';

/**
 * Of what has drifted in a source, what a new mapping still reads in the same way as the one before: nobody has said that it may. It stays quarantined,
 * whatever else of the mapping was changed. Pure.
 */
export function carriedDrifts(
  source: string,
  live: Pick<Supergraph, 'bindings' | 'crosswalks'>,
  before: readonly Mapping[],
  after: readonly Mapping[],
  drifts: readonly Drift[],
): Drift[] {
  const all = <T>(mappings: readonly Mapping[], pick: (mapping: Mapping) => ReadonlyMap<string, T>): Map<string, T> =>
    new Map(mappings.filter((mapping) => mapping.source === source).flatMap((mapping) => [...pick(mapping)]));
  const [typesBefore, typesAfter] = [all(before, ({ types }) => types), all(after, ({ types }) => types)];
  const [keysBefore, keysAfter] = [all(before, ({ crosswalks }) => crosswalks), all(after, ({ crosswalks }) => crosswalks)];
  const isSame = (a: unknown, b: unknown): boolean => printMeaning(a) === printMeaning(b);
  const read = new Set<string>();
  const note = (rows: RowSet, part: unknown): void => {
    for (const { table } of readsOf(rows).tables.values()) for (const column of columnNamesIn(part)) read.add(JSON.stringify([table, column]));
  };
  for (const binding of [...live.bindings.values()].flat()) {
    const [then, now] = [typesBefore.get(binding.type), typesAfter.get(binding.type)];
    if (binding.source !== source || !then || !now) continue;
    if (isSame([then.rows, then.key], [now.rows, now.key])) note(binding.rows, [binding.rows, binding.key]);
    for (const [path, { reads, expr, crosswalk }] of binding.fields)
      if (isSame(then.fields.get(path), now.fields.get(path))) note(binding.rows, [reads, expr, crosswalk]);
  }
  for (const binding of live.crosswalks.values())
    if (binding.source === source && isSame(keysBefore.get(binding.entity), keysAfter.get(binding.entity)) && keysAfter.has(binding.entity))
      note(binding.rows, [binding.rows, binding.local, binding.reads, binding.confirmed, binding.validTo, [...binding.evidence.values()]]);
  return drifts.filter(({ table, column }) => column !== undefined && read.has(JSON.stringify([table, column])));
}
