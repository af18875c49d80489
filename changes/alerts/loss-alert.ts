import { randomUUID } from 'node:crypto';
import type { StoreTables } from '../../store/store.ts';
import { subjectText, type Alert } from './alert.ts';
import { alertOf } from './alert-rows.ts';
import { withdrawnOutcome, writeOutcomes } from './outcome.ts';

/** The hub's own rule, under a name that no rule of a release can have. It is for those who may see the sources. */
export const LOSS_RULE = 'hub:changes-lost';
/** What its alerts are about; no entity. */
export const SOURCE_SUBJECT = 'Source';

export interface Loss {
  readonly source: string;
  readonly department: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
  /** Version of the release that is live. */
  readonly release: number;
}

/** Says that a source lost changes; once more where it has not recovered from the last loss. */
export async function fireLossAlert(tables: StoreTables, { source, department, reason, at, release }: Loss): Promise<void> {
  const key = [source];
  const [row] = await tables.alerts.open(LOSS_RULE, [subjectText(key)]);
  const before = row && alertOf(row);
  const alert: Alert = {
    id: before?.id ?? randomUUID(),
    rule: LOSS_RULE,
    severity: 'WARNING',
    title: { zh: '数据源变更缺失', en: 'A source lost changes' },
    subject: { type: SOURCE_SUBJECT, key, name: null },
    state: 'FIRING',
    since: before?.since ?? at,
    firedAt: at,
    resolvedAt: null,
    acknowledged: before?.acknowledged ?? null,
    values: { source, department, reason },
    value: reason,
    evidence: { observedAt: at, release, rows: [], more: [], causes: [] },
  };
  await writeOutcomes(tables, [{ rule: LOSS_RULE, dues: [], steps: [{ event: 'FIRING', alert, ...(row ? { row } : {}) }], failed: 0 }], at);
}

/** All its tables have been read anew. */
export async function resolveLossAlert(tables: StoreTables, source: string, at: string): Promise<void> {
  await writeOutcomes(tables, [withdrawnOutcome(LOSS_RULE, await tables.alerts.open(LOSS_RULE, [subjectText([source])]), at)], at);
}
