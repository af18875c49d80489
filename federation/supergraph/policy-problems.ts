import { coerceInputValue, getNullableType, isInputObjectType, isLeafType, isListType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { whereName } from '../../schema/api/names.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Policy } from '../../schema/model/policy.ts';
import { placeWithin } from '../../schema/parse/origin.ts';
import { suggestion } from '../../schema/parse/suggest.ts';

/** Row rules that are no conditions in the `where` language that the sources can answer. */
export function policyProblems(policies: readonly Policy[], schema: GraphQLSchema): Problem[] {
  const problems: Problem[] = [];
  for (const policy of policies)
    for (const rule of policy.rules)
      for (const [type, entry] of rule.types) {
        const where = schema.getType(whereName(type));
        if (entry.rows === undefined || !isInputObjectType(where)) continue;
        const fault = faultIn(entry.rows, where, []);
        if (fault) problems.push({ ...placeWithin(entry, ['rows', ...fault.path], entry.place), ...fault, severity: 'error' });
      }
  return problems;
}

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** An attribute (`$region`) stands where a value or a list of values may. */
function faultIn(data: unknown, type: GraphQLInputType, path: readonly string[]): Fault | undefined {
  const bare = getNullableType(type);
  const said = path.length === 0 ? 'rows' : `rows.${path.join('.')}`;
  if (typeof data === 'string' && data.startsWith('$'))
    return isLeafType(isListType(bare) ? getNullableType(bare.ofType) : bare)
      ? undefined
      : { path, message: `${said} cannot be an attribute`, remedy: 'write an attribute in the place of a value, e.g. { district: { in: $region } }' };
  if (isListType(bare)) {
    for (const item of Array.isArray(data) ? (data as readonly unknown[]) : [data]) {
      const fault = faultIn(item, bare.ofType as GraphQLInputType, path);
      if (fault) return fault;
    }
    return undefined;
  }
  if (isInputObjectType(bare)) {
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      return { path, message: `${said} is no condition`, remedy: 'write a field and an operator, e.g. { district: { in: $region } }' };
    const fields = bare.getFields();
    for (const [name, inner] of Object.entries(data)) {
      const field = fields[name];
      if (!field) return { path: [...path, name], message: `${said} has no "${name}" to filter by`, remedy: suggestion(name, Object.keys(fields)) };
      const fault = faultIn(inner, field.type, [...path, name]);
      if (fault) return fault;
    }
    return undefined;
  }
  let message: string | undefined;
  coerceInputValue(data, type, (_path, _value, error) => (message = error.message));
  return message === undefined ? undefined : { path, message: `${said} has an unusable value: ${message}`, remedy: `write a value of ${String(bare)}` };
}
