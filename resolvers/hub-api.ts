import { readFileSync } from 'node:fs';
import type { IResolvers } from '@graphql-tools/utils';
import type { Resolvers } from './generated/hub-resolvers.ts';
import { crosswalk } from './crosswalk-fields.ts';
import { bulkConfirmCrosswalk, confirmCrosswalk, refreshCrosswalk, rejectCrosswalk, undoCrosswalk } from './crosswalk-mutations.ts';
import { hub, operationExamples } from './hub-fields.ts';
import { dataIssues, unresolved, UnresolvedPart } from './issue-fields.ts';
import { Source, sources } from './source-fields.ts';

const resolvers: Resolvers = {
  Query: { hub, sources, crosswalk, unresolved, dataIssues, operationExamples },
  Mutation: { confirmCrosswalk, bulkConfirmCrosswalk, rejectCrosswalk, undoCrosswalk, refreshCrosswalk },
  Source,
  UnresolvedPart,
};

/** The hub's own part of the API: its SDL and what answers it. */
export const hubApi: { readonly typeDefs: string; readonly resolvers: IResolvers } = {
  typeDefs: readFileSync(new URL('../schema/hub.graphql', import.meta.url), 'utf8'),
  resolvers: resolvers as IResolvers,
};
