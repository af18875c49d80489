import { randomUUID } from 'node:crypto';
import type { Generation } from '../../federation/supergraph/generation.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { LoggedChange } from '../../schema/model/change.ts';
import type { AlertDue } from '../../store/alert-due-table.ts';
import type { AlertRow } from '../../store/alert-table.ts';
import type { Store, StoreTables } from '../../store/store.ts';
import { subjectText, type Alert, type AlertEventState, type EvidenceCause } from './alert.ts';
import { alertOf, bodyOf, eventRow, rowOf } from './alert-rows.ts';
import type { CompiledRule, Judgement } from './compiled-rule.ts';
import { decide, type Transition } from './decide.ts';
import { evidenceOf } from './evidence.ts';

/** What an evaluation of some subjects of a rule does to the store, decided before anything is written. */
export interface Outcome {
  readonly rule: string;
  readonly dues: readonly AlertDue[];
  readonly steps: readonly Step[];
  /** Subjects of which nothing could be said, with the first reason. */
  readonly failed: number;
  readonly error?: Error;
}

interface Step {
  /** Absent: the alert is only brought up to date. */
  readonly event?: AlertEventState;
  /** Absent: the row is new. */
  readonly row?: AlertRow;
  readonly alert: Alert;
  /** It never fired and is forgotten. */
  readonly forget?: true;
}

export interface Subject {
  readonly key: readonly Canonical[];
  /** The changes that made the hub look at it. */
  readonly causes?: readonly LoggedChange[];
}

const CAUSES = 5;

/** Judges subjects of one rule and decides what becomes of their alerts. Reads sources and the store, writes nothing. */
export async function evaluateSubjects(
  { store, generation, signal }: { readonly store: Store; readonly generation: Generation; readonly signal: AbortSignal },
  compiled: CompiledRule,
  subjects: readonly Subject[],
): Promise<Outcome> {
  const { rule } = compiled;
  const keys = subjects.map(({ key }) => key);
  const { now, judgements } = await compiled.judge(keys, signal);
  const nowMs = Date.parse(now);
  const texts = keys.map(subjectText);
  const open = new Map((await store.alerts.open(rule.rule, texts)).map((row) => [row.subject, row]));
  const steps: Step[] = [];
  const dues: AlertDue[] = [];
  const arising: {
    readonly subject: Subject;
    readonly judgement: Extract<Judgement, { kind: 'judged' }>;
    readonly row: AlertRow | undefined;
    readonly event: 'PENDING' | 'FIRING';
  }[] = [];
  let failed = 0;
  let error: Error | undefined;
  subjects.forEach((subject, place) => {
    const [judgement, text] = [judgements[place], texts[place] ?? ''];
    if (!judgement) return;
    if (judgement.kind === 'failed') {
      failed += 1;
      error ??= judgement.error;
      dues.push({ rule: rule.rule, subject: text, dueMs: nowMs });
      return;
    }
    const row = open.get(text);
    const standing = row && { state: row.state as 'PENDING' | 'FIRING', sinceMs: Date.parse(row.since) };
    const verdict = judgement.kind === 'gone' ? { holds: false, over: true } : judgement;
    const transition = decide(rule, standing, verdict, nowMs);
    if (transition.kind === 'pend' || transition.kind === 'wait') dues.push({ rule: rule.rule, subject: text, dueMs: transition.dueMs });
    const event = arises(transition);
    if (event && judgement.kind === 'judged') arising.push({ subject, judgement, row, event });
    else if (row) steps.push(...endOrRefresh(transition, row, judgement, now));
  });
  const readings = (
    await compiled.evidence.read(
      arising.map(({ subject }) => subject.key),
      signal,
    )
  ).readings;
  arising.forEach(({ subject, judgement, row, event }, place) => {
    const read = readings[place];
    const { rows, more } = read?.kind === 'read' ? evidenceOf(read.values, generation.supergraph.model, rule.subject) : { rows: [], more: [] };
    const before = row && alertOf(row);
    const alert: Alert = {
      id: before?.id ?? randomUUID(),
      rule: rule.rule,
      severity: rule.severity,
      title: rule.title,
      subject: { type: rule.subject, key: subject.key, name: judgement.name },
      state: event,
      since: before?.since ?? now,
      firedAt: event === 'FIRING' ? now : null,
      resolvedAt: null,
      acknowledged: before?.acknowledged ?? null,
      values: judgement.values,
      value: judgement.value,
      evidence: { observedAt: now, release: generation.version, rows, more, causes: (subject.causes ?? []).slice(0, CAUSES).map(causeOf) },
    };
    steps.push({ event, alert, ...(row ? { row } : {}) });
  });
  return { rule: rule.rule, dues, steps, failed, ...(error ? { error } : {}) };
}

function arises({ kind }: Transition): 'PENDING' | 'FIRING' | undefined {
  if (kind === 'pend') return 'PENDING';
  return kind === 'fire' ? 'FIRING' : undefined;
}

function endOrRefresh({ kind }: Transition, row: AlertRow, judgement: Judgement, now: string): Step[] {
  const alert = alertOf(row);
  const current = judgement.kind === 'judged' ? { ...alert, values: judgement.values, value: judgement.value } : alert;
  if (kind === 'resolve') return [{ event: 'RESOLVED', row, alert: { ...current, state: 'RESOLVED', resolvedAt: now } }];
  if (kind === 'withdraw') return [{ event: 'RESOLVED', row, alert: { ...current, state: 'RESOLVED', resolvedAt: now }, forget: true }];
  return bodyOf(current) === row.body ? [] : [{ row, alert: current }];
}

const causeOf = ({ id, department, type, op, rowKey, changedFields }: LoggedChange): EvidenceCause => ({ id, department, type, op, rowKey, changedFields });

/** Ends alerts whose rule is not published any more. */
export function withdrawnOutcome(rule: string, rows: readonly AlertRow[], now: string): Outcome {
  const steps = rows.map((row): Step => ({
    event: 'RESOLVED',
    row,
    alert: { ...alertOf(row), state: 'RESOLVED', resolvedAt: now },
    ...(row.firedAt === null ? { forget: true } : {}),
  }));
  return { rule, dues: [], steps, failed: 0 };
}

/** Writes outcomes in the transaction that is given: alerts, their events, and when to look again. @returns whether there is an event */
export async function writeOutcomes(tables: StoreTables, outcomes: readonly Outcome[], now: string): Promise<boolean> {
  const dues = outcomes.flatMap((outcome) => outcome.dues);
  await tables.alertDues.put([...new Map(dues.map((due) => [`${due.rule} ${due.subject}`, due])).values()]);
  const steps = outcomes.flatMap((outcome) => outcome.steps);
  const told = steps.filter((step) => step.event !== undefined);
  const first = told.length === 0 ? 0 : await tables.alertEvents.append(told.map(({ event, alert }) => eventRow(event ?? 'FIRING', alert, now)));
  await tables.alerts.add(told.flatMap(({ row, alert }, place) => (row ? [] : [rowOf(alert, first + place)])));
  await tables.alerts.remove(steps.flatMap(({ forget, alert }) => (forget ? [alert.id] : [])));
  for (const { row, alert, forget } of steps) {
    if (!row || forget) continue;
    const { state, firedAt, resolvedAt, body } = rowOf(alert, row.ordinal);
    await tables.alerts.update(alert.id, { state, firedAt, resolvedAt, body });
  }
  return told.length > 0;
}
