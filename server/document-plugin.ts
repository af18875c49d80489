import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

const DOCUMENTS_MAX = 1_000;
/** Of all their texts: a parsed document takes some fifty times as many bytes. */
const CHARACTERS_MAX = 1_000_000;

/**
 * Keeps parsed and validated documents of one view, by hash; bounded by their texts. Apollo's own store counts what a document prints as, which says little of
 * what it holds: under large hostile requests it grew to hundreds of megabytes. Another's, given to it, it prefixes with a hash of the printed schema, and
 * printing that takes longer than everything else that a new view needs of Apollo.
 */
export function documentPlugin(): ApolloServerPlugin<BaseContext> {
  const documents = new LRUCache<string, DocumentNode>({
    max: DOCUMENTS_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? 0) + 1,
  });
  return {
    async requestDidStart() {
      return {
        async didResolveSource(request) {
          const known = documents.get(request.queryHash);
          // Read-only by its type; the pipeline parses only what has no document yet.
          if (known) (request as { document?: DocumentNode }).document = known;
        },
        // Called once it is validated.
        async didResolveOperation({ queryHash, document }) {
          documents.set(queryHash, document);
        },
      };
    },
  };
}
