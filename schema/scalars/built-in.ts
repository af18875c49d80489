/** What a leaf of each built-in scalar can do, whatever its source. Scalars that are not built in are text. */
export interface ScalarTraits {
  /** Text operators apply. */
  readonly text: boolean;
  /** Has an order: `lt`, `between`, `orderBy`, `min`, `max`. */
  readonly ordered: boolean;
  /** Can be summed and averaged. */
  readonly numeric: boolean;
  /** Has equality: `eq`, `in`, `groups`, `countDistinct`. */
  readonly equality: boolean;
}

const TEXT: ScalarTraits = { text: true, ordered: true, numeric: false, equality: true };
const NUMBER: ScalarTraits = { text: false, ordered: true, numeric: true, equality: true };
const TIME: ScalarTraits = { text: false, ordered: true, numeric: false, equality: true };
const DOCUMENT: ScalarTraits = { text: false, ordered: false, numeric: false, equality: false };

const TRAITS: ReadonlyMap<string, ScalarTraits> = new Map([
  ['String', TEXT],
  ['ID', TEXT],
  ['Int', NUMBER],
  ['Float', NUMBER],
  ['Decimal', NUMBER],
  ['BigInt', NUMBER],
  ['Boolean', { text: false, ordered: false, numeric: false, equality: true }],
  ['Date', TIME],
  ['DateTime', TIME],
  ['YearMonth', TIME],
  ['JSON', DOCUMENT],
  ['GeoJSON', DOCUMENT],
]);

export const BUILT_IN_SCALARS: ReadonlySet<string> = new Set(TRAITS.keys());

/** Those that GraphQL itself defines and that no SDL declares. */
export const GRAPHQL_SCALARS: ReadonlySet<string> = new Set(['String', 'ID', 'Int', 'Float', 'Boolean']);

export function scalarTraits(scalar: string): ScalarTraits {
  return TRAITS.get(scalar) ?? TEXT;
}

/** Enums have equality and nothing else: their values have no order of their own. */
export const ENUM_TRAITS: ScalarTraits = { text: false, ordered: false, numeric: false, equality: true };
