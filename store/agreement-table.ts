import { numberOf, numberOrNull, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** A request for shared data and what became of it. Times are RFC 3339 in UTC, days `YYYY-MM-DD`. */
export interface AgreementRow extends AgreementRequest {
  readonly id: number;
  readonly decision: 'granted' | 'refused' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnAt: string | null;
  readonly withdrawalNote: string | null;
  /** Of all who ask under it together, in a day of the hub's; null: as many as they like. */
  readonly operationsPerDay: number | null;
  readonly rowsPerDay: number | null;
}

export interface AgreementRequest {
  readonly provider: string;
  readonly consumer: string;
  readonly type: string;
  readonly fields: readonly string[];
  /** A condition in the type's `where` language; null: all rows. */
  readonly rows: Readonly<Record<string, unknown>> | null;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly dueOn: string;
}

export interface AgreementDecision {
  readonly decision: 'granted' | 'refused';
  readonly by: string;
  readonly at: string;
  readonly note: string | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly operationsPerDay: number | null;
  readonly rowsPerDay: number | null;
}

export interface AgreementTable {
  /** Newest first. */
  list(): Promise<readonly AgreementRow[]>;
  get(id: number): Promise<AgreementRow | undefined>;
  add(request: AgreementRequest): Promise<AgreementRow>;
  /** False when it is decided already. */
  decide(id: number, decision: AgreementDecision): Promise<boolean>;
  /** False when it is not granted, or withdrawn already. */
  withdraw(id: number, by: string, at: string, note: string | null): Promise<boolean>;
  /** Counts an operation and its rows against what is allowed on a day, on all instances together. False, and nothing is counted, where it is too much. */
  spend(
    id: number,
    day: string,
    use: { readonly operations: number; readonly rows: number },
    quota: Pick<AgreementRow, 'operationsPerDay' | 'rowsPerDay'>,
  ): Promise<boolean>;
}

/** More than anybody can ask for. */
const MANY = Number.MAX_SAFE_INTEGER;

const COLUMNS =
  'id, provider, consumer, type, fields, row_rule, purpose, legal_basis, requested_by, requested_at, due_on, decision, decided_by, decided_at, note, valid_from, valid_to, withdrawn_by, withdrawn_at, withdrawal_note, operations_per_day, rows_per_day';

export function createAgreementTable(session: SqlSession): AgreementTable {
  return {
    list: async () => (await session.all(`select ${COLUMNS} from agreement order by id desc`)).map(read),
    async get(id) {
      const [row] = await session.all(`select ${COLUMNS} from agreement where id = ?`, [id]);
      return row && read(row);
    },
    async add({ fields, rows, ...request }) {
      const [row] = await session.all(
        `insert into agreement (provider, consumer, type, fields, row_rule, purpose, legal_basis, requested_by, requested_at, due_on) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning ${COLUMNS}`,
        [
          request.provider,
          request.consumer,
          request.type,
          JSON.stringify(fields),
          rows === null ? null : JSON.stringify(rows),
          request.purpose,
          request.legalBasis,
          request.requestedBy,
          request.requestedAt,
          request.dueOn,
        ],
      );
      return read(row as SqlRow);
    },
    decide: async (id, { decision, by, at, note, validFrom, validTo, operationsPerDay, rowsPerDay }) =>
      (await session.run(
        'update agreement set decision = ?, decided_by = ?, decided_at = ?, note = ?, valid_from = ?, valid_to = ?, operations_per_day = ?, rows_per_day = ? where id = ? and decision is null',
        [decision, by, at, note, validFrom, validTo, operationsPerDay, rowsPerDay, id],
      )) === 1,
    withdraw: async (id, by, at, note) =>
      (await session.run(
        "update agreement set withdrawn_by = ?, withdrawn_at = ?, withdrawal_note = ? where id = ? and decision = 'granted' and withdrawn_at is null",
        [by, at, note, id],
      )) === 1,
    async spend(id, day, { operations, rows }, { operationsPerDay, rowsPerDay }) {
      await session.run('insert into agreement_use (agreement, day, operations, row_count) values (?, ?, 0, 0) on conflict do nothing', [id, day]);
      const counted = await session.run(
        'update agreement_use set operations = operations + ?, row_count = row_count + ? where agreement = ? and day = ? and operations + ? <= ? and row_count + ? <= ?',
        [operations, rows, id, day, operations, operationsPerDay ?? MANY, rows, rowsPerDay ?? MANY],
      );
      return counted === 1;
    },
  };
}

function read(row: SqlRow): AgreementRow {
  const rule = textOrNull(row, 'row_rule');
  return {
    id: numberOf(row, 'id'),
    provider: textOf(row, 'provider'),
    consumer: textOf(row, 'consumer'),
    type: textOf(row, 'type'),
    fields: JSON.parse(textOf(row, 'fields')) as readonly string[],
    rows: rule === null ? null : (JSON.parse(rule) as AgreementRow['rows']),
    purpose: textOf(row, 'purpose'),
    legalBasis: textOf(row, 'legal_basis'),
    requestedBy: textOf(row, 'requested_by'),
    requestedAt: textOf(row, 'requested_at'),
    dueOn: textOf(row, 'due_on'),
    decision: textOrNull(row, 'decision') as AgreementRow['decision'],
    decidedBy: textOrNull(row, 'decided_by'),
    decidedAt: textOrNull(row, 'decided_at'),
    note: textOrNull(row, 'note'),
    validFrom: textOrNull(row, 'valid_from'),
    validTo: textOrNull(row, 'valid_to'),
    withdrawnBy: textOrNull(row, 'withdrawn_by'),
    withdrawnAt: textOrNull(row, 'withdrawn_at'),
    withdrawalNote: textOrNull(row, 'withdrawal_note'),
    operationsPerDay: numberOrNull(row, 'operations_per_day'),
    rowsPerDay: numberOrNull(row, 'rows_per_day'),
  };
}
