import { parseValue, valueFromASTUntyped } from 'graphql';

/** A GraphQL literal inside a directive, e.g. `{ status: { eq: PAID } }`, as plain data (enum values as text). Checked when the schema was composed. */
export function parseLiteral(text: string): unknown {
  return valueFromASTUntyped(parseValue(text));
}
