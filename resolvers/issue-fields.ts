import { unresolvedOf } from '../federation/crosswalk/unresolved.ts';
import { scanIssues } from '../federation/issues/scan-issues.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { QueryResolvers, UnresolvedPartResolvers } from './generated/hub-resolvers.ts';
import { orAbsent } from './or-absent.ts';

const FIRST_MAX = 200;

/** 未对照金额 */
export const unresolved: NonNullable<QueryResolvers['unresolved']> = async (_parent, { type }, { federation, generation, signal, authorize }) => {
  authorize('issues:read');
  return unresolvedOf(federation, generation.supergraph, type, signal);
};

export const UnresolvedPart: UnresolvedPartResolvers = {
  keyCount: ({ keys }) => keys.length,
  keys: ({ keys }, { first }) => keys.slice(0, checkedFirst(first)),
};

/** 数据问题 */
export const dataIssues: NonNullable<QueryResolvers['dataIssues']> = async (
  _parent,
  { type, first, after, ...filter },
  { federation, generation, signal, authorize },
) => {
  authorize('issues:read');
  const start = after === null || after === undefined ? 0 : placeOf(after) + 1;
  const { issues, counts, rowsScanned, complete } = await scanIssues(federation, generation.supergraph, type, orAbsent(filter), signal);
  const edges = issues.slice(start, start + checkedFirst(first)).map((node, index) => ({ cursor: cursorOf(start + index), node }));
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

function checkedFirst(first: number | null | undefined): number {
  const asked = first ?? 20;
  if (asked < 0) throw new HubError('BAD_USER_INPUT', 'first must not be negative');
  if (asked > FIRST_MAX) throw new HubError('LIMIT_PAGE', `first is ${asked}; at most ${FIRST_MAX} are allowed; page with after`);
  return asked;
}

const cursorOf = (place: number): string => Buffer.from(`issue ${place}`).toString('base64url');

function placeOf(cursor: string): number {
  const place = /^issue (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place === undefined) throw new HubError('CURSOR_INVALID', 'The cursor was not made by this list; start again without it.');
  return Number(place);
}
