import { HubError } from '../../schema/errors/hub-error.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { LeafField, Place, UnifiedModel, UnifiedType } from '../../schema/model/unified.ts';
import { checkExpression } from './check.ts';
import { CLOCK_TYPES } from './compile.ts';
import { parseExpression } from './parse.ts';
import type { ExpressionType, ExpressionTypes } from './types.ts';

/** Everything that is wrong with the expressions of a model's computed fields. In a value type an expression must fit every entity that holds it. */
export function expressionProblems(model: UnifiedModel): Problem[] {
  return [...model.types.values()]
    .filter((type) => type.kind === 'entity')
    .flatMap((type) => {
      const names = namesOf(model, type);
      return leavesOf(model, type).flatMap(([path, leaf]) => problemOf(model, names, `${type.name}.${path}`, leaf) ?? []);
    });
}

function problemOf(model: UnifiedModel, names: ExpressionTypes, path: string, leaf: LeafField): Problem | undefined {
  if (leaf.derivation?.kind !== 'computed') return undefined;
  try {
    checkExpression(parseExpression(leaf.derivation.expression), names, typeOfLeaf(model, leaf));
    return undefined;
  } catch (error) {
    return faultAt(leaf.place, `the expression of "${path}" does not work`, error);
  }
}

export function faultAt({ file, line, column }: Place, what: string, error: unknown): Problem {
  if (!(error instanceof HubError)) throw error;
  return { file, line, column, message: `${what}: ${error.message}`, remedy: 'see the reference of expressions', severity: 'error' };
}

function namesOf(model: UnifiedModel, type: UnifiedType): ExpressionTypes {
  return { ...Object.fromEntries(leavesOf(model, type).map(([path, leaf]) => [path, typeOfLeaf(model, leaf)])), ...CLOCK_TYPES };
}

/** `amount`, and `location.longitude` of what is embedded. */
function leavesOf(model: UnifiedModel, type: UnifiedType): (readonly [string, LeafField])[] {
  return [...type.fields.values()].flatMap((field): (readonly [string, LeafField])[] => {
    if (field.kind === 'leaf') return [[field.name, field]];
    const inner = field.kind === 'value' ? model.types.get(field.type) : undefined;
    return [...(inner?.fields.values() ?? [])].flatMap((leaf) => (leaf.kind === 'leaf' ? [[`${field.name}.${leaf.name}`, leaf] as const] : []));
  });
}

/** With its values when it is an enum. */
export function typeOfLeaf(model: UnifiedModel, { type }: LeafField): ExpressionType {
  const values = type.kind === 'enum' ? model.enums.get(type.name)?.values.map((value) => value.name) : undefined;
  return { kind: 'scalar', scalar: type.name, ...(values ? { values } : {}) };
}
