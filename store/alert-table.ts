import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession, type SqlValue } from './sql-session.ts';

/** One alert a row: a rule that found something about a subject, from when it became pending or fired until it was resolved, and after. */
export interface AlertTable {
  /** Alerts of a rule that are not resolved; of these subjects, or of all. */
  open(rule: string, subjects?: readonly string[]): Promise<AlertRow[]>;
  /** Rules that have such alerts. */
  openRules(): Promise<string[]>;
  get(id: string): Promise<AlertRow | undefined>;
  /** Newest first. */
  list(filter: AlertFilter, page: { readonly first: number; readonly before?: number }): Promise<AlertRow[]>;
  count(filter: AlertFilter): Promise<number>;
  add(rows: readonly AlertRow[]): Promise<void>;
  update(id: string, change: AlertRowChange): Promise<void>;
  /** Forgets alerts that never fired. */
  remove(ids: readonly string[]): Promise<void>;
}

export type AlertRowState = 'PENDING' | 'FIRING' | 'RESOLVED';

export interface AlertRow {
  readonly id: string;
  /** Sequence of its first event: alerts in the order in which they arose. */
  readonly ordinal: number;
  readonly rule: string;
  readonly subjectType: string;
  /** The subject's key as a JSON list. */
  readonly subject: string;
  readonly severity: string;
  readonly state: AlertRowState;
  /** Since when the condition has held; RFC 3339, as all times here. */
  readonly since: string;
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
  /** JSON: title, values, value, evidence. */
  readonly body: string;
}

export type AlertRowChange = Partial<Pick<AlertRow, 'state' | 'firedAt' | 'resolvedAt' | 'acknowledgedAt' | 'acknowledgedBy' | 'note' | 'body'>>;

/** All that is given must hold. */
export interface AlertFilter {
  readonly states?: readonly string[];
  readonly severities?: readonly string[];
  readonly rules?: readonly string[];
  readonly subjects?: readonly { readonly type: string; readonly key: string }[];
  readonly acknowledged?: boolean;
}

const COLUMNS = [
  'id',
  'ordinal',
  'rule',
  'subject_type',
  'subject',
  'severity',
  'state',
  'since',
  'fired_at',
  'resolved_at',
  'acknowledged_at',
  'acknowledged_by',
  'note',
  'body',
] as const;
const CHANGEABLE: Readonly<Record<keyof AlertRowChange, string>> = {
  state: 'state',
  firedAt: 'fired_at',
  resolvedAt: 'resolved_at',
  acknowledgedAt: 'acknowledged_at',
  acknowledgedBy: 'acknowledged_by',
  note: 'note',
  body: 'body',
};
const KEYS_PER_STATEMENT = 500;

export function createAlertTable(session: SqlSession): AlertTable {
  return {
    open: async (rule, subjects) => {
      if (subjects === undefined) return (await session.all(`select * from alert where rule = ? and state <> 'RESOLVED'`, [rule])).map(alertOf);
      const rows: AlertRow[] = [];
      for (let start = 0; start < subjects.length; start += KEYS_PER_STATEMENT) {
        const part = subjects.slice(start, start + KEYS_PER_STATEMENT);
        const found = await session.all(`select * from alert where rule = ? and state <> 'RESOLVED' and subject in (${marks(part)})`, [rule, ...part]);
        rows.push(...found.map(alertOf));
      }
      return rows;
    },
    openRules: async () => (await session.all(`select distinct rule from alert where state <> 'RESOLVED' order by rule`)).map((row) => textOf(row, 'rule')),
    get: async (id) => {
      const [row] = await session.all('select * from alert where id = ?', [id]);
      return row === undefined ? undefined : alertOf(row);
    },
    list: async (filter, { first, before }) => {
      const { where, params } = conditions(filter, before === undefined ? [] : [['ordinal < ?', [before]]]);
      return (await session.all(`select * from alert ${where} order by ordinal desc limit ?`, [...params, first])).map(alertOf);
    },
    count: async (filter) => {
      const { where, params } = conditions(filter, []);
      const [row] = await session.all(`select count(*) as n from alert ${where}`, params);
      return row === undefined ? 0 : numberOf(row, 'n');
    },
    add: async (rows) =>
      void (await insertRows(
        session,
        'alert',
        COLUMNS,
        rows.map((row) => [
          row.id,
          row.ordinal,
          row.rule,
          row.subjectType,
          row.subject,
          row.severity,
          row.state,
          row.since,
          row.firedAt,
          row.resolvedAt,
          row.acknowledgedAt,
          row.acknowledgedBy,
          row.note,
          row.body,
        ]),
      )),
    update: async (id, change) => {
      const entries = Object.entries(change) as [keyof AlertRowChange, string | null][];
      if (entries.length === 0) return;
      await session.run(`update alert set ${entries.map(([key]) => `${CHANGEABLE[key]} = ?`).join(', ')} where id = ?`, [
        ...entries.map(([, value]) => value),
        id,
      ]);
    },
    remove: async (ids) => {
      for (const id of ids) await session.run('delete from alert where id = ?', [id]);
    },
  };
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

type Condition = readonly [sql: string, params: readonly SqlValue[]];

function conditions({ states, severities, rules, subjects, acknowledged }: AlertFilter, more: readonly Condition[]): { where: string; params: SqlValue[] } {
  const among = (column: string, values: readonly string[] | undefined): Condition[] =>
    values === undefined ? [] : [values.length === 0 ? ['1 = 0', []] : [`${column} in (${marks(values)})`, values]];
  const all: Condition[] = [
    ...among('state', states),
    ...among('severity', severities),
    ...among('rule', rules),
    ...(subjects === undefined
      ? []
      : [
          [
            subjects.length === 0 ? '1 = 0' : `(${subjects.map(() => '(subject_type = ? and subject = ?)').join(' or ')})`,
            subjects.flatMap(({ type, key }) => [type, key]),
          ] as Condition,
        ]),
    ...(acknowledged === undefined ? [] : [[`acknowledged_at is ${acknowledged ? 'not ' : ''}null`, []] as Condition]),
    ...more,
  ];
  return { where: all.length === 0 ? '' : `where ${all.map(([sql]) => sql).join(' and ')}`, params: all.flatMap(([, params]) => [...params]) };
}

function alertOf(row: SqlRow): AlertRow {
  return {
    id: textOf(row, 'id'),
    ordinal: numberOf(row, 'ordinal'),
    rule: textOf(row, 'rule'),
    subjectType: textOf(row, 'subject_type'),
    subject: textOf(row, 'subject'),
    severity: textOf(row, 'severity'),
    state: textOf(row, 'state') as AlertRowState,
    since: textOf(row, 'since'),
    firedAt: textOrNull(row, 'fired_at'),
    resolvedAt: textOrNull(row, 'resolved_at'),
    acknowledgedAt: textOrNull(row, 'acknowledged_at'),
    acknowledgedBy: textOrNull(row, 'acknowledged_by'),
    note: textOrNull(row, 'note'),
    body: textOf(row, 'body'),
  };
}
