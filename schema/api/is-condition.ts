import { coerceInputValue, isInputObjectType, type GraphQLSchema } from 'graphql';
import { whereName } from './names.ts';

/** Whether data are a condition in a type's `where` language, as a schema has it. */
export function isCondition(schema: GraphQLSchema, type: string, data: unknown): boolean {
  return readCondition(schema, type, data) !== undefined;
}

/** The same condition as a `where` argument holds it: enums in their internal form. Undefined when it is none. */
export function readCondition(schema: GraphQLSchema, type: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  const where = schema.getType(whereName(type));
  if (!isInputObjectType(where)) return undefined;
  let faulty = false;
  const input: unknown = coerceInputValue(data, where, () => (faulty = true));
  return faulty ? undefined : (input as Readonly<Record<string, unknown>>);
}
