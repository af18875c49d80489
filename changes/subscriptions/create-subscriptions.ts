import { Kind, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { RunStream } from './event-sink.ts';
import type { StreamRequest } from './stream-request.ts';
import type { Topic } from './topic.ts';

/** Leads every subscription to the topic that answers its one root field. */
export function createSubscriptions(topics: readonly Topic[]): RunStream {
  return async (request, sink) => {
    const field = rootField(request);
    const topic = topics.find((each) => each.answers(field, request));
    if (!topic) throw new HubError('SOURCE_CAPABILITY_MISSING', `Nothing answers ${field} at the moment.`);
    await topic.run(request, sink);
  };
}

/** Validation has seen to it that there is exactly one. */
function rootField({ document, operation }: StreamRequest): string {
  const fragments = new Map(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
  return firstField(operation.selectionSet, fragments) ?? '';
}

function firstField({ selections }: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    const found = inner && firstField(inner.selectionSet, fragments);
    if (found !== undefined) return found;
  }
  return undefined;
}
