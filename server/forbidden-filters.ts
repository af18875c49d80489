import type { GraphQLFormattedError } from 'graphql';
import type { View } from '../federation/supergraph/view.ts';
import { ERRORS } from '../schema/errors/register.ts';
import { limitOf } from '../schema/model/rights.ts';

const CODES: readonly unknown[] = ['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];
const FIELD = /(?:Field|query field) "(\w+)" (?:is not defined by|on) type "(\w+)"/;
const VALUE = /Value "(\w+)" does not exist in "(\w+)" enum/;
/** What the API's types for filters, orders, groups and measures add to a type's name. */
const SUFFIX = /(Where|OrderBy|(Aggregate|Having)(Values|Distinct)(OrderBy)?|Group(Leaves|Key)(OrderBy)?|GroupField)$/;

/**
 * A field that somebody sees masked is missing in filters, orders, groups and measures only; who tries one is told why. Of fields that do not exist for them
 * nothing is said beyond what is said of any other name.
 */
export function explainForbiddenFilters(errors: readonly GraphQLFormattedError[], { rights, supergraph }: View): readonly GraphQLFormattedError[] {
  return errors.map((error) => {
    if (!CODES.includes(error.extensions?.['code'])) return error;
    const [, name, field] = FIELD.exec(error.message) ?? [];
    const [, of, value] = VALUE.exec(error.message) ?? [];
    const path = name ?? of?.toLowerCase().replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
    const typeName = field ?? value;
    const type = typeName?.replace(SUFFIX, '');
    if (path === undefined || type === undefined || type === typeName || !supergraph.model.types.has(type)) return error;
    if (limitOf(rights, type, path)?.kind !== 'masked') return error;
    const message = `${type}.${path} is masked for you: it is shown, but nothing can be filtered, ordered, grouped or measured by it.`;
    return { ...error, message, extensions: { ...error.extensions, code: 'FORBIDDEN_FILTER', retryable: ERRORS.FORBIDDEN_FILTER.retryable } };
  });
}
