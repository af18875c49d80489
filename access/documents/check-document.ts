import { GraphQLError, Kind, parse, validate, type GraphQLSchema, type OperationDefinitionNode, type ValidationRule } from 'graphql';

/** What a document must fit. */
export interface CheckSchema {
  readonly schema: GraphQLSchema;
  /** Beside GraphQL's own rules: the hub's limits. */
  readonly rules: readonly ValidationRule[];
  readonly maxTokens: number;
}

export interface CheckedDocument {
  /** Of its operation; `unnamed` without one. */
  readonly name: string;
  readonly faults: readonly string[];
}

const FAULTS_MAX = 5;
const UNNAMED = 'unnamed';

/** Whether a text is one operation that a schema can answer within the limits. Never throws. */
export function checkDocument(text: string, { schema, rules, maxTokens }: CheckSchema): CheckedDocument {
  try {
    const document = parse(text, { maxLexicalTokens: maxTokens });
    const operations = document.definitions.filter((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
    const [operation] = operations;
    const name = operation?.name?.value ?? UNNAMED;
    if (operations.length !== 1) return { name, faults: [`it has ${operations.length} operations; an id stands for exactly one`] };
    const faults = validate(schema, document, undefined, { maxErrors: FAULTS_MAX });
    const errors = faults.length > 0 ? faults : validate(schema, document, rules);
    return { name, faults: errors.map(printFault) };
  } catch (error) {
    return { name: UNNAMED, faults: [error instanceof GraphQLError ? printFault(error) : String(error)] };
  }
}

function printFault({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `${place.line}:${place.column} ${message}` : message;
}
