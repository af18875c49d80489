import { Kind, type SelectionNode } from 'graphql';
import type { Dependencies } from '../../federation/dependencies/dependencies.ts';
import { deriveDependencies } from '../../federation/dependencies/derive-dependencies.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import { createSubjectReader } from '../../federation/execute/read-subjects.ts';
import type { Supergraph } from '../../federation/plan/supergraph.ts';
import type { View } from '../../federation/supergraph/view.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import { limitOf, type Rights, type TypeRights } from '../../schema/model/rights.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import type { Alert } from './alert.ts';
import { nameFieldOf } from './compiled-rule.ts';
import { SOURCE_SUBJECT } from './loss-alert.ts';

/** What of a rule's alerts somebody may see, who may see their subjects. */
export interface Visible {
  /** Response keys of the selection. */
  readonly keys: ReadonlySet<string>;
  /** All that the rule reads, so that what it shows and its evidence may be seen too. */
  readonly whole: boolean;
  /** The subject's name. */
  readonly name: boolean;
}

/** Pure. Whatever a rule reads through a type of which rows are hidden counts as hidden: a total would tell of them. */
export function visibleOf(supergraph: Supergraph, rights: Rights, rule: AlertRule): Visible {
  const selections = selectionOf(rule.select)?.selections ?? [];
  const may = (select: readonly SelectionNode[], conditions: readonly (string | undefined)[]): boolean =>
    isVisible(rights, deriveDependencies(supergraph, rule.subject, { select: { kind: Kind.SELECTION_SET, selections: select }, conditions }));
  const keys = selections.flatMap((one) => (one.kind === Kind.FIELD && may([one], []) ? [one.alias?.value ?? one.name.value] : []));
  const name = nameFieldOf(supergraph.model.types.get(rule.subject));
  return {
    keys: new Set(keys),
    whole: may(selections, [rule.when, rule.resolve, rule.value]),
    name: name !== undefined && limitOf(rights, rule.subject, name) === undefined && !rights.types?.get(rule.subject)?.purposeMissing,
  };
}

function isVisible(rights: Rights, { reads }: Dependencies): boolean {
  return reads.every(({ path, type, sources }) => {
    const seen = path.every((step) => limitOf(rights, step.from, step.relation) === undefined);
    const limited = rights.types?.get(type);
    // Of a subject, rows that are hidden have no alert that is seen.
    const whole = rights.types === null || (limited !== undefined && (!hidesRows(limited) || (path.length === 0 && hasVisibleRows(limited))));
    return seen && whole && sources.every(({ fields }) => fields.every((field) => limitOf(rights, type, field) === undefined));
  });
}

/** Not all rows of the type are shown. */
export const hidesRows = ({ rows, totals, purposeMissing }: TypeRights): boolean => rows !== undefined || totals !== undefined || purposeMissing === true;

/** Some of its rows may be shown. */
const hasVisibleRows = ({ totals, purposeMissing }: TypeRights): boolean => totals === undefined && purposeMissing === undefined;

/** Those alerts whose subject exists for whoever the view is for; nothing is read where nothing is hidden. An alert whose subject is gone is shown to those from whom no row of its type is hidden. @throws {HubError} a source that decides it did not answer */
export async function withVisibleSubjects<T extends { readonly alert: Alert }>(
  environment: ExecutionEnvironment,
  view: View,
  items: readonly T[],
  signal: AbortSignal,
): Promise<T[]> {
  const { types, actions } = view.rights;
  const hidden = new Set<T>();
  for (const [type, list] of Map.groupBy(items, ({ alert }) => alert.subject.type)) {
    if (type === SOURCE_SUBJECT) {
      if (!actions.has('sources:read')) list.forEach((item) => hidden.add(item));
      continue;
    }
    if (types === null) continue;
    const own = types.get(type);
    if (own !== undefined && !hidesRows(own)) continue;
    const select = own !== undefined && hasVisibleRows(own) && view.supergraph.bindings.has(type) ? selectionOf('{ __typename }') : undefined;
    const readings = select
      ? (
          await createSubjectReader({ environment, view, type, select, whole: false }).read(
            list.map(({ alert }) => alert.subject.key),
            signal,
          )
        ).readings
      : [];
    list.forEach((item, place) => {
      const reading = readings[place];
      if (reading?.kind === 'failed') throw reading.error;
      if (reading?.kind !== 'read') hidden.add(item);
    });
  }
  return items.filter((item) => !hidden.has(item));
}
