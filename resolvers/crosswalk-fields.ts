import { crosswalkOf } from '../federation/plan/supergraph.ts';
import { showsOpenKeys } from '../federation/plan/visible.ts';
import { workCursor, type WorkItem } from '../federation/crosswalk/work-list.ts';
import type { CrosswalkItem, CrosswalkState, QueryResolvers } from './generated/hub-resolvers.ts';
import { orAbsent } from './or-absent.ts';

const STATE: Readonly<Record<WorkItem['state'], CrosswalkState>> = { candidate: 'CANDIDATE', unmatched: 'UNMATCHED' };

/** 对照工作清单 */
export const crosswalk: NonNullable<QueryResolvers['crosswalk']> = async (
  _parent,
  { first, after, entity, source, state },
  { federation, view, authorize },
) => {
  authorize('crosswalk:read');
  const wanted = state === 'CANDIDATE' ? 'candidate' : state === 'UNMATCHED' ? 'unmatched' : undefined;
  // Suggestions rest on what both sides say of an entity: all of that must be visible.
  const of = (name: string, from: string): boolean => {
    const binding = crosswalkOf(view.supergraph, name, from);
    return binding !== undefined && showsOpenKeys(view.supergraph, binding);
  };
  const page = await federation.keeper.workList({ first: first ?? 20, of, ...orAbsent({ after, entity, source, state: wanted }) });
  const edges = page.items.map((item) => ({ cursor: workCursor(item), node: itemOf(item) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: page.hasNextPage, hasPreviousPage: typeof after === 'string', startCursor: edges[0]?.cursor ?? null, endCursor: page.endCursor },
    totalCount: page.totalCount,
  };
};

function itemOf({ entity, source, localKey, state, raw, fields, suggestions, unknown, rejected }: WorkItem): CrosswalkItem {
  return {
    entity,
    source,
    localKey,
    raw,
    suggestions,
    unknown,
    rejected,
    state: STATE[state],
    evidence: fields,
  };
}
