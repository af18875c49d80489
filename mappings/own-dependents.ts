import type { Release } from '../schema/model/release.ts';
import type { EntityTest } from '../schema/model/check.ts';
import type { Dependent } from './compare-releases.ts';

/** What a release itself asks: the selections of its checks and alert rules, each as a document. */
export function ownDependents({ checks, rules, model }: Release): Dependent[] {
  const documentOf = ({ subject, select }: EntityTest): string => `{ ${model.types.get(subject)?.names.many ?? 'nodes'} { nodes ${select} } }`;
  return [
    ...checks.map((check): Dependent => ({ kind: 'check', name: check.check, document: documentOf(check) })),
    ...rules.map((rule): Dependent => ({ kind: 'rule', name: rule.rule, document: documentOf(rule) })),
  ];
}
