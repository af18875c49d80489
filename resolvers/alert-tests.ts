import { readDraftRules } from '../changes/alerts/bench/read-draft-rules.ts';
import { sourceReadsOf } from '../federation/dependencies/source-reads-of.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { subjectNode } from './alert-fields.ts';
import { rulesDependencies } from './alert-reads.ts';
import type { AlertRulePastResolvers, AlertRuleTestResultResolvers, QueryResolvers } from './generated/hub-resolvers.ts';
import { pageSize } from './page-size.ts';

const DAYS_MOST = 366;

/** 试运行 */
export const testAlertRules: NonNullable<QueryResolvers['testAlertRules']> = async (_parent, { text, days }, context) => {
  const { alerts, view, signal } = context;
  context.authorize('alerts:test');
  const asked = days ?? 0;
  if (asked < 0 || asked > DAYS_MOST) throw new HubError('BAD_USER_INPUT', `days is ${asked}; it must be 0 to ${DAYS_MOST}`);
  const { rules = [], problems } = readDraftRules(text, view);
  const results = [];
  for (const rule of rules) {
    context.note(sourceReadsOf(rulesDependencies(view.supergraph, rule)));
    results.push({ rule, ...(await alerts.bench(view, rule, asked, signal)) });
  }
  return { problems, results };
};

export const AlertRuleTestResult: AlertRuleTestResultResolvers = {
  subjects: ({ today }) => today.subjects,
  firingCount: ({ today }) => today.firing.length,
  firing({ rule, today }, { first }, context) {
    const shown = today.firing.slice(0, pageSize(first));
    context.note([], { type: rule.subject, keys: shown.map(({ key }) => key) });
    return shown.map(({ key, name, value, values }) => ({ subject: subjectNode(rule.subject, key, name), value, values }));
  },
  failed: ({ today }) => today.failed,
  elapsedMs: ({ today }) => today.elapsedMs,
  past: ({ rule, past }) => past && { ...past, rule },
};

export const AlertRulePast: AlertRulePastResolvers = {
  eventCount: ({ events }) => events.length,
  events: ({ rule, events }, { first }) =>
    events.slice(0, pageSize(first)).map(({ key, name, cause, ...event }) => ({
      ...event,
      subject: subjectNode(rule.subject, key, name),
      cause: `${cause.department} ${cause.type} ${cause.rowKey}`,
    })),
};
