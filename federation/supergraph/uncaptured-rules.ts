import type { Problem } from '../../schema/errors/problem.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { placeWithin } from '../../schema/parse/origin.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import { deriveDependencies } from '../dependencies/derive-dependencies.ts';
import type { Supergraph } from '../plan/supergraph.ts';

/** Warnings of alert rules that say nothing of a clock and rest on sources whose changes nobody tells: what changes there is not noticed. */
export function uncapturedRules(supergraph: Supergraph, { sources }: Pick<HubConfiguration, 'sources'>): Problem[] {
  return supergraph.rules
    .filter(({ every }) => every === undefined)
    .flatMap((rule): Problem[] => {
      const { reads } = deriveDependencies(supergraph, rule.subject, { select: selectionOf(rule.select), conditions: [rule.when, rule.resolve, rule.value] });
      const read = reads.flatMap((each) => each.sources.map(({ source }) => source));
      const silent = [...new Set(read)].filter((source) => sources.get(source)?.changes === 'none');
      if (silent.length === 0) return [];
      return [
        {
          ...placeWithin(rule, ['select'], rule.place),
          message: `rule ${rule.rule} reads from ${silent.join(', ')}, whose changes are not captured, so what changes there does not make the hub look`,
          remedy: `let the operator set "changes" of the source in hub.yaml, or say in the rule how often to look, e.g. every: 15m`,
          severity: 'warning',
        },
      ];
    });
}
