import type { ApiFeatures } from '../../schema/api/features.ts';
import type { LeafField, RelationField, UnifiedField } from '../../schema/model/unified.ts';
import { expressionNames } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse.ts';
import { fieldExpr } from '../plan/field-expr.ts';
import { relationJoin } from '../plan/key-access.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { scalarTraits } from '../../schema/scalars/built-in.ts';
import { createCursorCodec } from '../values/cursor.ts';
import { HubError } from '../../schema/errors/hub-error.ts';

/**
 * What the bindings of a supergraph can answer, and so what its API offers. A source that has never been seen is taken to be able to do what its
 * mapping says; asking it fails until it is reached.
 */
export function bindingFeatures(supergraph: Omit<Supergraph, 'features'>): ApiFeatures {
  const memo = new Map<string, boolean>();
  const remember = (key: string, decide: () => boolean): boolean => {
    const known = memo.get(key);
    if (known !== undefined) return known;
    memo.set(key, false); // a derivation that needs itself cannot be had
    const result = decide();
    memo.set(key, result);
    return result;
  };
  const cursors = createCursorCodec('');
  const context = (): PlanContext => ({ supergraph: supergraph as Supergraph, document: NO_DOCUMENT, cursors, asOf: '2000-01-01', parameters: [] });
  const primary = (type: string) => supergraph.bindings.get(type)?.[0];
  const fieldOf = (type: string, name: string): UnifiedField | undefined => supergraph.model.types.get(type)?.fields.get(name);
  const relation = (type: string, name: string): RelationField | undefined => {
    const field = fieldOf(type, name);
    return field?.kind === 'relation' ? field : undefined;
  };
  const leafOf = (type: string, path: string): LeafField | undefined => {
    const [head = '', inner] = path.split('.');
    const field = fieldOf(type, head);
    const leaf = field?.kind === 'value' ? fieldOf(field.type, inner ?? '') : field;
    return leaf?.kind === 'leaf' ? leaf : undefined;
  };
  const follows = (type: string, name: string): boolean => {
    const binding = primary(type);
    const field = relation(type, name);
    return binding !== undefined && field !== undefined && relationJoin(supergraph as Supergraph, binding, field) !== undefined;
  };
  const readable = (type: string, path: string): boolean =>
    remember(`r ${type} ${path}`, () => {
      const leaf = leafOf(type, path);
      if (!leaf) return false;
      const { derivation } = leaf;
      switch (derivation?.kind) {
        case undefined:
          return supergraph.bindings.get(type)?.some((b) => b.fields.has(path)) ?? false;
        case 'from':
          return readable(type, derivation.field);
        case 'computed':
          return expressionNames(parseExpression(derivation.expression)).every((name) => name === 'asOf' || name === 'now' || readable(type, name));
        case 'aggregate':
          return (
            follows(type, derivation.relation) &&
            (derivation.field === undefined || readable(relation(type, derivation.relation)?.target ?? '', derivation.field))
          );
        case 'pick':
          return follows(type, derivation.relation) && readable(relation(type, derivation.relation)?.target ?? '', derivation.field);
      }
    });
  const pushable = (type: string, path: string): boolean =>
    remember(`p ${type} ${path}`, () => {
      const binding = primary(type);
      if (!binding || !leafOf(type, path)) return false;
      if (binding.offline) return readable(type, path);
      try {
        return fieldExpr(context(), binding, path) !== undefined;
      } catch (error) {
        if (error instanceof HubError) return false;
        throw error;
      }
    });
  const comparable = (type: string, path: string): boolean => {
    const leaf = leafOf(type, path);
    return leaf !== undefined && (leaf.type.kind === 'enum' || scalarTraits(leaf.type.name).equality);
  };
  return {
    readable,
    // What no source can evaluate the hub does.
    filterable: readable,
    orderable: (type, path) => pushable(type, path) || (readable(type, path) && comparable(type, path)),
    aggregatable: readable,
    relationReadable: follows,
    relationWhere: (type, name) => (follows(type, name) ? 'all' : 'none'),
    relationOrder: follows,
    relationGroup: follows,
    hasChecks: (type) => (supergraph.checks.get(type)?.length ?? 0) > 0,
  };
}

const NO_DOCUMENT: PlanContext['document'] = {
  schema: undefined as never,
  fragments: new Map(),
  variables: {},
  structural: () => undefined,
};
