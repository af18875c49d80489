import type { Measure, Predicate } from '../../connectors/spi/ir.ts';
import { typeOfMeasure } from '../../connectors/spi/type-of.ts';
import type { TotalsFeature } from '../../schema/api/features.ts';
import { connectionName } from '../../schema/api/names.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { TotalsKey } from '../../schema/model/rights.ts';
import { hubColumn } from '../engine/hub-column.ts';
import { entityExists } from './entity-exists.ts';
import { fieldExpr } from './field-expr.ts';
import { afterwards, columnExpr, partialMeasures, wholeMeasures, type GroupRows } from './group-rows.ts';
import { hubStage } from './hub-stage.ts';
import type { Site } from './key-access.ts';
import type { MeasureFunction } from './measure-function.ts';
import { addMeasure, aggregateFields, measuredPaths, type TakeMeasure } from './plan-aggregate.ts';
import { concrete, type PlanContext } from './plan-context.ts';
import { groupItems, groupKey, groupsLimit, measuredBy, writeGroups } from './plan-groups.ts';
import { operators, type Input } from './operators.ts';
import type { ConnectionField, Output, Ref } from './output.ts';
import type { HubColumn, HubStage } from './plan.ts';
import { always, combine } from './predicates.ts';
import { createRowScope, type PendingChild } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';

/**
 * A type of which only totals may be told. Its rows are first made into cells, by all keys that whoever asks may see and with what each cell sums up to; cells
 * of too few rows are dropped. Filters, groups and totals are then made of the cells that are left, never of rows: whatever is asked, and however often, an
 * answer is a function of one fixed table, and two answers never differ by less than a cell.
 */
export function planTotals(context: PlanContext, site: Site, totals: TotalsFeature, selected: Selected): Output {
  const { target } = site;
  const where = selected.args['where'];
  const refs: Ref[] = [];
  const tooFew = new HubError('GROUP_TOO_SMALL', `Fewer than ${totals.atLeast} rows of ${target.type} can be told of here.`);
  const whole = (paths: readonly string[]) => cellsOf(context, site, totals, { filters: [where], paths });
  const fields = selectFields(context, connectionName(target.type), selected.sets).map((field): ConnectionField => {
    const { key } = field;
    switch (field.name) {
      case 'totalCount': {
        const groups = whole([]).group([]);
        const column = groups.take('COUNT', undefined);
        const ref = groups.add([]);
        refs.push(ref);
        return { key, kind: 'count', ref, column, tooFew };
      }
      case 'aggregate': {
        const groups = whole(measuredPaths(context, target.type, field.sets)).group([]);
        const inner = aggregateFields(context, target, groups.take, field.sets);
        const column = groups.take('COUNT', undefined);
        const ref = groups.add([]);
        refs.push(ref);
        return { key, kind: 'aggregate', ref, fields: inner, tooFew: { column, error: tooFew } };
      }
      case 'groups': {
        const asked = groupItems(context, field).map((item) => askedKey(context, totals, item));
        const limit = groupsLimit(context, field);
        const { paths } = measuredBy(context, target.type, field);
        const cells = cellsOf(context, site, totals, { filters: [where, field.args['where']], paths });
        const by = asked.map(({ index, truncate }) => ({ ...cells.key(index, truncate), index, ...(truncate ? { truncate } : {}) }));
        const groups = cells.group(by);
        const compared = afterwards(context, site, { by, limit }, groups.take);
        const rows: GroupRows = { ...compared, take: groups.take, add: (having, orderBy) => groups.add(compared.stages(having, orderBy)) };
        const { ref, fields: inner } = writeGroups(context, target, field, by, rows);
        refs.push(ref);
        return { key, kind: 'groups', ref, fields: inner, max: context.supergraph.limits.pageMax };
      }
      default:
        return { key, kind: 'text', json: JSON.stringify(connectionName(target.type)) };
    }
  });
  return { kind: 'connection', fields, refs, bare: false };
}

type Unit = NonNullable<TotalsKey['truncate']>;
const UNITS: readonly Unit[] = ['DAY', 'MONTH', 'QUARTER', 'YEAR'];

/** A key of the cells, as it is or by a longer period. */
function askedKey(context: PlanContext, { by }: TotalsFeature, item: Input): { readonly index: number; readonly truncate?: Unit } {
  const path = String(concrete(context, item['field']));
  const index = by.findIndex((key) => key.path === path);
  const key = by[index];
  if (!key) throw new HubError('BAD_USER_INPUT', `there are no groups by ${path}`);
  const unit = concrete(context, item['truncate']);
  if (typeof unit !== 'string') return { index };
  if (UNITS.indexOf(unit as Unit) < UNITS.indexOf(key.truncate ?? 'DAY'))
    throw new HubError('BAD_USER_INPUT', `${path} is told by ${String(key.truncate)} or longer periods only`);
  return { index, truncate: unit as Unit };
}

interface CellKey {
  readonly path: string;
  readonly scalar: string;
}

interface GroupedBy {
  readonly index: number;
  readonly truncate?: Unit;
  readonly scalar: string;
}

/** The table of cells, from which groups are made. */
interface Cells {
  key(index: number, truncate: Unit | undefined): CellKey;
  /** No keys: one group, also of nothing. */
  group(by: readonly GroupedBy[]): { readonly take: TakeMeasure; add(after: readonly HubStage[]): Ref };
}

