import type { Alert as AlertModel, AlertEvent as AlertEventModel } from '../changes/alerts/alert.ts';
import { noAlert } from '../changes/alerts/alerts.ts';
import { LOSS_RULE } from '../changes/alerts/loss-alert.ts';
import { hidesRows, visibleOf, withVisibleSubjects, type Visible } from '../changes/alerts/redaction.ts';
import { printPath } from '../federation/dependencies/print-dependencies.ts';
import { decodeGlobalId, encodeGlobalId } from '../schema/api/global-id.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { AlertRule as RuleModel } from '../schema/model/alert-rule.ts';
import { compareText } from '../schema/model/compare-text.ts';
import { suggestion } from '../schema/parse/suggest.ts';
import { noteAlert, rulesDependencies } from './alert-reads.ts';
import type { HubContext } from './context.ts';
import type { AlertEventResolvers, AlertResolvers, AlertRuleResolvers, MutationResolvers, QueryResolvers, Severity } from './generated/hub-resolvers.ts';
import { numberCursor, placeOfNumber } from './number-cursor.ts';
import { pageSize } from './page-size.ts';

/** From the least on. */
export const SEVERITIES: readonly Severity[] = ['INFO', 'NOTICE', 'WARNING', 'CRITICAL'];

/** 预警 */
export const alerts: NonNullable<QueryResolvers['alerts']> = async (_parent, args, context) => {
  context.authorize('alerts:read');
  const size = pageSize(args.first);
  const { after } = args;
  requireRules(context, args.rules);
  const filter = {
    states: args.states ?? ['PENDING', 'FIRING'],
    rules: visibleRules(context, args.rules),
    ...(args.minSeverity ? { severities: SEVERITIES.slice(SEVERITIES.indexOf(args.minSeverity)) } : {}),
    ...(args.subjects ? { subjects: args.subjects.map(subjectOf) } : {}),
    ...(typeof args.acknowledged === 'boolean' ? { acknowledged: args.acknowledged } : {}),
  };
  const listed = await context.alerts.list(filter, {
    first: size + 1,
    ...(typeof after === 'string' ? { before: placeOfNumber(context, 'alert', after) } : {}),
  });
  const shown = await withVisibleSubjects(context.federation.environment, context.view, listed.slice(0, size), context.signal);
  const edges = shown.map(({ ordinal, alert }) => ({ cursor: numberCursor(context, 'alert', ordinal), node: alert }));
  const last = listed.slice(0, size).at(-1);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: listed.length > size,
      hasPreviousPage: typeof after === 'string',
      startCursor: edges[0]?.cursor ?? null,
      endCursor: last ? numberCursor(context, 'alert', last.ordinal) : null,
    },
    // Where rows are hidden, their number is too.
    totalCount: hidesAnyRows(context) ? null : await context.alerts.count(filter),
  };
};

const hidesAnyRows = ({ view: { rights } }: HubContext): boolean => rights.types !== null && [...rights.types.values()].some(hidesRows);

function subjectOf(id: string): { readonly type: string; readonly key: string } {
  const global = decodeGlobalId(id);
  if (!global) throw new HubError('BAD_USER_INPUT', `"${id}" is no global id of an entity.`);
  return { type: global.type, key: JSON.stringify(global.key) };
}

/** Rules of whose subject whoever asks may know. */
function visibleRules({ federation, view }: HubContext, asked: readonly string[] | null | undefined): string[] {
  const published = federation.generation().supergraph.rules.filter(({ subject }) => view.supergraph.bindings.has(subject));
  const own = view.rights.actions.has('sources:read') ? [LOSS_RULE] : [];
  return [...published.map(({ rule }) => rule), ...own].filter((rule) => asked?.includes(rule) ?? true);
}

/** A misspelt rule would be waited for in vain. @throws {HubError} BAD_USER_INPUT: whoever asks knows of no such rule */
export function requireRules(context: HubContext, asked: readonly string[] | null | undefined): void {
  const known = visibleRules(context, undefined);
  const unknown = asked?.find((rule) => !known.includes(rule))?.slice(0, RULE_SHOWN_CHARACTERS);
  if (unknown !== undefined) throw new HubError('BAD_USER_INPUT', `There is no alert rule "${unknown}"; ${suggestion(unknown, known)}`);
}

const RULE_SHOWN_CHARACTERS = 100;

/** 预警规则 */
export const alertRules: NonNullable<QueryResolvers['alertRules']> = (_parent, { rules }, context) => {
  context.authorize('alerts:read');
  const visible = visibleRules(context, rules);
  return context.federation.generation().supergraph.rules.filter(({ rule }) => visible.includes(rule));
};

