import { agreements, decideAgreement, requestAgreement, sharedByAgreement, withdrawAgreement } from './agreement-fields.ts';
import type { MutationResolvers, QueryResolvers } from './generated/hub-resolvers.ts';
import { allowIdentity, deniedIdentities, denyIdentity, whoAmI } from './identity-fields.ts';

export const accessQueries: QueryResolvers = { sharedByAgreement, agreements, whoAmI, deniedIdentities };
export const accessMutations: MutationResolvers = { requestAgreement, decideAgreement, withdrawAgreement, denyIdentity, allowIdentity };
