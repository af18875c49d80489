import { leafAt } from '../schema/api/leaves.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { AgreementSettings } from '../schema/model/configuration.ts';
import type { Owners } from '../schema/model/owners.ts';
import type { Principal } from '../schema/model/principal.ts';
import { PURPOSE_MAX, readPurpose } from '../schema/model/purpose.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';
import type { AgreementRow } from '../store/agreement-table.ts';
import type { Store } from '../store/store.ts';
import type { Agreement } from './agreement.ts';
import { isRead } from './is-read.ts';
import { dayIn, dueDay } from './working-days.ts';

/** Where a request stands. */
export type AgreementState = 'REQUESTED' | 'OVERDUE' | 'REFUSED' | 'GRANTED' | 'IN_FORCE' | 'EXPIRED' | 'WITHDRAWN';

export interface AgreementAsked {
  readonly type: string;
  readonly fields: readonly string[];
  readonly rows?: Readonly<Record<string, unknown>> | null;
  readonly purpose: string;
  readonly legalBasis: string;
}

export interface AgreementDecided {
  readonly grant: boolean;
  /** RFC 3339; default now. */
  readonly validFrom?: string | null;
  /** RFC 3339; needed to grant. */
  readonly validTo?: string | null;
  readonly note?: string | null;
  /** Default: unlimited. */
  readonly operationsPerDay?: number | null;
  readonly rowsPerDay?: number | null;
}

/** Sharing by agreement: request → decision → in force → expiry or withdrawal. 有条件共享 */
export interface Agreements extends AsyncDisposable {
  /** For a department and purpose, now; the same list while nothing changes. */
  inForce(consumer: string, purpose: string): readonly Agreement[];
  /** Fields (`Type.path`) shared by agreement that a department has ever asked for, whatever became of it. */
  askedBy(consumer: string): ReadonlySet<string>;
  /** What somebody asks may count against a quota. */
  limits(by: Principal): boolean;
  /**
   * Counts what an operation read against the quotas of all agreements that gave it, or of none, durably and for all instances.
   * @param reads `Type.path` @param rows shown of a type @param operations default 1
   * @throws {HubError} RATE_LIMITED: a quota does not have so much left today, and nothing may be shown
   */
  spend(by: Principal, reads: readonly string[], rows: (type: string) => number, operations?: number): Promise<void>;
  onChange(listener: () => void): void;
  /** Those that a department is party to, newest first. */
  of(department: string | undefined): Promise<readonly AgreementRow[]>;
  readonly stateOf: (row: AgreementRow) => AgreementState;
  /** @throws {HubError} BAD_USER_INPUT | FORBIDDEN_FIELD */
  request(by: Principal, asked: AgreementAsked): Promise<AgreementRow>;
  /** @throws {HubError} BAD_USER_INPUT | FORBIDDEN_FIELD */
  decide(by: Principal, id: number, decided: AgreementDecided): Promise<AgreementRow>;
  /** Live streams that rest on it end. @throws {HubError} BAD_USER_INPUT | FORBIDDEN_FIELD */
  withdraw(by: Principal, id: number, note: string | null): Promise<AgreementRow>;
}

export interface AgreementsOptions {
  readonly store: Pick<Store, 'agreements' | 'transaction'>;
  readonly settings: AgreementSettings;
  readonly timeZone: string;
  readonly clock: () => Date;
  readonly live: () => { readonly model: UnifiedModel; readonly owners: Owners };
  readonly onFailure: (error: unknown) => void;
}

/** Other instances decide too, and time passes: how often that is looked at. */
const REFRESH_MS = 1_500;
const TEXT_MAX = 1_000;
/** Requests of one department that nobody has decided yet. */
const OPEN_MAX = 200;
const NONE: readonly Agreement[] = [];
const NOTHING: ReadonlySet<string> = new Set();

