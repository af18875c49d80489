import { scanColumns, scannedKey } from '../federation/crosswalk/scan-crosswalk.ts';
import { sliceKey } from '../federation/crosswalk/crosswalk.ts';
import { matchCrosswalk } from '../federation/crosswalk/match-crosswalk.ts';
import { isValid } from '../federation/crosswalk/slice.ts';
import type { WireValue } from '../schema/model/physical-type.ts';
import { typeOfExpr } from '../connectors/spi/type-of.ts';
import type { CrosswalkBinding } from '../federation/supergraph/binding.ts';
import type { Federation } from '../federation/supergraph/federation.ts';

/** Which entities a source's keys stand for. */
export type KeysOf = (local: WireValue) => readonly string[];

/**
 * As the hub knows it, with what officers decided; where a draft says otherwise where the keys are, or nothing of them has been read yet, as the source's
 * own rows of these keys say; whether the authority has such an entity is seen once its keys have been read. @throws {HubError} the source's own
 */
export async function sampleKeys(
  federation: Federation,
  crosswalks: ReadonlyMap<string, CrosswalkBinding>,
  { entity, source }: { readonly entity: string; readonly source: string },
  locals: readonly WireValue[],
  signal: AbortSignal,
): Promise<KeysOf> {
  const known = federation.keeper.current();
  const binding = crosswalks.get(sliceKey(entity, source));
  const live = federation.generation().supergraph.crosswalks.get(sliceKey(entity, source));
  const isKnown = known.state(entity, source) === 'ready' && binding !== undefined && live !== undefined && readsOf(binding) === readsOf(live);
  if (isKnown || binding === undefined || locals.length === 0) return (local) => known.toCanonical(entity, source, String(local));

  const type = typeOfExpr(binding.local);
  const values = locals.map((value) => ({ kind: 'literal', value, type }) as const);
  const rows = await federation
    .connector(source)
    .prepare({
      kind: 'rows',
      query: {
        rows: binding.rows,
        columns: scanColumns(binding),
        where: { kind: 'in', value: binding.local, values, negated: false },
        orderBy: [],
        children: [],
      },
    })
    .run({}, federation.call(source, signal));
  const { asOf: today } = federation.environment.clock();
  const authority = [...crosswalks.values()].find((each) => each.entity === entity && each.authority);
  const isBuilt = authority !== undefined && known.slices.has(sliceKey(entity, authority.source));
  const pairs = matchCrosswalk(rows.map((row) => scannedKey(binding, row as WireValue[]))).filter(
    ({ state, canonicalKey, ...validity }) =>
      state === 'confirmed' && canonicalKey !== null && isValid(validity, today) && (!isBuilt || known.exists(entity, canonicalKey)),
  );
  const found = Map.groupBy(pairs, ({ localKey }) => localKey);
  return (local) => (found.get(String(local)) ?? []).flatMap(({ canonicalKey }) => canonicalKey ?? []);
}

const readsOf = ({ rows, local, reads, confirmed, validTo }: CrosswalkBinding): string => JSON.stringify([rows, local, reads, confirmed, validTo]);
