import { HubError } from '../../schema/errors/hub-error.ts';
import type { CrosswalkRow } from '../../store/crosswalk-row.ts';
import type { CrosswalkTable } from '../../store/crosswalk-table.ts';
import type { Crosswalk, OpenKey, UnresolvedKey } from './crosswalk.ts';
import { compareText } from '../../schema/model/compare-text.ts';

export interface WorkListQuery {
  readonly entity?: string;
  readonly source?: string;
  readonly state?: UnresolvedKey['state'];
  /** At most 200. */
  readonly first: number;
  /** `endCursor` of the page before. */
  readonly after?: string;
  /** Default: of all. */
  readonly of?: (entity: string, source: string) => boolean;
}

export interface WorkListPage {
  readonly items: readonly WorkItem[];
  /** Over all pages. */
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** One key that resolves to nothing, with all that is known about it. */
export interface WorkItem extends UnresolvedKey {
  readonly entity: string;
  readonly source: string;
  /** The canonical key as the source wrote it; null when blank. */
  readonly raw: string | null;
  /** Unified field → this source's value. */
  readonly fields: Readonly<Record<string, string>>;
  /** Existing entities that it may stand for, best first. */
  readonly suggestions: readonly WorkSuggestion[];
  /** Canonical keys that the source names but the authority does not have. */
  readonly unknown: readonly string[];
  /** Canonical keys that an officer rejected for it. */
  readonly rejected: readonly string[];
}

export interface WorkSuggestion extends Omit<OpenKey['evidence'], 'raw' | 'fields'> {
  readonly canonicalKey: string;
}

const FIRST_MAX = 200;

export interface WorkListParts {
  readonly table: CrosswalkTable;
  readonly crosswalk: Crosswalk;
  /** Sources with a crosswalk. */
  readonly slices: readonly { readonly entity: string; readonly source: string }[];
  readonly today: string;
}

/** A page of unresolved keys by entity, source and key. Stable while others decide: a cursor is a place in the order, not a count. @throws {HubError} BAD_USER_INPUT, CURSOR_INVALID */
export async function listWork({ table, crosswalk, slices, today }: WorkListParts, query: WorkListQuery): Promise<WorkListPage> {
  const { first, after } = query;
  if (!Number.isInteger(first) || first < 1 || first > FIRST_MAX) throw new HubError('BAD_USER_INPUT', `\`first\` must be between 1 and ${FIRST_MAX}.`);
  const wanted = slices
    .filter(({ entity, source }) => (query.entity ?? entity) === entity && (query.source ?? source) === source && (query.of?.(entity, source) ?? true))
    .toSorted((a, b) => compareText(a.entity, b.entity) || compareText(a.source, b.source));
  const start = after === undefined ? undefined : readCursor(after);
  const chosen: (UnresolvedKey & { entity: string; source: string })[] = [];
  let totalCount = 0;
  for (const { entity, source } of wanted) {
    const place = start === undefined ? 1 : compareText(entity, start[0]) || compareText(source, start[1]);
    for (const key of crosswalk.unresolved(entity, source)) {
      if (query.state !== undefined && key.state !== query.state) continue;
      totalCount++;
      const isAfter = place > 0 || (place === 0 && start !== undefined && compareText(key.localKey, start[2]) > 0);
      if (isAfter && chosen.length <= first) chosen.push({ entity, source, ...key });
    }
  }
  const page = chosen.slice(0, first);
  const items: WorkItem[] = [];
  for (const [slice, keys] of Map.groupBy(page, ({ entity, source }) => JSON.stringify([entity, source]))) {
    const [entity, source] = JSON.parse(slice) as [string, string];
    const rows = Map.groupBy(
      await table.ofLocals(
        entity,
        source,
        keys.map((key) => key.localKey),
      ),
      (row) => row.localKey,
    );
    for (const key of keys) items.push(itemOf(entity, source, key, rows.get(key.localKey) ?? [], crosswalk, today));
  }
  const last = page.at(-1);
  return {
    items,
    totalCount,
    hasNextPage: chosen.length > first,
    endCursor: last === undefined ? null : writeCursor([last.entity, last.source, last.localKey]),
  };
}

function itemOf(entity: string, source: string, key: UnresolvedKey, rows: readonly CrosswalkRow[], crosswalk: Crosswalk, today: string): WorkItem {
  const evidence = rows.find((row) => row.found?.evidence)?.found?.evidence;
  const suggestions: WorkSuggestion[] = [];
  const unknown: string[] = [];
  for (const { canonicalKey, found, decision } of rows) {
    if (canonicalKey === null || decision?.state === 'rejected') continue;
    if (!crosswalk.exists(entity, canonicalKey)) unknown.push(canonicalKey);
    else if (found !== null && decision === null) {
      const reason = found.matchedBy === 'evidence' ? 'evidence' : found.validTo !== null && found.validTo < today ? 'expired' : 'unconfirmed';
      suggestions.push({ canonicalKey, reason, score: found.score, compared: found.evidence?.compared ?? {} });
    }
  }
  return {
    entity,
    source,
    localKey: key.localKey,
    state: key.state,
    raw: evidence?.raw ?? null,
    fields: evidence?.fields ?? {},
    suggestions: suggestions.sort((a, b) => (b.score ?? 1) - (a.score ?? 1) || compareText(a.canonicalKey, b.canonicalKey)),
    unknown,
    rejected: rows.filter((row) => row.decision?.state === 'rejected' && row.canonicalKey !== null).map((row) => row.canonicalKey ?? ''),
  };
}

/** Where an item stands, for `after`. */
export function workCursor({ entity, source, localKey }: Pick<WorkItem, 'entity' | 'source' | 'localKey'>): string {
  return writeCursor([entity, source, localKey]);
}

function writeCursor(place: readonly [string, string, string]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readCursor(cursor: string): [string, string, string] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === 'string')) return place as [string, string, string];
  } catch {
    // falls through: not one of ours
  }
  throw new HubError('CURSOR_INVALID', 'The cursor was not made by this work list.');
}
