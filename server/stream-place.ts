import { rootField } from '../changes/subscriptions/root-field.ts';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import type { Where } from './format-error.ts';

/** Where an error stands that ends a subscription: at its root field. */
export function streamPlace(request: Pick<StreamRequest, 'requestId' | 'document' | 'operation'>): Where {
  const { alias, name } = rootField(request);
  return { requestId: request.requestId, path: [(alias ?? name).value] };
}
