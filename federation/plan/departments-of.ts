import { Kind, type SelectionSetNode } from 'graphql';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { expressionNames } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Supergraph } from './supergraph.ts';

/** Departments whose rows a selection on an entity reads, derived fields followed to where they come from; sorted. */
export function departmentsOf(supergraph: Supergraph, type: UnifiedType, selection: SelectionSetNode): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const enter = (entity: UnifiedType): void => {
    const department = supergraph.bindings.get(entity.name)?.[0]?.department;
    if (department !== undefined) found.add(department);
  };
  const leaf = (entity: UnifiedType, path: string): void => {
    if (seen.has(`${entity.name}.${path}`)) return;
    seen.add(`${entity.name}.${path}`);
    const [head = '', inner] = path.split('.');
    const field = entity.fields.get(head);
    const target = field?.kind === 'value' ? supergraph.model.types.get(field.type)?.fields.get(inner ?? '') : field;
    if (target?.kind !== 'leaf') return;
    const { derivation } = target;
    if (!derivation) {
      const bindings = (supergraph.bindings.get(entity.name) ?? []).filter((b) => b.fields.has(path));
      const department = (bindings.find((b) => b.department === target.authority) ?? bindings[0])?.department;
      if (department !== undefined) found.add(department);
    } else if (derivation.kind === 'from') leaf(entity, derivation.field);
    else if (derivation.kind === 'computed') for (const name of expressionNames(parseExpression(derivation.expression))) leaf(entity, name);
    else {
      const relation = entity.fields.get(derivation.relation);
      const related = relation?.kind === 'relation' ? supergraph.model.types.get(relation.target) : undefined;
      if (!related) return;
      enter(related);
      if (derivation.field !== undefined) leaf(related, derivation.field);
    }
  };
  const walk = (entity: UnifiedType, set: SelectionSetNode, prefix: string): void => {
    for (const node of set.selections) {
      if (node.kind !== Kind.FIELD) {
        if (node.kind === Kind.INLINE_FRAGMENT) walk(entity, node.selectionSet, prefix);
        continue;
      }
      const { name, sets } = { name: node.name.value, sets: node.selectionSet };
      const field = prefix === '' ? entity.fields.get(name) : undefined;
      const related = field?.kind === 'relation' ? supergraph.model.types.get(field.target) : undefined;
      if (related) {
        enter(related);
        if (sets) walk(related, sets, '');
      } else if (field?.kind === 'value' && sets) walk(entity, sets, `${name}.`);
      // `nodes`, `edges`, `node`, `aggregate` and the like stand between a relation and its entity.
      else if (sets) walk(entity, sets, prefix);
      else leaf(entity, `${prefix}${name}`);
    }
  };
  enter(type);
  walk(type, selection, '');
  return [...found].toSorted();
}
