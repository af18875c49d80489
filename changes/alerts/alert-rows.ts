import type { AlertEventRow } from '../../store/alert-event-table.ts';
import type { AlertRow } from '../../store/alert-table.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { Alert, AlertEvent, AlertEventState } from './alert.ts';

/** The part of an alert that the store only keeps. */
type Body = Pick<Alert, 'title' | 'values' | 'value' | 'evidence'> & { readonly name: string | null };

export function rowOf(alert: Alert, ordinal: number): AlertRow {
  return {
    id: alert.id,
    ordinal,
    rule: alert.rule,
    subjectType: alert.subject.type,
    subject: JSON.stringify(alert.subject.key),
    severity: alert.severity,
    state: alert.state,
    since: alert.since,
    firedAt: alert.firedAt,
    resolvedAt: alert.resolvedAt,
    acknowledgedAt: alert.acknowledged?.at ?? null,
    acknowledgedBy: alert.acknowledged?.by ?? null,
    note: alert.acknowledged?.note ?? null,
    body: bodyOf(alert),
  };
}

export function bodyOf({ title, values, value, evidence, subject }: Alert): string {
  return JSON.stringify({ title, values, value, evidence, name: subject.name } satisfies Body);
}

export function alertOf(row: AlertRow): Alert {
  const { name, title, values, value, evidence } = JSON.parse(row.body) as Body;
  return {
    id: row.id,
    rule: row.rule,
    severity: row.severity as Alert['severity'],
    title,
    subject: { type: row.subjectType, key: JSON.parse(row.subject) as readonly Canonical[], name },
    state: row.state,
    since: row.since,
    firedAt: row.firedAt,
    resolvedAt: row.resolvedAt,
    acknowledged: row.acknowledgedAt === null ? null : { at: row.acknowledgedAt, by: row.acknowledgedBy ?? '', note: row.note },
    values,
    value,
    evidence,
  };
}

export function eventRow(state: AlertEventState, alert: Alert, at: string): { readonly alert: string; readonly at: string; readonly body: string } {
  return { alert: alert.id, at, body: JSON.stringify({ state, alert }) };
}

export function eventOf({ sequence, at, body }: AlertEventRow): AlertEvent {
  return { sequence, at, ...(JSON.parse(body) as Pick<AlertEvent, 'state' | 'alert'>) };
}
