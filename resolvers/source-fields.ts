import { sourceCoverage } from '../federation/supergraph/coverage.ts';
import type { SourceStatus } from '../federation/supergraph/federation.ts';
import type { SourceConfiguration } from '../schema/model/configuration.ts';
import type { Capture } from '../store/capture-table.ts';
import type { HubContext } from './context.ts';
import type { CaptureState, ChangeCapture, ChangeMode, QueryResolvers, SourceCatalog, SourceResolvers } from './generated/hub-resolvers.ts';

const CATALOG: Readonly<Record<SourceStatus['catalog'], SourceCatalog>> = { live: 'LIVE', remembered: 'REMEMBERED', unknown: 'UNKNOWN' };

const MODE: Readonly<Record<Capture['mode'], ChangeMode>> = { log: 'LOG', trigger: 'TRIGGER', poll: 'POLL' };
const STATE: Readonly<Record<Capture['state'], CaptureState>> = { starting: 'STARTING', snapshot: 'SNAPSHOT', live: 'LIVE', down: 'DOWN', refused: 'REFUSED' };

/** 数据源 */
export const sources: NonNullable<QueryResolvers['sources']> = (_parent, _args, { federation, authorize }) => {
  authorize('sources:read');
  return [...federation.configuration().sources.values()];
};

/** 变更捕获 */
async function captureOf({ name, changes }: SourceConfiguration, { captures, federation }: HubContext): Promise<ChangeCapture | null> {
  const found = changes === 'none' ? undefined : (await captures()).find((capture) => capture.source === name);
  if (found === undefined) return null;
  const { mode, state, message, committedAt, lagMs, readMs, gapAt, gapReason, gapHealedAt } = found;
  const guarantees = federation.connector(name).capabilities.changes?.[mode];
  return {
    mode: MODE[mode],
    state: STATE[state],
    message,
    everyChange: guarantees?.everyChange ?? false,
    transactions: guarantees?.transactions ?? false,
    committedAt,
    lagMs,
    heardAt: readMs === null ? null : new Date(readMs).toISOString(),
    lastGap: gapAt === null || gapReason === null ? null : { at: gapAt, reason: gapReason, healedAt: gapHealedAt },
  };
}

type Up = Extract<SourceStatus['health'], { readonly status: 'up' }>;

/** One look at all sources' health serves every field that asks. */
async function health(source: SourceConfiguration, { loaders }: HubContext): Promise<SourceStatus['health'] | undefined> {
  return (await loaders.status.load(source.name))?.health;
}

async function whenUp<T>(source: SourceConfiguration, context: HubContext, read: (health: Up) => T): Promise<T | null> {
  const found = await health(source, context);
  return found?.status === 'up' ? read(found) : null;
}

export const Source: SourceResolvers = {
  department: ({ department }, _args, { federation }) => ({ name: department, ...federation.configuration().departments.get(department) }),
  ok: async (source, _args, context) => (await health(source, context))?.status === 'up',
  engine: (source, _args, context) => whenUp(source, context, ({ engine }) => engine),
  latencyMs: (source, _args, context) => whenUp(source, context, ({ latencyMs }) => latencyMs),
  message: async (source, _args, context) => {
    const found = await health(source, context);
    return found?.status === 'down' ? found.reason : null;
  },
  catalog: async ({ name }, _args, { loaders }) => CATALOG[(await loaders.status.load(name))?.catalog ?? 'unknown'],
  changes: (source, _args, context) => captureOf(source, context),
  coverage: ({ name, department }, _args, { federation, view, principal }) => {
    // Names of tables and columns are for whoever maps them.
    const may = principal.unverified !== undefined || principal.department === department || principal.roles.includes('steward');
    const catalog = may ? federation.catalog(name) : undefined;
    return catalog ? sourceCoverage(view.supergraph, name, catalog) : null;
  },
};
