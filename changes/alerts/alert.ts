import type { Canonical } from '../../schema/model/canonical.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';

/** What happened to an alert. ACKNOWLEDGED is said by a person and changes nothing about the condition. */
export type AlertEventState = 'PENDING' | 'FIRING' | 'RESOLVED' | 'ACKNOWLEDGED';

/** An alert as it is or, in an event, as it then was. Times are RFC 3339 in the hub's zone. */
export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly severity: AlertRule['severity'];
  readonly title: AlertRule['title'];
  readonly subject: AlertSubject;
  readonly state: 'PENDING' | 'FIRING' | 'RESOLVED';
  /** Since when the condition has held. */
  readonly since: string;
  /** Null while it has never fired. */
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly acknowledged: { readonly at: string; readonly by: string; readonly note: string | null } | null;
  /** What the rule's selection gave, by response key: of now while it fires, of the end afterwards. Evaluated over everything; delivery takes away what its reader may not see. */
  readonly values: Readonly<Record<string, Canonical>>;
  /** What the rule says should be shown. */
  readonly value: Canonical;
  readonly evidence: AlertEvidence;
}

export interface AlertSubject {
  readonly type: string;
  readonly key: readonly Canonical[];
  /** What people call it, where its type has a name. */
  readonly name: string | null;
}

/** Where the values came from when the alert fired. */
export interface AlertEvidence {
  readonly observedAt: string;
  /** Version of the release whose mappings read them. */
  readonly release: number;
  readonly rows: readonly EvidenceRow[];
  /** Relations of which not all rows are listed. */
  readonly more: readonly { readonly path: string; readonly listed: number; readonly total: number }[];
  /** What made the hub look, when it was a change; the first few. */
  readonly causes: readonly EvidenceCause[];
}

export interface EvidenceRow {
  /** From the subject, e.g. `contracts.payments`; empty for the subject itself. */
  readonly path: string;
  readonly type: string;
  readonly department: string;
  readonly source: string;
  readonly table: string;
  /** The source's own key of the row. */
  readonly key: string;
}

export interface EvidenceCause {
  /** The change's id in the log. */
  readonly id: string;
  readonly department: string;
  readonly type: string;
  readonly op: string;
  readonly rowKey: string;
  readonly changedFields: readonly string[];
}

/** One event of the alert log: what happened, and the alert after it. */
export interface AlertEvent {
  readonly sequence: number;
  readonly at: string;
  readonly state: AlertEventState;
  readonly alert: Alert;
}

/** A subject's key as the store knows it. */
export const subjectText = (key: readonly Canonical[]): string => JSON.stringify(key);
