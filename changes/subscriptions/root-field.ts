import { getArgumentValues, Kind, type FieldNode, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../../schema/parse/fragments-of.ts';
import type { StreamRequest } from './stream-request.ts';

/** The one field that a subscription asks for, in whichever fragment it stands. */
export function rootField({ document, operation }: Pick<StreamRequest, 'document' | 'operation'>): FieldNode {
  const found = firstField(operation.selectionSet, fragmentsOf(document));
  if (!found) throw new Error('unreachable: validation has seen the field');
  return found;
}

/** Its arguments, coerced. */
export function rootArguments(request: Pick<StreamRequest, 'document' | 'operation' | 'variables' | 'view'>): Readonly<Record<string, unknown>> {
  const node = rootField(request);
  const definition = request.view.schema.getSubscriptionType()?.getFields()[node.name.value];
  if (!definition) throw new Error('unreachable: validation has seen the field');
  return getArgumentValues(definition, node, request.variables);
}

function firstField({ selections }: SelectionSetNode, fragments: ReturnType<typeof fragmentsOf>): FieldNode | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet;
    const found = inner && firstField(inner, fragments);
    if (found) return found;
  }
  return undefined;
}
