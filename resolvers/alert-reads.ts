import { Kind, type SelectionSetNode } from 'graphql';
import type { Alert as AlertModel } from '../changes/alerts/alert.ts';
import { visibleOf } from '../changes/alerts/redaction.ts';
import type { Dependencies } from '../federation/dependencies/dependencies.ts';
import { deriveDependencies } from '../federation/dependencies/derive-dependencies.ts';
import { sourceReadsOf } from '../federation/dependencies/source-reads-of.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { Supergraph } from '../federation/plan/supergraph.ts';
import type { AlertRule as RuleModel } from '../schema/model/alert-rule.ts';
import { selectionOf } from '../schema/parse/entity-test.ts';
import type { HubContext } from './context.ts';

export const rulesDependencies = (supergraph: Supergraph, { subject, select, when, resolve, value }: RuleModel): Dependencies =>
  deriveDependencies(supergraph, subject, { select: selectionOf(select), conditions: [when, resolve, value] });

/** What the values of a rule's alerts were made of that whoever asks may see. */
function readsOf(rule: RuleModel, { federation, view }: HubContext): readonly SourceReads[] {
  const { supergraph } = federation.generation();
  const known = readings.get(supergraph) ?? new Map<string, readonly SourceReads[]>();
  readings.set(supergraph, known);
  const name = `${view.key} ${rule.rule}`;
  const found = known.get(name);
  if (found) return found;
  const { keys, whole } = visibleOf(supergraph, view.rights, rule);
  const selections = (selectionOf(rule.select)?.selections ?? []).filter((one) => one.kind === Kind.FIELD && keys.has(one.alias?.value ?? one.name.value));
  const select: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
  const made = sourceReadsOf(whole ? rulesDependencies(supergraph, rule) : deriveDependencies(supergraph, rule.subject, { select, conditions: [] }));
  known.set(name, made);
  return made;
}

const readings = new WeakMap<Supergraph, Map<string, readonly SourceReads[]>>();
const notedIn = new WeakMap<AlertModel, HubContext>();

/** Once for each alert of an operation that shows more of it than that it is. */
export function noteAlert(alert: AlertModel, context: HubContext): void {
  if (notedIn.get(alert) === context) return;
  notedIn.set(alert, context);
  const rule = context.federation.generation().supergraph.rules.find(({ rule: name }) => name === alert.rule);
  if (rule) context.note(readsOf(rule, context), { type: alert.subject.type, keys: [alert.subject.key] });
}
