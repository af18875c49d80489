import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Check } from '../../schema/model/check.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import { checkExpression } from './check.ts';
import { faultAt, typeOfLeaf } from './check-model.ts';
import { CLOCK_TYPES } from './compile.ts';
import { parseExpression } from './parse.ts';
import { BOOLEAN, DECIMAL, INT, TEXT, type ExpressionType } from './types.ts';

/** Everything that is wrong with the conditions and values of checks, read over what each check selects. */
export function conditionProblems(model: UnifiedModel, checks: readonly Check[]): Problem[] {
  return checks.flatMap((check) => {
    const selected = objectType(model, check.subject, selectionOf(check.select));
    const names = { ...selected.fields, ...CLOCK_TYPES };
    const problemOf = (what: string, text: string, result?: ExpressionType): Problem[] => {
      try {
        checkExpression(parseExpression(text), names, result);
        return [];
      } catch (error) {
        return [faultAt(check.place, `"${what}" of check ${check.check} does not work`, error)];
      }
    };
    return [...problemOf('when', check.when, BOOLEAN), ...(check.value === undefined ? [] : problemOf('value', check.value))];
  });
}

function selectionOf(select: string): SelectionSetNode | undefined {
  const [definition] = parse(select, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
}

interface Field {
  readonly key: string;
  readonly name: string;
  readonly set: SelectionSetNode | undefined;
}

function fieldsOf(set: SelectionSetNode | undefined): Field[] {
  return (set?.selections ?? []).flatMap((selection) =>
    selection.kind === Kind.FIELD ? [{ key: selection.alias?.value ?? selection.name.value, name: selection.name.value, set: selection.selectionSet }] : [],
  );
}

type ObjectType = Extract<ExpressionType, { kind: 'object' }>;

function object(fields: readonly Field[], typeOf: (field: Field) => ExpressionType): ObjectType {
  return { kind: 'object', fields: Object.fromEntries(fields.map((field) => [field.key, typeOf(field)])) };
}

/** As the answer to the selection will be: to-many relations are lists of their nodes, without nodes their totals. */
function objectType(model: UnifiedModel, type: string, set: SelectionSetNode | undefined): ObjectType {
  const fields = model.types.get(type)?.fields;
  return object(fieldsOf(set), ({ name, set: inner }): ExpressionType => {
    const field = fields?.get(name);
    switch (field?.kind) {
      case undefined:
        return TEXT; // id, __typename
      case 'leaf':
        return typeOfLeaf(model, field);
      case 'value':
        return objectType(model, field.type, inner);
      case 'relation':
        return field.many ? listType(model, field.target, inner) : objectType(model, field.target, inner);
    }
  });
}

function listType(model: UnifiedModel, target: string, set: SelectionSetNode | undefined): ExpressionType {
  const fields = fieldsOf(set);
  const nodes = fields.find((field) => field.name === 'nodes');
  if (nodes) return { kind: 'list', of: objectType(model, target, nodes.set) };
  return object(fields, (field) => (field.name === 'aggregate' ? aggregateType(model, target, field.set) : INT));
}

function aggregateType(model: UnifiedModel, target: string, set: SelectionSetNode | undefined): ExpressionType {
  return object(fieldsOf(set), ({ name, set: inner }) => {
    if (name === 'count') return INT;
    if (name === 'min' || name === 'max') return objectType(model, target, inner);
    return object(fieldsOf(inner), () => (name === 'countDistinct' ? INT : DECIMAL));
  });
}
