import { createHash } from 'node:crypto';
import type { On, Predicate } from '../../connectors/spi/ir.ts';
import { connectionName, edgeName } from '../../schema/api/names.ts';
import { planAggregate } from './plan-aggregate.ts';
import { orError, planEntity } from './plan-entity.ts';
import { planGroups } from './plan-groups.ts';
import type { PlanContext } from './plan-context.ts';
import { hubOrder } from './hub-order.ts';
import { hubStage } from './hub-stage.ts';
import { cursorScalar, isSourceOrder, totalOrder } from './plan-order.ts';
import { flip, readPage, seek } from './plan-page.ts';
import { planWhere } from './plan-where.ts';
import { bothDecided } from './both-decided.ts';
import { both, combine } from './predicates.ts';
import type { ConnectionField, CursorPlan, EdgeField, ListPlan, Output, Ref } from './output.ts';
import type { Site } from './key-access.ts';
import { planFirstRows } from './first-rows.ts';
import { createRowScope, measure, type PendingAggregate } from './row-scope.ts';
import { selectFields, type Selected } from './selection.ts';
import { entityExists } from './entity-exists.ts';

/** A list of entities with its page, total, aggregate and groups; all over the same filter. */
export function planConnection(context: PlanContext, site: Site, selected: Selected): Output {
  const { target } = site;
  const own = planWhere(context, target, selected.args['where']);
  const base = bothDecided(context, entityExists(context, target), own);
  const order = totalOrder(context, target, selected.args['orderBy']);
  const fingerprint = createHash('sha256')
    .update(
      JSON.stringify([
        target.type,
        order.map((o) => (isSourceOrder(o) ? [o.order.direction, o.order.nulls, o.scalar] : [o.direction, o.nulls, o.scalar])),
        selected.args['orderBy'] ?? null,
        context.supergraph.restriction?.key ?? null,
      ]),
    )
    .digest('base64url')
    .slice(0, 16);
  const sourceOrder = order.filter(isSourceOrder);
  const page = readPage(context, selected.args, fingerprint);
  const refs: Ref[] = [];
  let list: { readonly plan: ListPlan; readonly cursor: CursorPlan } | undefined;
  const scope = createRowScope(target);

  /** A total needs all keys anyway. */
  const wantsTotals = (): boolean =>
    selectFields(context, connectionName(target.type), selected.sets).some((f) => ['totalCount', 'aggregate', 'groups'].includes(f.name));
  const wantsCursor = (sets: Selected['sets'], type: string, names: readonly string[]): boolean =>
    selectFields(context, type, sets).some((f) => names.includes(f.name));
  const ensureList = (cursors: boolean): ListPlan => {
    if (!list && !order.every(isSourceOrder)) list = hubList();
    if (!list) {
      const seeks: Predicate[] = [
        ...(page.after ? [seek(context, sourceOrder, page.after, 'after')] : []),
        ...(page.before ? [seek(context, sourceOrder, page.before, 'before')] : []),
      ];
      const items = page.reversed ? sourceOrder.map(flip) : sourceOrder;
      const asked = [base, ...seeks].reduce<Predicate | undefined>((all, p) => both(all, p), undefined);
      const orderBy = items.map((i) => i.order);
      const need = page.limit === undefined ? undefined : page.limit + 1 + page.offset;
      const firstRows =
        site.single && need !== undefined && !wantsTotals() ? planFirstRows(context, scope, { where: selected.args['where'], own, seeks, need }) : undefined;
      const { ref } = site.add((on: On) => ({
        kind: 'many',
        on,
        scope,
        ...(asked ? { where: asked } : {}),
        orderBy,
        ...(page.limit === undefined ? {} : { limit: page.limit + 1 }),
        ...(page.offset ? { offset: page.offset } : {}),
        ...(firstRows ? { firstRows } : {}),
      }));
      refs.push(ref);
      const cursor: { fingerprint: string; columns: number[]; scalars: string[] } = { fingerprint, columns: [], scalars: [] };
      list = {
        cursor,
        plan: {
          ref,
          reversed: page.reversed,
          limit: page.limit ?? Number.MAX_SAFE_INTEGER,
          cursor,
          paged: { after: page.after !== undefined, before: page.before !== undefined, offset: page.offset },
        },
      };
    }
    if (cursors && !list.cursor.values && list.cursor.columns.length === 0) {
      (list.cursor.columns as number[]).push(...scope.columns(sourceOrder.map((o) => o.order.value)));
      (list.cursor.scalars as string[]).push(...sourceOrder.map(cursorScalar));
    }
    return list.plan;
  };
  const hubList = (): { readonly plan: ListPlan; readonly cursor: CursorPlan } => {
    const { columns, items } = hubOrder(scope, order);
    const { after, before, limit, offset, reversed } = page;
    const where = combine([...(after ? [seek(context, items, after, 'after')] : []), ...(before ? [seek(context, items, before, 'before')] : [])], false);
    const stage = hubStage(columns, {
      kind: 'rows',
      ...(where ? { where } : {}),
      orderBy: (reversed ? items.map(flip) : items).map((item) => item.order),
      ...(limit === undefined ? {} : { limit: limit + 1 }),
      ...(offset ? { offset } : {}),
    });
    const { ref } = site.add((on: On) => ({ kind: 'many', on, scope, ...(base ? { where: base } : {}), orderBy: [], stages: [stage] }));
    refs.push(ref);
    const cursor: CursorPlan = { fingerprint, columns: [], scalars: columns.map((c) => c.scalar), values: columns.map((c) => c.value) };
    return {
      cursor,
      plan: { ref, reversed, limit: limit ?? Number.MAX_SAFE_INTEGER, cursor, paged: { after: after !== undefined, before: before !== undefined, offset } },
    };
  };
  const aggregated = (): { readonly ref: Ref; readonly child: PendingAggregate } => {
    const { ref, child } = site.add((on) => ({ kind: 'aggregate', on, rows: target.rows, ...(base ? { where: base } : {}), measures: [] }));
    refs.push(ref);
    return { ref, child: child as PendingAggregate };
  };

  const fields = selectFields(context, connectionName(target.type), selected.sets).map((field): ConnectionField => {
    const { key } = field;
    switch (field.name) {
      case 'nodes':
        ensureList(false);
        return { key, kind: 'nodes', fields: planEntity(context, scope, field.sets) };
      case 'edges': {
        const inner = selectFields(context, edgeName(target.type), field.sets);
        ensureList(inner.some((f) => f.name === 'cursor'));
        return { key, kind: 'edges', fields: inner.map((f): EdgeField => edgeField(f, () => planEntity(context, scope, f.sets), target.type)) };
      }
      case 'pageInfo': {
        ensureList(wantsCursor(field.sets, 'PageInfo', ['startCursor', 'endCursor']));
        return { key, kind: 'pageInfo', fields: selectFields(context, 'PageInfo', field.sets).map((f) => ({ key: f.key, name: f.name })) };
      }
      case 'totalCount': {
        const { ref, child } = aggregated();
        return { key, kind: 'count', ref, column: measure(child, { fn: 'count' }) };
      }
      case 'aggregate': {
        const { ref, fields: inner } = planAggregate(context, site, base, field.sets);
        refs.push(ref);
        return { key, kind: 'aggregate', ref, fields: inner };
      }
      case 'groups': {
        const groups = orError(() => planGroups(context, site, base, field));
        if ('kind' in groups) return { key, ...groups };
        refs.push(groups.ref);
        return { key, kind: 'groups', ...groups, max: context.supergraph.limits.pageMax };
      }
      default:
        return { key, kind: 'text', json: JSON.stringify(connectionName(target.type)) };
    }
  });
  return {
    kind: 'connection',
    ...(list ? { list: list.plan } : {}),
    fields,
    refs,
    bare: context.document.internal === true && fields.some((f) => f.kind === 'nodes'),
  };
}

function edgeField(field: Selected, node: () => ReturnType<typeof planEntity>, type: string): EdgeField {
  if (field.name === 'cursor') return { key: field.key, kind: 'cursor' };
  if (field.name === 'node') return { key: field.key, kind: 'node', fields: node() };
  return { key: field.key, kind: 'text', json: JSON.stringify(edgeName(type)) };
}
