import { insertRows, numberOf, textOf, textOrNull, type SqlSession } from './sql-session.ts';

/** When alert rules are to be evaluated again although nothing changes: a subject whose time runs or whose sources failed, or a whole rule. */
export interface AlertDueTable {
  /** Of several for the same subject the earliest stands. Each subject of a rule at most once in a call. */
  put(dues: readonly AlertDue[]): Promise<void>;
  /** Due at the moment, earliest first; without those of some rules. */
  due(nowMs: number, limit: number, without?: readonly string[]): Promise<AlertDue[]>;
  /** Those that were not planned anew meanwhile. */
  remove(dues: readonly AlertDue[]): Promise<void>;
  /** What whole rules were last evaluated as, and when. */
  rules(): Promise<AlertRuleState[]>;
  putRule(state: AlertRuleState): Promise<void>;
  /** Forgets a rule and everything planned for it. */
  removeRule(rule: string): Promise<void>;
}

export interface AlertDue {
  readonly rule: string;
  /** A subject's key as a JSON list. */
  readonly subject: string;
  /** Milliseconds since 1970, by the hub's clock. */
  readonly dueMs: number;
}

export interface AlertRuleState {
  readonly rule: string;
  /** Of the rule's text and release; null when it must be evaluated whole. */
  readonly fingerprint: string | null;
  /** The day for which it was evaluated whole. */
  readonly day: string;
  readonly evaluatedMs: number;
}

export function createAlertDueTable(session: SqlSession): AlertDueTable {
  return {
    put: async (dues) => {
      const rows = dues.map(({ rule, subject, dueMs }) => [rule, subject, dueMs]);
      await insertRows(
        session,
        'alert_due',
        ['rule', 'subject', 'due_ms'],
        rows,
        '(rule, subject) do update set due_ms = case when excluded.due_ms < alert_due.due_ms then excluded.due_ms else alert_due.due_ms end',
      );
    },
    due: async (nowMs, limit, without = []) => {
      const others = without.length === 0 ? '' : ` and rule not in (${without.map(() => '?').join(', ')})`;
      const rows = await session.all(`select rule, subject, due_ms from alert_due where due_ms <= ?${others} order by due_ms, rule, subject limit ?`, [
        nowMs,
        ...without,
        limit,
      ]);
      return rows.map((row) => ({ rule: textOf(row, 'rule'), subject: textOf(row, 'subject'), dueMs: numberOf(row, 'due_ms') }));
    },
    remove: async (dues) => {
      for (const { rule, subject, dueMs } of dues)
        await session.run('delete from alert_due where rule = ? and subject = ? and due_ms = ?', [rule, subject, dueMs]);
    },
    rules: async () =>
      (await session.all('select rule, fingerprint, day, evaluated_ms from alert_rule order by rule')).map((row) => ({
        rule: textOf(row, 'rule'),
        fingerprint: textOrNull(row, 'fingerprint'),
        day: textOf(row, 'day'),
        evaluatedMs: numberOf(row, 'evaluated_ms'),
      })),
    putRule: async ({ rule, fingerprint, day, evaluatedMs }) =>
      void (await insertRows(
        session,
        'alert_rule',
        ['rule', 'fingerprint', 'day', 'evaluated_ms'],
        [[rule, fingerprint, day, evaluatedMs]],
        '(rule) do update set fingerprint = excluded.fingerprint, day = excluded.day, evaluated_ms = excluded.evaluated_ms',
      )),
    removeRule: async (rule) => {
      await session.run('delete from alert_due where rule = ?', [rule]);
      await session.run('delete from alert_rule where rule = ?', [rule]);
    },
  };
}
