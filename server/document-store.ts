import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

const DOCUMENTS_MAX = 1_000;
/** Of all their texts: a parsed document takes some fifty times as many bytes. */
const CHARACTERS_MAX = 1_000_000;

/**
 * Parsed and validated documents of one view, by hash; bounded by their texts. Apollo's own store counts what a document prints as, which says little of what
 * it holds: under large hostile requests it grew to hundreds of megabytes.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptions<BaseContext>['documentStore']> {
  const documents = new LRUCache<string, DocumentNode>({
    max: DOCUMENTS_MAX,
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? 0) + 1,
  });
  return {
    get: (key) => Promise.resolve(documents.get(key)),
    set: (key, document) => Promise.resolve(void documents.set(key, document)),
    delete: (key) => Promise.resolve(documents.delete(key)),
  };
}
