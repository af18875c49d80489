import { createHash } from 'node:crypto';
import { diffCrosswalk } from '../../federation/crosswalk/diff-crosswalk.ts';
import type { Dependencies, RelationStep } from '../../federation/dependencies/dependencies.ts';
import { createRowFinder } from '../../federation/dependencies/find-rows.ts';
import type { View } from '../../federation/supergraph/view.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import type { ChangeEvaluatorParts } from './change-evaluator.ts';
import { createChangeFilter, type ChangeFilter } from './change-filter.ts';
import type { StreamDocument } from './create-topic.ts';
import { filterDependencies } from './filter-dependencies.ts';
import { listMembers } from './list-members.ts';
import { createMembership, type Membership } from './membership.ts';
import { shareableText } from './shareable-text.ts';
import { touchedMembers } from './touched-members.ts';

/** Binds a subscription's membership to the federation. @param where concrete @returns also the types whose changes matter to it */
export function membershipOf(
  { federation, environment, store, log, gate }: ChangeEvaluatorParts,
  document: StreamDocument,
  type: UnifiedType,
  where: unknown,
  filter: ChangeFilter,
): { readonly of: Membership; readonly types: readonly string[] } {
  const { view } = document;
  const { keeper } = federation;
  const primary = view.supergraph.bindings.get(type.name)?.[0];
  const dependencies = filterDependencies(view.supergraph, type.name, where);
  const types = [...new Set(dependencies.reads.map((read) => read.type))];
  const { model, bindings, restriction } = view.supergraph;
  const judges = new Map(
    types.flatMap((name) => {
      const read = model.types.get(name);
      return restriction && read && bindings.get(name)?.length ? [[name, createChangeFilter(environment, document, read, undefined)] as const] : [];
    }),
  );
  const touchedIn = (seenBy: View, by: Dependencies, changes: readonly LoggedChange[], signal: AbortSignal): ReturnType<typeof touchedMembers> => {
    const finder = createRowFinder({ execute: (request) => federation.execute(request), view: seenBy, signal });
    return touchedMembers({ supergraph: seenBy.supergraph, crosswalk: keeper.current(), finder }, by, changes);
  };
  let crosswalk = keeper.current();
  const of = createMembership({
    id: createHash('sha256')
      .update(`${view.key}\n${shareableText(document)}`)
      .digest('base64url'),
    store,
    subject: { type: type.name, department: primary?.department ?? '', source: primary?.source ?? '' },
    filter,
    clock: dependencies.clock,
    // Rows between are found whoever asks: what is told of them is decided afterwards.
    touched: (changes, signal) => touchedIn(federation.generation(), dependencies, changes, signal),
    ...(restriction && { reached: (changes, signal) => touchedIn(view, shownOf(dependencies, view), changes, signal) }),
    async seen(changes, signal) {
      if (!restriction) return () => true;
      const byType = Map.groupBy(changes, (change) => change.type);
      const judged = await Promise.all([...byType].map(async ([name, some]) => (await judges.get(name)?.judge(some, signal)) ?? []));
      const seen = new Set(judged.flat().map(({ change }) => change.sequence));
      return ({ sequence }) => seen.has(sequence);
    },
    list: (signal) => gate(() => listMembers((request) => federation.execute(request), view, type, where, signal)),
    log,
    now: () => environment.clock(),
    crosswalkMoved() {
      const before = crosswalk;
      crosswalk = keeper.current();
      return before !== crosswalk && diffCrosswalk(before, crosswalk).some(({ entity }) => types.includes(entity));
    },
    onCrosswalk: (wake) => keeper.onChange(wake),
  });
  return { of, types };
}

/** Those that whoever sees a view could follow from row to row. */
function shownOf(dependencies: Dependencies, { supergraph: { features }, rights }: View): Dependencies {
  const isPlain = ({ from, relation, fields, to, references }: RelationStep): boolean =>
    features.relationReadable(from, relation) &&
    fields.every((field) => features.filterable(from, field)) &&
    references.every((field) => features.filterable(to, field)) &&
    ![from, to].some((type) => rights.types?.get(type)?.purposeMissing);
  return { ...dependencies, reads: dependencies.reads.filter(({ path }) => path.every(isPlain)) };
}
