import type { Predicate } from '../../connectors/spi/ir.ts';
import { hubColumn } from '../engine/hub-column.ts';
import { decide } from './decision.ts';
import { entityExists } from './entity-exists.ts';
import { rowKey, type HubRow } from './hub-filter.ts';
import { hubStage } from './hub-stage.ts';
import type { PlanContext } from './plan-context.ts';
import type { HubColumn } from './plan.ts';
import type { Input } from './operators.ts';
import { entryTest, planWhere } from './plan-where.ts';
import { both } from './predicates.ts';
import { createRowScope, sealShape, type PendingFirstRows, type RowScope } from './row-scope.ts';

/** Below so many rows of the tables that decide, asking them for all keys costs no more than a try. */
const FROM_ROWS = 2_000;

export interface FilteredList {
  readonly where: unknown;
  /** `where` as planned. */
  readonly own: Predicate | undefined;
  readonly seeks: readonly Predicate[];
  /** So many rows make the page, what stands before it, and one more. */
  readonly need: number;
}

/**
 * The other way to a page of an ordered list whose filter large tables of other sources decide: the list's own source gives its rows in order and the hub
 * tests them, by asking these tables for those rows only. Undefined where asking them for all keys is as good. What the tests read is added to `scope`.
 */
export function planFirstRows(context: PlanContext, scope: RowScope, { where, own, seeks, need }: FilteredList): PendingFirstRows | undefined {
  const target = scope.binding;
  const deciding = keySetsIn(context, own);
  const from = context.supergraph.firstRowsFrom ?? FROM_ROWS;
  if (target.key.length === 0 || !deciding.some(({ rowEstimate }) => (rowEstimate ?? 0) >= from)) return undefined;
  const known = context.parameters.length;
  const parts = Object.entries(where as Input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value, predicate: planWhere(context, target, { [name]: value }) }));
  const here = parts.filter(({ predicate }) => keySetsIn(context, predicate).length === 0);
  const there = parts.filter((part) => !here.includes(part));
  const test = (into: RowScope) => {
    const columns: HubColumn[] = [];
    const row: HubRow = { scope: into, column: (value) => hubColumn(columns.push(value) - 1, value.scalar) };
    const predicates = there.map(({ name, value }) => entryTest(context, target, name, value, false)(row));
    return hubStage(columns, { kind: 'rows', where: { kind: 'and', predicates }, orderBy: [] });
  };
  const trial = createRowScope(target);
  const tried = test(trial);
  // What a test needs of a third source's keys is no early stop.
  if (keySetsIn(context, [sealShape(trial), tried, trial.children, trial.externals]).length > 0) {
    context.parameters.length = known;
    return undefined;
  }
  decide(context, {
    what: `${target.type} in order, first ${need - 1}`,
    by: 'firstRows',
    source: target.source,
    why: `tables that decide are large (${deciding.map(({ source, rowEstimate }) => `${source} about ${rowEstimate ?? '?'}`).join(', ')}); all keys are asked for only where too few rows pass`,
  });
  const filter = [entityExists(context, target), ...here.map(({ predicate }) => predicate), ...seeks].reduce<Predicate | undefined>(
    (all, p) => both(all, p),
    undefined,
  );
  return { ...(filter ? { where: filter } : {}), key: scope.column(rowKey(target)), stage: test(scope) };
}

/** The key sets that stand in a predicate or request. */
function keySetsIn({ parameters }: PlanContext, node: unknown): Extract<PlanContext['parameters'][number]['from'], { kind: 'keys' }>[] {
  if (node === undefined) return [];
  const names = new Set([...JSON.stringify(node).matchAll(/"list":"(p\d+)"/g)].map((match) => match[1]));
  return parameters.flatMap(({ name, from }) => (from.kind === 'keys' && names.has(name) ? [from] : []));
}
