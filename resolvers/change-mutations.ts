import type { MutationResolvers } from './generated/hub-resolvers.ts';

/** 确认已处理 */
export const ackChanges: NonNullable<MutationResolvers['ackChanges']> = async (_parent, { consumer, cursor }, { consumers, authorize }) => {
  const { subject } = authorize('changes:read');
  return { consumer, cursor: await consumers.acknowledge(subject, consumer, cursor) };
};
