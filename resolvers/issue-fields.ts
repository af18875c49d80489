import { unresolvedOf } from '../federation/crosswalk/unresolved.ts';
import { reportable } from '../federation/issues/reportable.ts';
import { scanIssues } from '../federation/issues/scan-issues.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { Supergraph } from '../federation/plan/supergraph.ts';
import { showsRowKey } from '../federation/plan/visible.ts';
import type { QueryResolvers, UnresolvedPartResolvers } from './generated/hub-resolvers.ts';
import { numberCursor, placeOfNumber } from './number-cursor.ts';
import { orAbsent } from './or-absent.ts';
import { pageSize } from './page-size.ts';

/** A scan looks at all that may be reported of a type. */
const readsOf = ({ bindings }: Supergraph, type: string): SourceReads[] =>
  (bindings.get(type) ?? []).map(({ source, department, fields }) => ({ source, department, fields: [...fields.keys()].map((path) => `${type}.${path}`) }));

/** 未对照金额 */
export const unresolved: NonNullable<QueryResolvers['unresolved']> = async (_parent, { type }, { federation, view, signal, note, authorize }) => {
  authorize('issues:read');
  const seen = reportable(view.supergraph, type);
  note(readsOf(seen, type));
  return unresolvedOf(federation, seen, type, signal);
};

export const UnresolvedPart: UnresolvedPartResolvers = {
  keyCount: ({ keys }) => keys.length,
  keys: ({ keys }, { first }) => keys.slice(0, pageSize(first)),
};

/** 数据问题 */
export const dataIssues: NonNullable<QueryResolvers['dataIssues']> = async (
  _parent,
  { type, first, after, ...filter },
  { federation, view, signal, note, authorize },
) => {
  authorize('issues:read');
  const seen = reportable(view.supergraph, type);
  note(readsOf(seen, type));
  const start = after === null || after === undefined ? 0 : placeOfNumber({ federation }, 'issue', after) + 1;
  const { issues, counts, rowsScanned, complete } = await scanIssues(federation, seen, type, orAbsent(filter), signal);
  const keyed = new Set((view.supergraph.bindings.get(type) ?? []).filter((binding) => showsRowKey(view.supergraph, binding)).map(({ source }) => source));
  const shown = issues.map((issue) => (keyed.has(issue.source) ? issue : { ...issue, key: null }));
  const edges = shown.slice(start, start + pageSize(first)).map((node, index) => ({ cursor: numberCursor({ federation }, 'issue', start + index), node }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: start + edges.length < issues.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: counts.reduce((sum, { count }) => sum + count, 0),
    counts,
    rowsScanned,
    complete,
  };
};
