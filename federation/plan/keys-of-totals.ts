import type { CrosswalkBinding } from '../supergraph/binding.ts';
import type { ChildShape, External, HubStage, KeyRead, KeySet, KeyWrite, Plan, RowShape } from './plan.ts';
import type { Supergraph } from './supergraph.ts';
import { showsOpenKeys } from './visible.ts';

/**
 * The crosswalks that totals of a plan go across: what stands under a key that is open there is missing from them. Totals are aggregates, counts, groups,
 * and conditions on these. Pure.
 * @returns only those whose open keys may be told
 */
export function keysOfTotals(supergraph: Supergraph, plan: Plan): CrosswalkBinding[] {
  const crossed = new Set<string>();
  const cross = (...keys: readonly (KeyRead | KeyWrite)[]): void => {
    for (const key of keys) if (key.kind === 'local') crossed.add(`${key.entity} ${key.source}`);
  };
  const visitExternal = (external: External, isGrouped: boolean): void => {
    if (isGrouped || external.shapes.some((each) => holdsTotal(each))) for (const { read, write } of external.keys) cross(read, write);
    external.shapes.forEach(visit);
  };
  const visit = (child: ChildShape): void => {
    if (child === null) return;
    const grouped = groupedBy(child.stages ?? []);
    child.shape.externals.forEach((external, index) => visitExternal(external, grouped.has(index)));
    child.shape.children.forEach(visit);
  };
  for (const { shapes, firstRows } of plan.fetches) {
    shapes.forEach(visit);
    if (firstRows) visit({ many: true, shape: shapes[0]?.shape ?? NO_ROWS, stages: [firstRows.stage] });
  }
  // A condition's keys lead from other sources into rows that are counted, or are chosen by a total themselves.
  const isCounted = plan.fetches.some(({ shapes }) => shapes.some((each) => holdsTotal(each)));
  for (const { from, to } of plan.parameters) {
    if (from.kind !== 'keys' || (from as KeySet).hidden) continue;
    if (isCounted || from.test || holdsTotal(from.shape ?? null, from.shape !== undefined)) cross(from.read, ...(to.kind === 'scalar' ? [] : [to]));
  }
  return [...crossed]
    .toSorted()
    .flatMap((name) => supergraph.crosswalks.get(name) ?? [])
    .filter((binding) => mayTell(supergraph, binding));
}

const NO_ROWS: RowShape = { columns: 0, children: [], externals: [] };

/** Are there rows of aggregates at this place or below? */
function holdsTotal(child: ChildShape, isKnown = true): boolean {
  if (child === null) return isKnown;
  return (
    groupedBy(child.stages ?? []).size > 0 ||
    child.shape.children.some((each) => holdsTotal(each)) ||
    child.shape.externals.some(({ shapes }) => shapes.some((each) => holdsTotal(each)))
  );
}

/** Externals that groups of the hub are made by or of. */
const groupedBy = (stages: readonly HubStage[]): Set<number> => new Set(stages.flatMap(({ query, externals }) => (query.kind === 'groups' ? externals : [])));

/** How many are open says something about rows: whoever may not see all of these is told nothing. */
function mayTell(supergraph: Supergraph, binding: CrosswalkBinding): boolean {
  const { restriction, features } = supergraph;
  return restriction === undefined || (restriction.rows.size === 0 && (features.totals?.size ?? 0) === 0 && showsOpenKeys(supergraph, binding));
}
