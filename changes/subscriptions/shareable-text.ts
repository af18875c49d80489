import { Kind, print, visit, type FieldNode, type OperationDefinitionNode } from 'graphql';
import type { StreamDocument } from './create-topic.ts';

/** Arguments that differ between subscribers who otherwise ask for the same. */
const OF_ONE_SUBSCRIBER: ReadonlySet<string> = new Set(['after', 'consumer']);

/** The same text for subscriptions that differ at most in where they begin. */
export function shareableText({ document, operation, variables }: StreamDocument): string {
  const used = new Set<string>();
  let depth = 0;
  const stripped = visit(operation, {
    OperationDefinition: (node) => ({ ...node, name: undefined, variableDefinitions: [] }) as unknown as OperationDefinitionNode,
    Field: {
      enter(node): FieldNode | undefined {
        depth += 1;
        if (depth > 1) return undefined;
        return { ...node, arguments: (node.arguments ?? []).filter(({ name }) => !OF_ONE_SUBSCRIBER.has(name.value)) };
      },
      leave() {
        depth -= 1;
      },
    },
  });
  const parts = [stripped, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)];
  for (const part of parts) visit(part, { Variable: ({ name }) => void used.add(name.value) });
  const values = [...used].sort().map((name) => [name, variables[name]]);
  return `${JSON.stringify(values)}\n${parts.map(print).join('\n')}`;
}
