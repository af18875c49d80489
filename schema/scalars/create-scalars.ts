import type { GraphQLScalarType } from 'graphql';
import type { UnifiedScalar } from '../model/unified.ts';
import { labelled } from '../api/description.ts';
import { createGeoJsonScalar, createJsonScalar } from './json-scalars.ts';
import { createBigIntScalar, createDecimalScalar } from './number-scalars.ts';
import { createTextScalar } from './text-scalar.ts';
import { createDateScalar, createDateTimeScalar, createYearMonthScalar } from './time-scalars.ts';

export interface ScalarOptions {
  /** IANA name; the offset that instants are written with. */
  readonly timeZone: string;
  /** A named normaliser's answer: canonical text, or null where the text is no key. Absent: texts are taken as they are. */
  readonly normalize?: (normalizer: string, text: string) => string | null;
}

/** Every scalar of the hub beyond GraphQL's own, and those of the model, by name. */
export function createScalars(scalars: Iterable<UnifiedScalar>, options: ScalarOptions): ReadonlyMap<string, GraphQLScalarType> {
  const builtIn = [
    createDecimalScalar(),
    createBigIntScalar(),
    createDateScalar(),
    createDateTimeScalar(options.timeZone),
    createYearMonthScalar(),
    createJsonScalar(),
    createGeoJsonScalar(),
  ];
  const own = [...scalars].map((scalar) => createFormattedScalar(scalar, options));
  return new Map([...builtIn, ...own].map((scalar) => [scalar.name, scalar as GraphQLScalarType]));
}

/** No key is longer; bounds what a pattern has to be tried on. */
const MAX_LENGTH = 1000;

/** Text that is normalised and must then match the scalar's pattern. What goes out is taken as canonical. */
function createFormattedScalar({ name, description, label, pattern, normalize }: UnifiedScalar, options: ScalarOptions): GraphQLScalarType {
  const regex = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
  return createTextScalar({
    name,
    description: [labelled(description, label), pattern === undefined ? undefined : `Form: ${pattern}`].filter((part) => part !== undefined).join('\n'),
    expected: pattern === undefined ? 'text' : `text of the form ${pattern}`,
    numbers: false,
    read: (text) => {
      const normal = normalize === undefined || options.normalize === undefined ? text : options.normalize(normalize, text);
      return normal === null || normal.length > MAX_LENGTH || (regex !== undefined && !regex.test(normal)) ? null : normal;
    },
    write: (text) => text,
  });
}
