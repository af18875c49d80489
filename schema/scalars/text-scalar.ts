import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

/** A scalar that clients see as text. */
export interface TextScalarDefinition {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  /** For messages: `text like "2024-03-01"`. */
  readonly expected: string;
  /** Number literals and JSON numbers are taken too, by their digits. */
  readonly numbers: boolean;
  /** Canonical text of what a client sent, or null when it has no such form. */
  readonly read: (text: string) => string | null;
  /** Canonical text of a value on its way out, or null when it has no such form. Default: `read`. */
  readonly write?: (text: string) => string | null;
}

/** Longer inputs are cut in messages. */
const SHOWN = 60;

/** Inputs are checked and made canonical; a wrong one is a GraphQLError that says what was expected. */
export function createTextScalar(definition: TextScalarDefinition): GraphQLScalarType<string, string> {
  const { name, description, specifiedByURL, expected, read, write = read } = definition;
  const refuse = (shown: string, node?: ValueNode): GraphQLError =>
    new GraphQLError(`${name} is ${expected}; got ${shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown}`, node === undefined ? {} : { nodes: node });
  const coerce = (value: unknown): string => {
    const text = typeof value === 'string' ? value : definition.numbers ? textOfNumber(value) : null;
    return (text === null ? null : read(text)) ?? raise(refuse(print(value)));
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    ...(specifiedByURL === undefined ? {} : { specifiedByURL }),
    parseValue: coerce,
    parseLiteral: (node) => {
      const text = node.kind === Kind.STRING || (definition.numbers && (node.kind === Kind.INT || node.kind === Kind.FLOAT)) ? node.value : null;
      return (
        (text === null ? null : read(text)) ??
        raise(refuse('value' in node ? JSON.stringify(node.value) : withArticle(node.kind.replace('Value', '').toLowerCase()), node))
      );
    },
    serialize: (value) => {
      const text = typeof value === 'string' ? value : textOfNumber(value);
      return (text === null ? null : write(text)) ?? raise(new TypeError(`${name} cannot be written: the value is not ${expected}`));
    },
  });
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function raise(error: Error): never {
  throw error;
}

/** A double has 15 digits that are surely those that were sent; more must come as text. */
const EXACT_DIGITS = 15;

function textOfNumber(value: unknown): string | null {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  const text = String(value);
  const digits = text.replaceAll(/^-?0*\.?0*|\./g, '').length;
  return digits <= EXACT_DIGITS || Number.isSafeInteger(value) ? text : null;
}

function print(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
