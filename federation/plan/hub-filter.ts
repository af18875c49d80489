import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr } from '../../connectors/spi/type-of.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { hubColumn } from '../engine/hub-column.ts';
import type { TypeBinding } from '../supergraph/binding.ts';
import { entityExists } from './entity-exists.ts';
import { hubStage } from './hub-stage.ts';
import { requireOnline } from './key-access.ts';
import { addParameter, type PlanContext } from './plan-context.ts';
import type { HubColumn, KeySet } from './plan.ts';
import { always, both, combine } from './predicates.ts';
import { createRowScope, sealQuery, sealShape, type RowScope } from './row-scope.ts';

/** A row whose values the hub tests. */
export interface HubRow {
  readonly scope: RowScope;
  /** The value as a column of the hub. */
  readonly column: (value: HubColumn) => Expr;
}

export type HubTest = (row: HubRow) => Predicate;

/**
 * A filter that no source can evaluate, as one that a source can: the hub reads the rows that pass `narrow`, tests their values, and names those that
 * pass by their row keys. All tests must be met, or one of them when `negated` (each is then negated already).
 * @throws {HubError} when the plan runs: JOIN_TOO_LARGE past the row cap
 */
export function hubFilter(context: PlanContext, binding: TypeBinding, tests: readonly HubTest[], negated: boolean, narrow: Predicate | undefined): Predicate {
  requireOnline(binding);
  const key = rowKey(binding);
  const scope = createRowScope(binding);
  const read = { kind: 'row', column: scope.column(key) } as const;
  const columns: HubColumn[] = [];
  const row: HubRow = { scope, column: (value) => hubColumn(columns.push(value) - 1, value.scalar) };
  const passes = combine(
    tests.map((test) => test(row)),
    negated,
  );
  const where = both(entityExists(context, binding), narrow);
  const from: KeySet = {
    kind: 'keys',
    source: binding.source,
    request: { kind: 'rows', query: sealQuery({ scope, ...(where ? { where } : {}), orderBy: [] }) },
    shape: { many: true, shape: sealShape(scope), stages: [hubStage(columns, { kind: 'rows', where: passes ?? always(!negated), orderBy: [] })] },
    read,
    ...(context.hidden ? { hidden: true } : {}),
    ...(binding.rowEstimate === undefined ? {} : { rowEstimate: binding.rowEstimate }),
  };
  const list = addParameter(context, { from, to: { kind: 'row', type: typeOfExpr(key) }, list: true });
  return { kind: 'inList', value: key, list, negated: false };
}

/** What names a row in its source; several parts are put together. */
export function rowKey({ key, type, source, department }: TypeBinding): Expr {
  const [only] = key;
  if (!only) throw new HubError('SOURCE_CAPABILITY_MISSING', `rows of ${type} have no key, so the hub cannot filter them`, { source, department });
  if (key.length === 1) return only;
  return { kind: 'concat', values: key.flatMap((part, i) => (i === 0 ? [part] : [BETWEEN, part])) };
}

const BETWEEN: Expr = { kind: 'literal', value: '\u001f', type: { kind: 'text' } };
