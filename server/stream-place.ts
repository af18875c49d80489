import { Kind } from 'graphql';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Where } from './format-error.ts';

/** Where an error stands that ends a subscription: at its root field. */
export function streamPlace({ requestId, operation }: Pick<StreamRequest, 'requestId' | 'operation'>): Where {
  const [root] = operation.selectionSet.selections;
  return { requestId, ...(root?.kind === Kind.FIELD ? { path: [root.alias?.value ?? root.name.value] } : {}) };
}
