import { getLocation, Kind, type DocumentNode, type GraphQLFormattedError } from 'graphql';
import { HUB_FIELDS } from '../access/matrix.ts';
import type { Action } from '../schema/model/action.ts';
import { needsIdentity } from './session.ts';

/** Where nobody can be told apart, the hub's own fields that take somebody in particular are in no schema. Whoever asks for one is told what is missing. */
export function hintIdentity(
  errors: readonly GraphQLFormattedError[],
  document: DocumentNode | undefined,
  may: ReadonlySet<Action>,
): readonly GraphQLFormattedError[] {
  const places = new Set<string>();
  for (const definition of document?.definitions ?? []) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = `${definition.operation[0]?.toUpperCase()}${definition.operation.slice(1)}`;
    for (const { loc, ...field } of definition.selectionSet.selections) {
      const action = field.kind === Kind.FIELD ? HUB_FIELDS.get(`${root}.${field.name.value}`) : undefined;
      if (action !== undefined && !may.has(action) && loc) places.add(placeOf(getLocation(loc.source, loc.start)));
    }
  }
  return errors.map((error) => {
    const [at] = error.locations ?? [];
    if (!at || !places.has(placeOf(at)) || error.extensions?.['code'] !== 'GRAPHQL_VALIDATION_FAILED') return error;
    const { code, message, retryable } = needsIdentity();
    return { ...error, message, extensions: { ...error.extensions, code, retryable } };
  });
}

const placeOf = ({ line, column }: { readonly line: number; readonly column: number }): string => `${line}:${column}`;
