import { getLocation, isObjectType, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { ERRORS } from '../schema/errors/register.ts';

/**
 * What is shared by agreement does not exist for those who have none. A department that has asked for a field knows of it, though: what its people are told
 * of a field that is not there for them is that it takes an agreement in force, and its purpose. Errors stay as they are for everybody else.
 * @param asked `Type.field`, of the department of whoever asks
 */
export function hintAgreements(
  errors: readonly GraphQLFormattedError[],
  schema: GraphQLSchema,
  document: DocumentNode | undefined,
  asked: ReadonlySet<string>,
): readonly GraphQLFormattedError[] {
  if (asked.size === 0 || !document || !errors.some(({ extensions }) => extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED')) return errors;
  const places = new Map<string, string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const parent = types.getParentType();
        const name = isObjectType(parent) ? `${parent.name}.${node.name.value}` : '';
        if (!asked.has(name) || types.getFieldDef() || !node.loc) return;
        const { line, column } = getLocation(node.loc.source, node.loc.start);
        places.set(`${line}:${column}`, name);
      },
    }),
  );
  return errors.map((error) => {
    const [at] = error.locations ?? [];
    const name = at && places.get(`${at.line}:${at.column}`);
    if (name === undefined || error.extensions?.['code'] !== 'GRAPHQL_VALIDATION_FAILED') return error;
    const message = `${name} is shared by agreement: state the purpose of one that is in force, or request one (requestAgreement).`;
    return { ...error, message, extensions: { ...error.extensions, code: 'AGREEMENT_REQUIRED', retryable: ERRORS.AGREEMENT_REQUIRED.retryable } };
  });
}
