import { HubError } from '../../schema/errors/hub-error.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { isPlain } from '../plan/visible.ts';
import type { Supergraph } from '../plan/supergraph.ts';

/**
 * What may be reported of a type's rows as a whole: only fields that are plainly visible to whoever asks, of types that are there for them.
 * @throws {HubError} FORBIDDEN_FIELD when they may see only some rows: what is said of all rows would tell of the others
 */
export function reportable(supergraph: Supergraph, typeName: string): Supergraph {
  const { restriction, model, bindings } = supergraph;
  if (restriction === undefined) return supergraph;
  const isThere = ({ kind, name, key }: UnifiedType): boolean => kind === 'value' || key.every((path) => isPlain(supergraph, name, path));
  const types = new Map([...model.types].filter(([, type]) => isThere(type)));
  const type = types.get(typeName);
  const limits = restriction.rights.types?.get(typeName);
  if (type && (limits?.rows || limits?.purposeMissing))
    throw new HubError('FORBIDDEN_FIELD', `You may see only some rows of ${typeName}, so what is wrong with all of them cannot be told.`);
  if (type) {
    const fields = new Map([...type.fields].filter(([name, field]) => field.kind !== 'leaf' || isPlain(supergraph, typeName, name)));
    types.set(typeName, { ...type, fields });
  }
  const own = (bindings.get(typeName) ?? [])
    .map((binding) => ({ ...binding, fields: new Map([...binding.fields].filter(([path]) => isPlain(supergraph, typeName, path))) }))
    .filter((binding) => binding.fields.size > 0);
  return { ...supergraph, model: { ...model, types }, bindings: new Map(bindings).set(typeName, own) };
}
