import type { CrosswalkKey, MutationResolvers } from './generated/hub-resolvers.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { HubContext } from './context.ts';
import { orAbsent } from './or-absent.ts';

type Place = Omit<CrosswalkKey, 'canonicalKeys' | '__typename'>;

/** An officer decides on the keys of their own department's sources. */
function decider({ authorize, configuration }: HubContext, places: readonly { readonly source: string }[]): string {
  const { subject, department, unverified } = authorize('crosswalk:decide');
  const foreign = places.find(({ source }) => configuration.sources.get(source)?.department !== department);
  if (foreign && !unverified) throw new HubError('FORBIDDEN_FIELD', `The keys of ${foreign.source} are another department's to decide on.`);
  return subject;
}

/** What a key stands for now, after the decision. */
const keyNow = ({ federation }: HubContext, { entity, source, localKey }: Place): CrosswalkKey => ({
  entity,
  source,
  localKey,
  canonicalKeys: federation.keeper.current().toCanonical(entity, source, localKey),
});

export const confirmCrosswalk: NonNullable<MutationResolvers['confirmCrosswalk']> = async (_parent, pair, context) => {
  const subject = decider(context, [pair]);
  await context.federation.keeper.officer.confirm({ ...pair, by: subject });
  return keyNow(context, pair);
};

export const bulkConfirmCrosswalk: NonNullable<MutationResolvers['bulkConfirmCrosswalk']> = async (_parent, { pairs }, context) => {
  const subject = decider(context, pairs);
  await context.federation.keeper.officer.bulkConfirm(pairs, subject);
  return pairs.map((pair) => keyNow(context, pair));
};

export const rejectCrosswalk: NonNullable<MutationResolvers['rejectCrosswalk']> = async (_parent, { canonicalKey, ...place }, context) => {
  const subject = decider(context, [place]);
  await context.federation.keeper.officer.reject({ ...place, canonicalKey: canonicalKey ?? null, by: subject });
  return keyNow(context, place);
};

export const undoCrosswalk: NonNullable<MutationResolvers['undoCrosswalk']> = async (_parent, _args, context) => {
  const { subject } = context.authorize('crosswalk:decide');
  const undone = await context.federation.keeper.officer.undo(subject);
  return undone.map((entry) => keyNow(context, entry));
};

export const refreshCrosswalk: NonNullable<MutationResolvers['refreshCrosswalk']> = async (_parent, args, { federation, authorize }) => {
  authorize('crosswalk:refresh');
  const { entity, source } = orAbsent(args);
  const results = await federation.keeper.refresh(entity, source);
  return results.map((result) => ({
    entity: result.entity,
    source: result.source,
    elapsedMs: result.elapsedMs,
    ok: result.status === 'done',
    ...(result.status === 'done' ? { rows: result.rows, changed: result.changed } : { code: result.code }),
  }));
};
