import type { SourceDrift } from '../federation/supergraph/federation.ts';
import { screamingSnake } from '../schema/api/names.ts';
import type { DriftKind, MutationResolvers, QueryResolvers, SourceDrift as SourceDriftNode } from './generated/hub-resolvers.ts';

const driftNode = ({ source, drifts: changes, quarantine }: SourceDrift): SourceDriftNode => ({
  source: source.name,
  department: source.department,
  quarantine: [...quarantine],
  changes: changes.map((change) => ({ ...change, kind: screamingSnake(change.kind) as DriftKind })),
});

const drifts: NonNullable<QueryResolvers['drifts']> = (_parent, _args, { mappings, authorize }) => {
  authorize('sources:read');
  return mappings.drift.list().map(driftNode);
};

const draftRepair: NonNullable<MutationResolvers['draftRepair']> = (_parent, { source }, { mappings, authorize }) =>
  mappings.drift.draftRepair(source, authorize('drafts:edit'));

const acceptDrift: NonNullable<MutationResolvers['acceptDrift']> = async (_parent, { source }, { mappings, authorize }) => {
  await mappings.drift.accept(source, authorize('releases:publish'));
  return mappings.drift.list().map(driftNode);
};

export const driftQueries = { drifts };
export const driftMutations = { draftRepair, acceptDrift };
