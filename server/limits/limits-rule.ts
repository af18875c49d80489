import { GraphQLError, Kind, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode, type ValidationRule } from 'graphql';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import type { Limits } from '../../schema/model/configuration.ts';

/** How large an operation is once its fragments are spread. */
interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly selections: number;
  readonly directives: number;
}

/**
 * Refuses operations that are too deep, too wide or too long, fragments spread, before anything is planned. Introspection counts as one level:
 * GraphQL itself limits how deep it goes.
 */
export function limitsRule(limits: Pick<Limits, 'depth' | 'aliases' | 'rootFields' | 'selections' | 'directives'>): ValidationRule {
  return (context) => {
    const measure = createMeasure((name) => context.getFragment(name));
    const check = (node: OperationDefinitionNode, code: ErrorCode, value: number, limit: number, what: string, remedy: string): void => {
      if (value <= limit) return;
      const shown = Number.isFinite(value) && value < 1e15 ? value.toLocaleString('en') : 'too many';
      const message = `The operation has ${shown} ${what}; at most ${limit.toLocaleString('en')} are allowed: ${remedy}.`;
      context.reportError(new GraphQLError(message, { nodes: node, originalError: new HubError(code, message) }));
    };
    return {
      OperationDefinition(node) {
        const { depth, aliases, selections, directives } = measure.size(node.selectionSet);
        const all = directives + (node.directives?.length ?? 0) + sum((node.variableDefinitions ?? []).map((each) => each.directives?.length ?? 0));
        check(node, 'LIMIT_DEPTH', depth, limits.depth, 'levels of fields', 'split it');
        check(node, 'LIMIT_ALIASES', aliases, limits.aliases, 'aliases', 'split it');
        check(node, 'LIMIT_ALIASES', measure.roots(node.selectionSet), limits.rootFields, 'root fields', 'split it');
        check(node, 'LIMIT_ALIASES', all, limits.directives, 'directives', 'split it');
        check(node, 'LIMIT_COST', selections, limits.selections, 'selected fields, fragments spread', 'select less');
        return false;
      },
    };
  };
}

const NOTHING: Size = { depth: 0, aliases: 0, selections: 0, directives: 0 };
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Each fragment is measured once, so a document that unfolds to billions of fields costs no more than it is long. */
function createMeasure(fragmentOf: (name: string) => FragmentDefinitionNode | null | undefined) {
  const sizes = new Map<string, Size>();
  const fragmentSize = (name: string): Size => {
    const known = sizes.get(name);
    if (known) return known;
    sizes.set(name, NOTHING); // a circle; another rule reports it
    const fragment = fragmentOf(name);
    const measured = fragment ? size(fragment.selectionSet) : NOTHING;
    sizes.set(name, measured);
    return measured;
  };
  const size = (set: SelectionSetNode): Size => {
    let [depth, aliases, selections, directives] = [0, 0, 0, 0];
    for (const selection of set.selections) {
      const part =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragmentSize(selection.name.value) : selection.selectionSet ? size(selection.selectionSet) : NOTHING;
      const isField = selection.kind === Kind.FIELD;
      const isIntrospection = isField && selection.name.value.startsWith('__');
      depth = Math.max(depth, (isIntrospection ? 0 : part.depth) + (isField ? 1 : 0));
      aliases += part.aliases + (isField && selection.alias ? 1 : 0);
      selections += part.selections + (isField ? 1 : 0);
      directives += part.directives + (selection.directives?.length ?? 0);
    }
    return { depth, aliases, selections, directives };
  };
  const rootsOf = new Map<string, number>();
  const roots = (set: SelectionSetNode): number => {
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) count += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += roots(selection.selectionSet);
      else count += rootsOf.get(selection.name.value) ?? spreadRoots(selection.name.value);
    }
    return count;
  };
  const spreadRoots = (name: string): number => {
    rootsOf.set(name, 0);
    const fragment = fragmentOf(name);
    const count = fragment ? roots(fragment.selectionSet) : 0;
    rootsOf.set(name, count);
    return count;
  };
  return { size, roots };
}
