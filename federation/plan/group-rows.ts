import type { Expr, Measure, Order, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../../connectors/spi/type-of.ts';
import { hubType } from '../engine/hub-column.ts';
import { decide } from './decision.ts';
import { hubStage } from './hub-stage.ts';
import { hubValue } from './hub-value.ts';
import type { Site } from './key-access.ts';
import { measureScalar, type MeasureFunction } from './measure-function.ts';
import { addMeasure, hubMeasures, measureValue, sourceMeasure, type TakeMeasure } from './plan-aggregate.ts';
import type { PlanContext } from './plan-context.ts';
import type { Ref } from './output.ts';
import type { HubColumn, HubQuery, HubStage } from './plan.ts';
import { createRowScope, sealedColumns, type PendingChild, type RowScope } from './row-scope.ts';

export interface GroupKey {
  readonly path: string;
  /** Of the key's value, after truncation. */
  readonly scalar: string;
  /** Absent: the list's source cannot compute it. */
  readonly expr?: Expr;
  readonly value: (scope: RowScope) => HubColumn;
}

/** Groups under construction: measures are taken, then the groups are added to the place of their list. Their rows hold keys, then measures. */
export interface GroupRows {
  readonly take: TakeMeasure;
  /** For `having` and `orderBy`. */
  keyExpr(index: number): Expr;
  measureExpr(fn: MeasureFunction, path: string | undefined): Expr;
  /** Once all measures have been taken. */
  add(having: Predicate | undefined, orderBy: readonly Order[]): Ref;
}

export interface GroupsAsked {
  readonly where?: Predicate;
  readonly by: readonly GroupKey[];
  /** The list's source can compute every field that is measured. */
  readonly measurable: boolean;
  /** An average is compared: only the hub can. */
  readonly averaged: boolean;
  readonly limit: number;
}

/**
 * The cheapest way that can: grouped by the source; grouped by the source as finely as the hub needs to add the groups up by keys that it knows from
 * elsewhere (a payment's project is one key, its district comes later); or the rows themselves, grouped in the hub.
 */
export function groupRows(context: PlanContext, site: Site, asked: GroupsAsked): GroupRows {
  const keyed = asked.by.every(({ expr }) => expr);
  const { type, source } = site.target;
  const by = keyed && asked.measurable && !asked.averaged ? 'source' : 'hub';
  const foreign = asked.by.filter(({ expr }) => !expr).map(({ path }) => path);
  const why = asked.averaged
    ? 'averages are compared in the hub'
    : by === 'source'
      ? 'keys and measures are the source’s own'
      : asked.measurable
        ? `grouped by the source as finely as needed, then by ${foreign.join(', ')}`
        : 'measures are not the source’s own: its rows are fetched';
  decide(context, { what: `groups of ${type} by ${asked.by.map(({ path }) => path).join(', ')}`, by, source, why });
  if (keyed && asked.measurable) return inSource(context, site, asked);
  return inHub(context, site, asked);
}

const filtered = ({ where }: GroupsAsked): { where?: Predicate } => (where ? { where } : {});

function inSource(context: PlanContext, site: Site, asked: GroupsAsked): GroupRows {
  const { target } = site;
  const by = asked.by.flatMap(({ expr }) => expr ?? []);
  const measures: Measure[] = [];
  const take: TakeMeasure = (fn, path) => by.length + addMeasure(measures, sourceMeasure(context, target, fn, path));
  const compared = asked.averaged ? afterwards(context, site, asked, take) : during(by.map(typeOfExpr), measures, take);
  return {
    take,
    ...compared,
    add(having, orderBy) {
      const groups = { kind: 'groups' as const, rows: target.rows, ...filtered(asked), by, measures };
      const stages = compared.stages(having, orderBy);
      const { ref } = site.add((on) =>
        stages.length > 0
          ? { ...groups, on, hub: { scope: createRowScope(target), stages } }
          : { ...groups, on, ...(having ? { having } : {}), orderBy, limit: asked.limit },
      );
      return ref;
    },
  };
}

function inHub(context: PlanContext, site: Site, asked: GroupsAsked): GroupRows {
  const { target } = site;
  const scope = createRowScope(target);
  const columns = asked.by.map((key) => key.value(scope));
  const by = columns.map(columnExpr);
  const partial = asked.measurable && scope.children.length === 0;
  const { measures, take, seal } = partial ? partialMeasures(context, scope, columns) : wholeMeasures(context, scope, columns);
  const compared = asked.averaged ? afterwards(context, site, asked, take) : during(by.map(typeOfExpr), measures, take);
  return {
    take,
    ...compared,
    add(having, orderBy) {
      const after = compared.stages(having, orderBy);
      const cut = after.length > 0 ? {} : { ...(having ? { having } : {}), orderBy, limit: asked.limit };
      const rows = seal();
      const stages = [hubStage(columns, { kind: 'groups', by, measures, ...cut }), ...after];
      const { ref } = site.add((on): PendingChild =>
        rows
          ? { kind: 'groups', on, rows: target.rows, ...filtered(asked), ...rows, hub: { scope, stages } }
          : { kind: 'many', on, scope, ...filtered(asked), orderBy: [], stages },
      );
      return ref;
    },
  };
}

export interface Measures {
  readonly measures: Measure[];
  readonly take: TakeMeasure;
  /** What the source groups by and measures; undefined where it gives the rows. */
  readonly seal: () => { readonly by: readonly Expr[]; readonly measures: Measure[] } | undefined;
}

export function wholeMeasures(context: PlanContext, scope: RowScope, columns: HubColumn[]): Measures {
  const { measures, take } = hubMeasures(context, scope, columns, columns.length);
  return { measures, take, seal: () => undefined };
}

/** Counts and sums of the source's finer groups are added up; distinct values become a key of the finer groups. */
export function partialMeasures(context: PlanContext, scope: RowScope, columns: HubColumn[]): Measures {
  const first = columns.length;
  const measures: Measure[] = [];
  const partials: Measure[] = [];
  const taken = new Map<string, number>();
  const open: { readonly column: number; readonly partial: number }[] = [];
  const add = (fn: Exclude<MeasureFunction, 'AVG'>, path: string | undefined): Measure => {
    if (fn === 'COUNT_DISTINCT') {
      const value = columnExpr(hubValue(context, scope, path ?? ''), columns.push(hubValue(context, scope, path ?? '')) - 1);
      return { fn: 'countDistinct', value };
    }
    const wanted = sourceMeasure(context, scope.binding, fn, path);
    const type = typeOfMeasure(wanted);
    const scalar = fn === 'SUM' ? (type.kind === 'float' ? 'Float' : 'Decimal') : measureScalar(context, scope.binding, fn, path);
    const index = columns.push({ value: { kind: 'wire', column: -1, scalar }, scalar }) - 1;
    open.push({ column: index, partial: addMeasure(partials, wanted) });
    const value = columnExpr({ scalar }, index);
    return fn === 'MIN' ? { fn: 'min', value } : fn === 'MAX' ? { fn: 'max', value } : { fn: 'sum', value };
  };
  return {
    measures,
    take(fn, path) {
      const text = `${fn} ${path ?? ''}`;
      const known = taken.get(text) ?? first + measures.push(add(fn, path)) - 1;
      taken.set(text, known);
      return known;
    },
    seal() {
      const by = sealedColumns(scope);
      for (const { column, partial } of open) {
        const { scalar } = columns[column] as HubColumn;
        columns[column] = { value: { kind: 'wire', column: by.length + partial, scalar }, scalar };
      }
      return { by, measures: partials };
    },
  };
}

type Compared = Pick<GroupRows, 'keyExpr' | 'measureExpr'> & {
  /** What the hub does with the groups once they are there. */
  readonly stages: (having: Predicate | undefined, orderBy: readonly Order[]) => HubStage[];
};

/** Whoever groups also compares and orders, over `k0 …` and `m0 …`. */
function during(by: readonly ReturnType<typeof typeOfExpr>[], measures: readonly Measure[], take: TakeMeasure): Compared {
  return {
    keyExpr: (index) => ({ kind: 'column', column: `k${index}`, type: by[index] ?? { kind: 'text' } }),
    measureExpr: (fn, path) => {
      const index = take(fn as Exclude<MeasureFunction, 'AVG'>, path) - by.length;
      const measure = measures[index] as Measure;
      return { kind: 'column', column: `m${index}`, type: typeOfMeasure(measure) };
    },
    stages: () => [],
  };
}

/** The finished groups are filtered and ordered in a step of their own, with the averages beside them. */
export function afterwards(
  context: PlanContext,
  { target }: Pick<Site, 'target'>,
  { by, limit }: { readonly by: readonly Pick<GroupKey, 'scalar'>[]; readonly limit: number },
  take: TakeMeasure,
): Compared {
  const columns: HubColumn[] = by.map(({ scalar }, i) => ({ value: { kind: 'wire', column: i, scalar }, scalar }));
  return {
    keyExpr: (index) => columnExpr(columns[index] as HubColumn, index),
    measureExpr: (fn, path) => {
      const scalar = measureScalar(context, target, fn, path);
      return columnExpr({ scalar }, columns.push({ value: measureValue(take, fn, path, scalar), scalar }) - 1);
    },
    stages: (having, orderBy) => {
      const query: HubQuery = { kind: 'rows', ...(having ? { where: having } : {}), orderBy, limit };
      return [hubStage(columns, query)];
    },
  };
}

export function columnExpr({ scalar, truncate }: Pick<HubColumn, 'scalar' | 'truncate'>, index: number): Expr {
  return { kind: 'column', column: `c${index}`, type: hubType(truncate ? 'Date' : scalar) };
}