/** 确认预警 */
export const acknowledgeAlert: NonNullable<MutationResolvers['acknowledgeAlert']> = async (_parent, { id, note }, context) => {
  const { subject } = context.authorize('alerts:acknowledge');
  const alert = await context.alerts.find(id);
  const { federation, view, signal } = context;
  const isKnown = alert && (view.rights.types === null || visibleRules(context, [alert.rule]).length > 0);
  if (!isKnown || (await withVisibleSubjects(federation.environment, view, [{ alert }], signal)).length === 0) throw noAlert(id);
  return context.alerts.acknowledge(id, subject, note ?? null);
};

const NOTHING: Visible = { keys: new Set(), whole: false, name: false };
const EVERYTHING: Visible = { keys: new Set(), whole: true, name: true };

/** What of the alert whoever asks may see; nothing of one whose rule is not published any more, except to those who may see everything. */
function visible({ rule }: AlertModel, { federation, view }: HubContext): Visible {
  if (view.rights.types === null || rule === LOSS_RULE) return EVERYTHING;
  const { supergraph } = federation.generation();
  const published = supergraph.rules.find((one) => one.rule === rule);
  return published ? visibleOf(supergraph, view.rights, published) : NOTHING;
}

export const Alert: AlertResolvers = {
  title: ({ title }) => title.zh,
  titleEn: ({ title }) => title.en,
  subject: (alert, _args, context) => subjectNode(alert.subject.type, alert.subject.key, visible(alert, context).name ? alert.subject.name : null),
  acknowledgement: ({ acknowledged }) => acknowledged,
  values: (alert, _args, context) => {
    noteAlert(alert, context);
    const { keys, whole } = visible(alert, context);
    return whole ? alert.values : Object.fromEntries(Object.entries(alert.values).filter(([key]) => keys.has(key)));
  },
  value: (alert, _args, context) => {
    noteAlert(alert, context);
    return visible(alert, context).whole ? alert.value : null;
  },
  evidence: (alert, _args, context) => {
    noteAlert(alert, context);
    return visible(alert, context).whole ? { ...alert.evidence, mappingVersion: alert.evidence.release } : null;
  },
  redacted: (alert, _args, context) => !visible(alert, context).whole,
};

export const subjectNode = (type: string, key: readonly unknown[], name: string | null) => ({
  type,
  id: encodeGlobalId(type, key.filter(isKeyPart)),
  key,
  code: key.map(String).join(' '),
  name,
});

const isKeyPart = (value: unknown): value is string | number | boolean => value !== null && typeof value !== 'object';

/** Shown as the alert shows it. */
const ofAlert =
  <K extends 'rule' | 'severity' | 'title' | 'titleEn' | 'subject' | 'values' | 'value' | 'evidence'>(field: K) =>
  (event: AlertEventModel, args: object, context: HubContext, info: unknown): never => {
    const resolve = Alert[field] as ((alert: AlertModel, args: object, context: HubContext, info: unknown) => never) | undefined;
    return resolve ? resolve(event.alert, args, context, info) : (event.alert[field as keyof AlertModel] as never);
  };

export const alertCursor = (hub: Pick<HubContext, 'federation'>, sequence: number): string => numberCursor(hub, 'alert-event', sequence);

export const AlertEvent: AlertEventResolvers = {
  cursor: ({ sequence }, _args, context) => alertCursor(context, sequence),
  rule: ofAlert('rule'),
  severity: ofAlert('severity'),
  title: ofAlert('title'),
  titleEn: ofAlert('titleEn'),
  subject: ofAlert('subject'),
  values: ofAlert('values'),
  value: ofAlert('value'),
  evidence: ofAlert('evidence'),
};

const dependenciesOf = (rule: RuleModel, { federation }: HubContext) =>
  rulesDependencies(federation.generation().supergraph, rule).reads.flatMap(({ path, type, sources }) =>
    sources.map((source) => ({ path: printPath(path), type, ...source })),
  );

export const AlertRule: AlertRuleResolvers = {
  title: ({ title }) => title.zh,
  titleEn: ({ title }) => title.en,
  every: ({ every }) => (every === undefined ? null : String(every)),
  place: ({ place }) => `${place.file}:${place.line}`,
  dependencies: (rule, _args, context) => dependenciesOf(rule, context),
  departments: (rule, _args, context) => [...new Set(dependenciesOf(rule, context).map(({ department }) => department))].toSorted(compareText),
};
