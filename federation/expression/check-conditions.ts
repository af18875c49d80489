import { Kind, type SelectionSetNode } from 'graphql';
import type { Problem } from '../../schema/errors/problem.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import type { Check, EntityTest } from '../../schema/model/check.ts';
import type { UnifiedModel } from '../../schema/model/unified.ts';
import { placeWithin } from '../../schema/parse/origin.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import { checkExpression } from './check.ts';
import { faultAt, typeOfLeaf } from './check-model.ts';
import { CLOCK_TYPES } from './compile.ts';
import { parseExpression } from './parse.ts';
import { BOOLEAN, DECIMAL, INT, TEXT, type ExpressionType } from './types.ts';

/** Everything that is wrong with the conditions and values of checks and alert rules, read over what each selects. */
export function conditionProblems(model: UnifiedModel, checks: readonly Check[], rules: readonly AlertRule[]): Problem[] {
  return [
    ...checks.flatMap((check) => problemsOf(model, check, `check ${check.check}`, { when: check.when })),
    ...rules.flatMap((rule) => problemsOf(model, rule, `rule ${rule.rule}`, { when: rule.when, resolve: rule.resolve })),
  ];
}

function problemsOf(model: UnifiedModel, test: EntityTest, what: string, conditions: Readonly<Record<string, string | undefined>>): Problem[] {
  const names = { ...objectType(model, test.subject, selectionOf(test.select)).fields, ...CLOCK_TYPES };
  const problemOf = (key: string, text: string | undefined, result?: ExpressionType): Problem[] => {
    if (text === undefined) return [];
    try {
      checkExpression(parseExpression(text), names, result);
      return [];
    } catch (error) {
      return [faultAt(placeWithin(test, [key], test.place), `"${key}" of ${what} does not work`, error)];
    }
  };
  return [...Object.entries(conditions).flatMap(([key, text]) => problemOf(key, text, BOOLEAN)), ...problemOf('value', test.value)];
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