export async function createAgreements(options: AgreementsOptions): Promise<Agreements> {
  const { store, settings, timeZone, clock, live } = options;
  const { agreements: table } = store;
  const listeners = new Set<() => void>();
  let known: readonly AgreementRow[] = [];
  let current: ReadonlyMap<string, readonly Agreement[]> = new Map();
  let asked: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let print = '[]';
  let reading: Promise<void> | undefined;

  const stateOf = (row: AgreementRow): AgreementState => {
    const now = clock().getTime();
    if (row.withdrawnAt !== null) return 'WITHDRAWN';
    if (row.decision === 'refused') return 'REFUSED';
    if (row.decision === null) return dayIn(clock(), timeZone) > row.dueOn ? 'OVERDUE' : 'REQUESTED';
    if (now < Date.parse(row.validFrom ?? '')) return 'GRANTED';
    return now < Date.parse(row.validTo ?? '') ? 'IN_FORCE' : 'EXPIRED';
  };
  const take = (): void => {
    const inForce = known.filter((row) => stateOf(row) === 'IN_FORCE').toReversed();
    const next = JSON.stringify(inForce);
    if (next === print) return;
    print = next;
    current = Map.groupBy(inForce.map(agreementOf), ({ consumer, purpose }) => keyOf(consumer, purpose));
    listeners.forEach((listener) => listener());
  };
  const read = async (): Promise<void> => {
    try {
      known = await table.list();
      asked = fieldsByConsumer(known);
    } finally {
      take(); // time passes while the store does not answer
    }
  };
  const refresh = (): Promise<void> => (reading ??= read().finally(() => (reading = undefined)));
  await refresh();
  const timer = setInterval(() => void refresh().catch(options.onFailure), REFRESH_MS);
  timer.unref();

  const rowOf = async (id: number): Promise<AgreementRow> => {
    const row = Number.isSafeInteger(id) ? await table.get(id) : undefined;
    if (!row) throw new HubError('BAD_USER_INPUT', 'There is no such agreement.');
    return row;
  };
  const asProvider = async ({ department, unverified }: Principal, id: number): Promise<AgreementRow> => {
    const row = await rowOf(id);
    // To others it does not exist.
    if (row.provider !== department && row.consumer !== department && !unverified) throw new HubError('BAD_USER_INPUT', 'There is no such agreement.');
    if (row.provider !== department && !unverified) throw new HubError('FORBIDDEN_FIELD', `Only ${row.provider} decides on this agreement.`);
    return row;
  };
  return {
    inForce: (consumer, purpose) => current.get(keyOf(consumer, purpose)) ?? NONE,
    askedBy(consumer) {
      const { model } = live();
      return new Set([...(asked.get(consumer) ?? NOTHING)].filter((field) => isConditional(model, field)));
    },
    limits: ({ department, purpose }) =>
      department !== undefined &&
      purpose !== undefined &&
      (current.get(keyOf(department, purpose)) ?? NONE).some((each) => each.operationsPerDay !== undefined || each.rowsPerDay !== undefined),
    async spend({ department, purpose }, reads, rows, operations = 1) {
      if (department === undefined || purpose === undefined) return;
      const read = new Set(reads);
      const asked = (current.get(keyOf(department, purpose)) ?? NONE).filter(
        ({ type, fields, operationsPerDay, rowsPerDay }) =>
          (operationsPerDay !== undefined || rowsPerDay !== undefined) && fields.some((field) => isRead(live().model, type, field, read)),
      );
      if (asked.length === 0) return;
      const now = clock();
      await store.transaction(async (tables) => {
        for (const { id, type, operationsPerDay = null, rowsPerDay = null } of asked) {
          if (!(await tables.agreements.spend(id, dayIn(now, timeZone), { operations, rows: rows(type) }, { operationsPerDay, rowsPerDay })))
            throw new HubError('RATE_LIMITED', `Agreement ${id} allows no more of this today.`, { retryAfterMs: untilTomorrow(now, timeZone) });
        }
      });
    },
    onChange: (listener) => void listeners.add(listener),
    of: async (department) => (await table.list()).filter((row) => department === undefined || row.provider === department || row.consumer === department),
    stateOf,
    async request({ department, subject }, asked) {
      if (department === undefined) throw new HubError('FORBIDDEN_FIELD', 'Only somebody of a department may ask for an agreement.');
      const provider = checkAsked(options, asked);
      if (provider === department) throw new HubError('BAD_USER_INPUT', 'These fields are your own department’s; it needs no agreement.');
      if (known.filter(({ consumer, decision }) => consumer === department && decision === null).length >= OPEN_MAX)
        throw new HubError('BAD_USER_INPUT', `${OPEN_MAX} requests of your department wait for a decision; ask again when some are decided.`);
      const at = clock();
      const { type, fields, purpose, legalBasis, rows } = asked;
      const isLimited = Object.keys(rows ?? {}).length > 0;
      const row = await table.add({
        provider,
        consumer: department,
        type,
        fields: [...new Set(fields)].toSorted(),
        rows: isLimited ? (rows ?? null) : null,
        purpose: readPurpose(purpose) ?? '',
        legalBasis: legalBasis.trim(),
        requestedBy: subject,
        requestedAt: at.toISOString(),
        dueOn: dueDay(dayIn(at, timeZone), settings),
      });
      await refresh();
      return row;
    },
    async decide(by, id, { grant, validFrom, validTo, note, operationsPerDay = null, rowsPerDay = null }) {
      const row = await asProvider(by, id);
      if (row.requestedBy === by.subject && !by.unverified) throw new HubError('FORBIDDEN_FIELD', 'Nobody decides on a request of their own.');
      const from = instantOf('validFrom', validFrom) ?? clock().toISOString();
      const to = instantOf('validTo', validTo);
      if (grant && to === null) throw new HubError('BAD_USER_INPUT', 'An agreement is granted until some day; give validTo.');
      if (to !== null && to <= from) throw new HubError('BAD_USER_INPUT', 'validTo must be after validFrom.');
      if (grant && to !== null && Date.parse(to) <= clock().getTime())
        throw new HubError('BAD_USER_INPUT', 'validTo is past; an agreement is granted until some day to come.');
      for (const [name, most] of Object.entries({ operationsPerDay, rowsPerDay }))
        if (most !== null && most < 1) throw new HubError('BAD_USER_INPUT', `${name} must be at least 1; leave it out for as many as they like.`);
      const done = await table.decide(id, {
        decision: grant ? 'granted' : 'refused',
        by: by.subject,
        at: clock().toISOString(),
        note: note ?? null,
        validFrom: grant ? from : null,
        validTo: grant ? to : null,
        operationsPerDay: grant ? operationsPerDay : null,
        rowsPerDay: grant ? rowsPerDay : null,
      });
      if (!done) throw new HubError('BAD_USER_INPUT', 'It is decided already; withdraw it, or let it be requested anew.');
      await refresh();
      return rowOf(id);
    },
    async withdraw(by, id, note) {
      await asProvider(by, id);
      if (!(await table.withdraw(id, by.subject, clock().toISOString(), note)))
        throw new HubError('BAD_USER_INPUT', 'Only an agreement that was granted can be withdrawn, and only once.');
      await refresh();
      return rowOf(id);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reading?.catch(() => undefined);
    },
  };
}

