import { isLeafType, isUnionType } from 'graphql';
import { leafAt } from '../../schema/api/leaves.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { concrete, type PlanContext } from './plan-context.ts';

export interface EntityKey {
  readonly type: string;
  readonly key: readonly Canonical[];
}

/**
 * Which entity a router means: `{ __typename: "Project", code: "…" }`; null where its key's value can be none.
 * @throws {HubError} BAD_USER_INPUT when the router was composed with another schema: this one has no such entity, or another key
 */
export function representedEntity(context: PlanContext, given: unknown): EntityKey | null {
  const represented: unknown = concrete(context, given);
  const own = (name: string): unknown =>
    typeof represented === 'object' && represented !== null && Object.hasOwn(represented, name)
      ? (represented as Readonly<Record<string, unknown>>)[name]
      : undefined;
  const name = own('__typename');
  if (typeof name !== 'string') throw new HubError('BAD_USER_INPUT', 'A representation is an object with a __typename and a key.');
  const type = isEntity(context, name) ? context.supergraph.model.types.get(name) : undefined;
  if (type?.kind !== 'entity')
    throw new HubError('BAD_USER_INPUT', `There is no entity "${name.slice(0, 60)}"; compose the router with the schema as it is now.`);
  const key = type.key.flatMap((path): Canonical[] => {
    const leaf = leafAt(context.supergraph.model, type.name, path);
    const scalar = leaf && context.document.schema.getType(leaf.type.name);
    const value = own(path);
    if (value === undefined) throw new HubError('BAD_USER_INPUT', `A representation of ${type.name} has no ${path}; its key is ${type.key.join(' and ')}.`);
    if (!isLeafType(scalar) || value === null) return [];
    try {
      return [scalar.parseValue(value) as Canonical];
    } catch {
      return []; // no such key can be
    }
  });
  return key.length === type.key.length ? { type: type.name, key } : null;
}

/** For whoever asks: what they may not see is as unknown as what there never was. */
function isEntity({ document }: PlanContext, name: string): boolean {
  const entities = document.schema.getType('_Entity');
  return isUnionType(entities) && entities.getTypes().some((type) => type.name === name);
}
