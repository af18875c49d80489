import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Federation } from '../federation/supergraph/federation.ts';

type Gateway = Exclude<Extract<ApolloServerOptions<BaseContext>, { gateway: unknown }>['gateway'], undefined>;

/** Lets Apollo follow the federation's generations: a request keeps the schema that it began with, the next one gets the new one. */
export function generationGateway(federation: Federation): Gateway {
  const callbacks = new Set<(generation: { schema: GraphQLSchema }) => void>();
  const unsubscribe = federation.onGeneration((generation) => callbacks.forEach((callback) => callback(generation)));
  return {
    onSchemaLoadOrUpdate(callback) {
      const told = ({ schema }: { schema: GraphQLSchema }): void => callback({ apiSchema: schema, coreSupergraphSdl: '' });
      callbacks.add(told);
      return () => callbacks.delete(told);
    },
    async load() {
      callbacks.forEach((callback) => callback(federation.generation()));
      return { executor: null };
    },
    async stop() {
      unsubscribe();
    },
  };
}
