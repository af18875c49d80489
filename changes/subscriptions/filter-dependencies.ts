import { deriveDependencies } from '../../federation/dependencies/derive-dependencies.ts';
import type { Dependencies, RelationStep } from '../../federation/dependencies/dependencies.ts';
import type { Supergraph } from '../../federation/plan/supergraph.ts';

/** What decides whether an entity is in the result of a filter: the filter itself, the row rule of its type, and those of the types that the filter asks. */
export function filterDependencies(supergraph: Supergraph, type: string, where: unknown): Dependencies {
  const { restriction } = supergraph;
  const whole = restriction?.whole ?? supergraph;
  const asked = deriveDependencies(whole, type, { where });
  if (!restriction) return asked;
  const rules = asked.reads.flatMap(({ path, type: at }) => {
    const rule = restriction.rows.get(at);
    return rule === undefined ? [] : [along(path, rule)];
  });
  return rules.length === 0 ? asked : deriveDependencies(whole, type, { where: { and: [where ?? {}, ...rules] } });
}

/** The condition on what the path leads to, as one on where it begins. */
const along = (path: readonly RelationStep[], condition: unknown): unknown => path.reduceRight((inner, { relation }) => ({ [relation]: inner }), condition);