function cellsOf(
  context: PlanContext,
  site: Site,
  { atLeast, by }: TotalsFeature,
  { filters, paths }: { readonly filters: readonly unknown[]; readonly paths: readonly string[] },
): Cells {
  const { target } = site;
  const scope = createRowScope(target);
  const keys = by.map(({ path, truncate }) => groupKey(context, target, { field: path, ...(truncate ? { truncate } : {}) }));
  const columns = keys.map((key) => key.value(scope));
  const cellBy = columns.map(columnExpr);
  const partial = scope.children.length === 0 && paths.every((path) => fieldExpr(context, target, path));
  const { measures, take, seal } = partial ? partialMeasures(context, scope, columns) : wholeMeasures(context, scope, columns);
  const rows = take('COUNT', undefined);
  const sums = new Map(paths.map((path) => [path, { sum: take('SUM', path), count: take('COUNT', path) }]));
  const rowsMeasure = measures[rows - keys.length] as Measure;
  const enough = operators(
    context,
    { path: 'count', expr: { kind: 'column', column: `m${rows - keys.length}`, type: typeOfMeasure(rowsMeasure) }, scalar: 'Int' },
    { gte: atLeast },
    false,
  );
  const conditions = filters.flatMap((where) => cellFilter(context, keys, where, '', false) ?? []);
  const keyColumns = keys.map(({ scalar }, i): HubColumn => ({ value: { kind: 'wire', column: i, scalar }, scalar }));
  return {
    key(index, truncate) {
      const { path, scalar } = keys[index] as CellKey;
      return { path, scalar: truncate ? 'Date' : scalar };
    },
    group(asked) {
      const grouped = asked.map(({ index, truncate }): HubColumn => ({ ...(keyColumns[index] as HubColumn), ...(truncate ? { truncate } : {}) }));
      const own: Measure[] = [];
      const groupColumns = [...grouped];
      const added = (column: HubColumn): number => {
        const text = JSON.stringify(column);
        const known = groupColumns.findIndex((each, i) => i >= grouped.length && JSON.stringify(each) === text);
        const index = known >= 0 ? known : groupColumns.push(column) - 1;
        return asked.length + addMeasure(own, { fn: 'sum', value: columnExpr(column, index) });
      };
      return {
        take(fn: Exclude<MeasureFunction, 'AVG'>, path: string | undefined) {
          if (fn === 'COUNT' && path === undefined) return added({ value: { kind: 'wire', column: rows, scalar: 'Int' }, scalar: 'Int' });
          const cell = path === undefined ? undefined : sums.get(path);
          // The least, the greatest and the number of different values tell of single rows.
          if (!cell || (fn !== 'SUM' && fn !== 'COUNT')) throw new HubError('GRAPHQL_VALIDATION_FAILED', 'only counts, sums and averages are told');
          const [column, scalar] = fn === 'SUM' ? [cell.sum, 'Decimal'] : [cell.count, 'Int'];
          return added({ value: { kind: 'enough', column, scalar, count: cell.count, atLeast }, scalar });
        },
        add(after) {
          const source = seal();
          const exists = entityExists(context, target);
          const where = exists ? { where: exists } : {};
          const [condition, ...more] = conditions;
          const stages = [
            hubStage(columns, { kind: 'groups', by: cellBy, measures, having: { kind: 'and', predicates: enough } }),
            ...(condition ? [hubStage(keyColumns, { kind: 'rows', where: { kind: 'and', predicates: [condition, ...more] }, orderBy: [] })] : []),
            hubStage(groupColumns, { kind: 'groups', by: grouped.map(columnExpr), measures: own }),
            ...after,
          ];
          const { ref } = site.add((on): PendingChild =>
            source
              ? { kind: 'groups', on, rows: target.rows, ...where, ...source, hub: { scope, stages } }
              : { kind: 'many', on, scope, ...where, orderBy: [], stages },
          );
          return ref;
        },
      };
    },
  };
}

/** A filter over the keys of the cells, which stand in `c0 c1 …`. */
function cellFilter(context: PlanContext, keys: readonly CellKey[], where: unknown, prefix: string, negated: boolean): Predicate | undefined {
  if (where === undefined || where === null) return undefined;
  const inner = (part: unknown, not: boolean): Predicate => cellFilter(context, keys, part, prefix, not) ?? always(!not);
  const parts = Object.entries(where as Input).flatMap(([name, value]): Predicate[] => {
    if (value === undefined) return [];
    if (value === null) throw new HubError('BAD_USER_INPUT', `where.${prefix}${name} is null; leave it out`);
    if (prefix === '' && (name === 'and' || name === 'or')) {
      const all = (Array.isArray(value) ? value : [value]).map((part: unknown) => inner(part, negated));
      return [{ kind: (name === 'and') === negated ? 'or' : 'and', predicates: all }];
    }
    if (prefix === '' && name === 'not') return [inner(value, !negated)];
    const path = `${prefix}${name}`;
    const index = keys.findIndex((key) => key.path === path);
    if (index < 0) {
      const related = cellFilter(context, keys, value, `${path}.`, negated);
      return related ? [related] : [];
    }
    const { scalar } = keys[index] as CellKey;
    const tests = operators(context, { path, expr: hubColumn(index, scalar), scalar }, value as Input, negated);
    return tests.length > 1 ? [{ kind: negated ? 'or' : 'and', predicates: tests }] : tests;
  });
  return combine(parts, negated);
}