const keyOf = (consumer: string, purpose: string): string => JSON.stringify([consumer, purpose]);

function agreementOf({ id, provider, consumer, type, fields, rows, purpose, operationsPerDay, rowsPerDay }: AgreementRow): Agreement {
  return {
    id,
    provider,
    consumer,
    type,
    fields,
    purpose,
    ...(rows === null ? {} : { rows }),
    ...(operationsPerDay === null ? {} : { operationsPerDay }),
    ...(rowsPerDay === null ? {} : { rowsPerDay }),
  };
}

function fieldsByConsumer(rows: readonly AgreementRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { consumer, type, fields } of rows) {
    const known = found.get(consumer) ?? new Set();
    for (const field of fields) known.add(`${type}.${field}`);
    found.set(consumer, known);
  }
  return found;
}

function isConditional(model: UnifiedModel, field: string): boolean {
  const [type = '', ...path] = field.split('.');
  const found = model.types.get(type)?.fields.get(path.join('.')) ?? leafAt(model, type, path.join('.'));
  return found?.sharing?.class === 'CONDITIONAL';
}

/** At most a day: zones may change their offset at midnight. */
function untilTomorrow(now: Date, timeZone: string): number {
  const [hours = 0, minutes = 0] = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    .format(now)
    .split(':')
    .map(Number);
  return 86_400_000 - (hours * 60 + minutes) * 60_000;
}

/** @returns the provider */
function checkAsked({ live }: AgreementsOptions, { type, fields, purpose, legalBasis }: AgreementAsked): string {
  const refuse = (message: string): never => {
    throw new HubError('BAD_USER_INPUT', message);
  };
  if (readPurpose(purpose) === undefined) refuse(`purpose must be text of at most ${PURPOSE_MAX} characters, on one line: whoever asks states the same.`);
  if (legalBasis.trim() === '' || legalBasis.length > TEXT_MAX) refuse(`legalBasis must be text of at most ${TEXT_MAX} characters.`);
  const { model, owners } = live();
  if (fields.length === 0) refuse('Name at least one field.');
  const providers = new Set<string>();
  for (const path of fields) {
    const field = model.types.get(type)?.fields.get(path) ?? leafAt(model, type, path);
    // What is not shared at all does not exist, and reads like it.
    if (!field || field.sharing?.class === 'NOT_SHARED') throw new HubError('BAD_USER_INPUT', `There is no field ${type}.${path} that is shared by agreement.`);
    const owner = owners.of(type, path) ?? model.types.get(type)?.authority;
    if (field.sharing?.class !== 'CONDITIONAL' || owner === undefined)
      throw new HubError('BAD_USER_INPUT', `There is no field ${type}.${path} that is shared by agreement.`);
    providers.add(owner);
  }
  const [provider, another] = providers;
  if (provider === undefined || another !== undefined) return refuse(`The fields are of several departments (${[...providers].join(', ')}); ask each of them.`);
  return provider;
}

function instantOf(name: string, text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new HubError('BAD_USER_INPUT', `${name} is no date and time.`);
  return new Date(at).toISOString();
}
