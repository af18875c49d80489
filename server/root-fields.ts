import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../schema/parse/fragments-of.ts';
import { compareText } from '../schema/model/compare-text.ts';

/** An operation's root fields, by who answers them. */
export interface RootFields {
  readonly planned: boolean;
  /** The operation with only the hub's own root fields, ready for graphql-js; absent when it has none. */
  readonly own?: DocumentNode;
  /** Names of those, ascending, each once. */
  readonly ownNames: readonly string[];
  /** How often a root field is asked for again under another alias. */
  readonly repeats: number;
}

/** Splits an operation between the planner and the hub's own resolvers. Pure. */
export function splitRootFields(document: DocumentNode, operation: OperationDefinitionNode, isPlanned: (field: string) => boolean): RootFields {
  const fragments = fragmentsOf(document);
  const select = (keep: (field: FieldNode) => boolean): SelectionNode[] => filtered(operation.selectionSet, fragments, keep);
  const names = new Set<string>();
  const keys = new Set<string>();
  const own = select((field) => {
    keys.add(field.alias?.value ?? field.name.value);
    names.add(field.name.value);
    return !isPlanned(field.name.value);
  });
  const ownNames = [...names].filter((name) => !isPlanned(name)).sort(compareText);
  const said = { planned: ownNames.length < names.size, ownNames, repeats: keys.size - names.size };
  if (own.length === 0) return said;
  const reduced: OperationDefinitionNode = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: own } };
  return { ...said, own: { kind: Kind.DOCUMENT, definitions: [reduced, ...fragments.values()] } };
}

/** Root selections that are kept, fragments spread; their directives stay with them. */
function filtered(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, keep: (field: FieldNode) => boolean): SelectionNode[] {
  return set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return keep(selection) ? [selection] : [];
    const body = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    const kept = body ? filtered(body.selectionSet, fragments, keep) : [];
    if (kept.length === 0) return [];
    return [
      {
        kind: Kind.INLINE_FRAGMENT,
        ...(selection.directives ? { directives: selection.directives } : {}),
        selectionSet: { kind: Kind.SELECTION_SET, selections: kept },
      },
    ];
  });
}
