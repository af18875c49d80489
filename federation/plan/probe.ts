import type { Order, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { hubColumn } from '../engine/hub-column.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { decide } from './decision.ts';
import { entityExists } from './entity-exists.ts';
import { rowKey } from './hub-filter.ts';
import { hubStage } from './hub-stage.ts';
import { addParameter, type PlanContext } from './plan-context.ts';
import type { HubColumn, Probe } from './plan.ts';
import { entryTest, planWhere, type Input } from './plan-where.ts';
import { both } from './predicates.ts';
import { createRowScope, sealQuery, sealShape } from './row-scope.ts';

/** Below so many rows of the tables that decide, asking them for all keys costs no more than a try. */
const PROBE_FROM_ROWS = 2_000;
/** Rows read for each one needed, from attempt to attempt. */
const ATTEMPTS = [2, 10, 50];

export interface ProbedList {
  /** The list's own filter, and all that its rows must meet. */
  readonly own: Predicate | undefined;
  readonly asked: Predicate | undefined;
  readonly seeks: readonly Predicate[];
  readonly orderBy: readonly Order[];
  readonly need: number;
}

/**
 * The first rows of an ordered list whose filter large tables of other sources decide, as a list of their keys; undefined where asking these for the keys
 * is as good. Either way may be taken when the plan runs: it begins with rows in order, and changes over when too few of them pass.
 */
export function probe(context: PlanContext, target: TypeBinding, where: unknown, { own, asked, seeks, orderBy, need }: ProbedList): Predicate | undefined {
  const deciding = keySetsIn(context, own);
  if (target.key.length !== 1 || !deciding.some(({ rowEstimate }) => (rowEstimate ?? 0) >= (context.supergraph.probeFromRows ?? PROBE_FROM_ROWS)))
    return undefined;
  const known = context.parameters.length;
  const entries = Object.entries(where as Input).filter(([, value]) => value !== undefined);
  const parts = entries.map(([name, value]) => ({ name, value, predicate: planWhere(context, target, { [name]: value }) }));
  const here = parts.filter(({ predicate }) => keySetsIn(context, predicate).length === 0);
  const scope = createRowScope(target);
  const key = rowKey(target);
  const read = { kind: 'row', column: scope.column(key) } as const;
  const columns: HubColumn[] = [];
  const row = { scope, column: (value: HubColumn) => hubColumn(columns.push(value) - 1, value.scalar) };
  const tests = parts.filter((part) => !here.includes(part)).map(({ name, value }) => entryTest(context, target, name, value, false)(row));
  const filter = [entityExists(context, target), ...here.map(({ predicate }) => predicate), ...seeks].reduce<Predicate | undefined>(
    (all, p) => both(all, p),
    undefined,
  );
  const stage = hubStage(columns, { kind: 'rows', where: { kind: 'and', predicates: tests }, orderBy: [], limit: need });
  const { sourceRowsMax } = context.supergraph.limits;
  const probed: Probe = {
    attempts: ATTEMPTS.map((times) => Math.min(times * need, sourceRowsMax)).map((rows) => ({
      rows,
      request: { kind: 'rows', query: sealQuery({ scope, ...(filter ? { where: filter } : {}), orderBy, limit: rows }) },
    })),
    shape: { many: true, shape: sealShape(scope), stages: [stage] },
    need,
  };
  // What a test needs of a third source's keys is no early stop.
  const foreign = keySetsIn(context, probed).length > 0;
  if (context.parameters.slice(known).every(({ from }) => from.kind === 'keys')) context.parameters.length = known;
  if (foreign) return undefined;
  decide(context, {
    what: `${target.type} in order, first ${need - 1}`,
    by: 'firstRows',
    source: target.source,
    why: `tables that decide are large (${deciding.map(({ source, rowEstimate }) => `${source} about ${rowEstimate ?? '?'}`).join(', ')}); all keys are asked for only where too few rows pass`,
  });
  const keysOnly = createRowScope(target);
  keysOnly.column(key);
  const list = addParameter(
    context,
    {
      kind: 'keys',
      source: target.source,
      request: { kind: 'rows', query: sealQuery({ scope: keysOnly, ...(asked ? { where: asked } : {}), orderBy, limit: need }) },
      read,
      probe: probed,
    },
    { kind: 'row', type: typeOfExpr(key) },
    true,
  );
  return { kind: 'inList', value: key, list, negated: false };
}

/** The key sets that stand in a predicate or request. */
function keySetsIn({ parameters }: PlanContext, node: unknown): Extract<PlanContext['parameters'][number]['from'], { kind: 'keys' }>[] {
  if (node === undefined) return [];
  const names = new Set([...JSON.stringify(node).matchAll(/"list":"(p\d+)"/g)].map((match) => match[1]));
  return parameters.flatMap(({ name, from }) => (from.kind === 'keys' && names.has(name) ? [from] : []));
}
