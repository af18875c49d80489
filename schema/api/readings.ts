import { Kind, parse, parseConstValue, type SelectionSetNode, type ValueNode } from 'graphql';
import type { Check } from '../model/check.ts';
import type { UnifiedModel } from '../model/unified.ts';
import { dependenciesOf, type LeafRef } from './dependencies.ts';
import { leafAt } from './leaves.ts';
import { MEASURES } from './names.ts';

/** Leaves and relations (both by path) that a derived leaf reads directly; none when mappings give its value. Its filters and orders count. */
export function readingsOf(model: UnifiedModel, type: string, path: string): LeafRef[] {
  const derivation = leafAt(model, type, path)?.derivation;
  if (derivation === undefined) return [];
  const leaves = dependenciesOf(model, type, path);
  if (derivation.kind !== 'aggregate' && derivation.kind !== 'pick') return leaves;
  const relation = model.types.get(type)?.fields.get(derivation.relation);
  if (relation?.kind !== 'relation') return leaves;
  const literals = [derivation.where, derivation.kind === 'pick' ? derivation.orderBy : undefined].filter((literal) => literal !== undefined);
  return [
    { type, path: derivation.relation },
    ...leaves,
    ...literals.flatMap((literal) => conditionReadings(model, relation.target, parseConstValue(literal, { noLocation: true }))),
  ];
}

/** Leaves and relations that a check's selection reads, arguments included. */
export function checkReadings(model: UnifiedModel, check: Check): LeafRef[] {
  const definition = parse(check.select, { noLocation: true }).definitions[0];
  return definition?.kind === Kind.OPERATION_DEFINITION ? selectionReadings(model, check.subject, '', definition.selectionSet) : [];
}

function selectionReadings(model: UnifiedModel, type: string, prefix: string, set: SelectionSetNode): LeafRef[] {
  return set.selections.flatMap((selection): LeafRef[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return selectionReadings(model, type, prefix, selection.selectionSet);
    const { name, selectionSet } = selection;
    const field = prefix === '' ? model.types.get(type)?.fields.get(name.value) : undefined;
    if (field?.kind === 'relation') {
      const conditions = (selection.arguments ?? []).flatMap((argument) => conditionReadings(model, field.target, argument.value));
      return [{ type, path: name.value }, ...conditions, ...(selectionSet ? selectionReadings(model, field.target, '', selectionSet) : [])];
    }
    if (field?.kind === 'value') return selectionSet ? selectionReadings(model, type, `${name.value}.`, selectionSet) : [];
    const path = `${prefix}${name.value}`;
    if (leafAt(model, type, path)) return [{ type, path }];
    // `nodes`, `aggregate`, `sum` and the like stand between a relation and its entity.
    const conditions = (selection.arguments ?? []).flatMap((argument) => conditionReadings(model, type, argument.value));
    return [...conditions, ...(selectionSet ? selectionReadings(model, type, prefix, selectionSet) : [])];
  });
}

const LOGIC: ReadonlySet<string> = new Set(['and', 'or', 'not', 'some', 'every', 'none', 'aggregate', ...Object.keys(MEASURES)]);

/** Leaves and relations that a filter or order of a type names. */
export function conditionReadings(model: UnifiedModel, type: string, literal: ValueNode): LeafRef[] {
  if (literal.kind === Kind.LIST) return literal.values.flatMap((item) => conditionReadings(model, type, item));
  if (literal.kind !== Kind.OBJECT) return [];
  return literal.fields.flatMap(({ name, value }): LeafRef[] => {
    const field = model.types.get(type)?.fields.get(name.value);
    if (field?.kind === 'leaf') return [{ type, path: field.name }];
    if (field?.kind === 'relation') return [{ type, path: field.name }, ...conditionReadings(model, field.target, value)];
    if (field?.kind === 'value') return value.kind === Kind.OBJECT ? value.fields.map((part) => ({ type, path: `${field.name}.${part.name.value}` })) : [];
    return LOGIC.has(name.value) ? conditionReadings(model, type, value) : [];
  });
}
