import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

const ACCEPTED_MAX = 100;
const JSON_TYPE = 'application/json; charset=utf-8';
/** Says by its status whether there is a result: with it, an answer without `data` is never 200. */
export const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';
const TYPES = [JSON_TYPE, GRAPHQL_RESPONSE_TYPE];

const chosen = new LRUCache<string, { readonly type: string | undefined }>({ max: ACCEPTED_MAX });

/** The media type of an answer to a client that sends this `accept`, as Apollo Server chooses it; undefined where it takes neither. */
export function answerType(accept: string | undefined): string | undefined {
  if (!accept) return JSON_TYPE;
  const known = chosen.get(accept);
  if (known) return known.type;
  const type = new Negotiator({ headers: { accept } }).mediaType(TYPES);
  chosen.set(accept, { type });
  return type;
}

/** The same for an error, which is told in any case: with 200, as clients want it of persisted queries, only JSON is allowed. */
export const errorType = (status: number, accept: string | undefined): string => (status < 400 ? JSON_TYPE : (answerType(accept) ?? JSON_TYPE));
