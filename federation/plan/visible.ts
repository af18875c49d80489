import type { Expr } from '../../connectors/spi/ir.ts';
import { limitOf } from '../../schema/model/rights.ts';
import type { CrosswalkBinding, TypeBinding } from '../supergraph/binding.ts';
import type { Supergraph } from './supergraph.ts';

/** Whether a field is shown at all, masked or not. */
export function isShown({ features, restriction }: Supergraph, type: string, path: string): boolean {
  return restriction === undefined || features.readable(type, path);
}

/** Whether a field is shown as it is. */
export function isPlain(supergraph: Supergraph, type: string, path: string): boolean {
  return isShown(supergraph, type, path) && (supergraph.restriction === undefined || limitOf(supergraph.restriction.rights, type, path) === undefined);
}

/** Whether the source's own key of a row may be told: each of its columns must be that of a field that is plainly visible. */
export function showsRowKey(supergraph: Supergraph, binding: TypeBinding): boolean {
  if (supergraph.restriction === undefined) return true;
  const plain = new Set(
    [...binding.fields.values()]
      .filter(({ path, crosswalk }) => crosswalk === undefined && isPlain(supergraph, binding.type, path))
      .flatMap(({ reads }) => (reads.length === 1 ? reads.map(printColumn) : [])),
  );
  return binding.key.every((key) => plain.has(printColumn(key)));
}

/** Whether a source contributes anything to a type that may be seen, beside saying which entity a row is. */
export function showsSource(supergraph: Supergraph, binding: TypeBinding): boolean {
  const { restriction, model, bindings } = supergraph;
  if (restriction === undefined || bindings.get(binding.type)?.[0] === binding) return true;
  const key = model.types.get(binding.type)?.key ?? [];
  return [...binding.fields.keys()].some((path) => !key.includes(path) && isShown(supergraph, binding.type, path));
}

/** Whether a source's open keys of an entity may be told: they rest on what the two sides say of it. */
export function showsOpenKeys(supergraph: Supergraph, { entity, evidence }: CrosswalkBinding): boolean {
  if (supergraph.restriction === undefined) return true;
  return !supergraph.restriction.rows.has(entity) && [...evidence.keys()].every((path) => isPlain(supergraph, entity, path));
}

/** Also written as text: that is the same value. */
function printColumn(expr: Expr): string {
  return expr.kind === 'cast' && expr.type.kind === 'text' ? printColumn(expr.value) : JSON.stringify(expr);
}
