import { readAccessLog, showsType, type FoundRecord, type RecordFilter } from '../access/log/read-access-log.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { AccessDecision, AccessKind, AccessLogFilter, AccessRecord, QueryResolvers } from './generated/hub-resolvers.ts';
import type { HubContext } from './context.ts';
import { orAbsent } from './or-absent.ts';
import { pageSize } from './page-size.ts';

/** 访问记录 */
export const accessLog: NonNullable<QueryResolvers['accessLog']> = async (_parent, { filter, first, after }, { accessLog: log, authorize }) => {
  const provider = providerOf(authorize('access-log:read'));
  const page = await readAccessLog(log.folder, {
    filter: { ...filterOf(log, filter ?? {}), ...(provider === undefined ? {} : { provider, seenBy: provider }) },
    first: pageSize(first),
    ...(typeof after === 'string' ? { after } : {}),
  }).catch((error: unknown) => {
    if (error instanceof RangeError) throw new HubError('CURSOR_INVALID', 'The cursor was not made by this list; start again without it.');
    throw error;
  });
  const nodes = page.records.map((record) => nodeOf(record, provider));
  const edges = nodes.map((node, i) => ({ node, cursor: page.cursors[i] ?? '' }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: page.next !== undefined,
      hasPreviousPage: typeof after === 'string',
      startCursor: edges[0]?.cursor ?? null,
      endCursor: page.next ?? edges.at(-1)?.cursor ?? null,
    },
  };
};

/** The department to whose part of the log somebody is limited; undefined for those who may see all of it. */
function providerOf({ roles, department, unverified }: Principal): string | undefined {
  if (unverified === 'developer' || roles.includes('auditor')) return undefined;
  if (department === undefined) throw new HubError('FORBIDDEN_FIELD', 'The access log is open to auditors, and to data officers for their own department.');
  return department;
}

function filterOf(log: HubContext['accessLog'], { from, to, kind, decision, entity, ...rest }: AccessLogFilter): RecordFilter {
  return {
    ...orAbsent(rest),
    ...orAbsent({ from: utc(from), to: utc(to), kind: lower<RecordFilter['kind']>(kind), decision: lower<RecordFilter['decision']>(decision) }),
    ...(entity ? { entity: { type: entity.type, key: log.subjects.one(entity.type, entity.key) } } : {}),
  };
}

const utc = (time: unknown): string | undefined => (typeof time === 'string' ? new Date(time).toISOString() : undefined);
const lower = <T>(value: string | null | undefined): T | undefined => value?.toLowerCase() as T | undefined;
const upper = <T extends string>(value: string): T => value.toUpperCase() as T;

/** @param provider sees of a record only what was read of it */
function nodeOf(record: FoundRecord, provider: string | undefined): AccessRecord {
  const { who, operation, errors = {} } = record;
  const reads = (record.reads ?? []).filter(({ department }) => provider === undefined || department === provider);
  return {
    chain: record.chain,
    seq: record.seq,
    at: record.at,
    kind: upper<AccessKind>(record.kind),
    request: record.request,
    subject: who.subject,
    roles: [...who.roles],
    reads: reads.map((read) => ({ ...read, fields: [...read.fields], masked: [...(read.masked ?? [])] })),
    own: provider === undefined ? [...(record.own ?? [])] : [],
    subjects: (record.subjects ?? []).filter(({ type }) => showsType(record, type, provider)).map(({ type, count }) => ({ type, count })),
    explain: record.explain ?? false,
    decision: upper<AccessDecision>(record.decision),
    errors: Object.entries(errors).map(([code, count]) => ({ code, count })),
    ...orAbsent({
      department: who.department,
      purpose: who.purpose,
      peer: who.peer,
      operationType: operation?.type,
      operationName: operation?.name,
      operationHash: operation?.hash,
      generation: record.generation,
      release: record.release,
      count: record.count,
      ms: record.ms,
    }),
  };
}
