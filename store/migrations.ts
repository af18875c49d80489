import type { SqlDialect } from './sql-session.ts';

export interface Migration {
  /** Counts up from 1 without gaps; a released migration is never changed. */
  readonly number: number;
  readonly name: string;
  readonly statements: (words: DialectWords) => readonly string[];
}

/** Where the two engines need different words. */
export interface DialectWords {
  /** Column type of a number that the store hands out, ascending. */
  readonly serial: string;
  /** Text that sorts by code point. */
  readonly text: string;
  readonly real: string;
}

export const DIALECT_WORDS: Readonly<Record<SqlDialect, DialectWords>> = {
  sqlite: { serial: 'integer primary key autoincrement', text: 'text', real: 'real' },
  postgres: { serial: 'bigint generated always as identity primary key', text: 'text collate "C"', real: 'double precision' },
};

/** To add a table: a migration at the end, `<name>-table.ts` with its interface, one line in `tables.ts`. */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'settings',
    statements: ({ text }) => [`create table settings (key ${text} primary key, value ${text} not null)`],
  },
  {
    number: 2,
    name: 'crosswalk',
    statements: ({ text, serial, real }) => [
      // canonical_key is '' where the source's key names none: a primary key holds no null.
      `create table crosswalk (
        entity ${text} not null, source ${text} not null, local_key ${text} not null, canonical_key ${text} not null,
        matched_by ${text} check (matched_by in ('exact', 'normalised', 'evidence')),
        state ${text} check (state in ('confirmed', 'candidate', 'unmatched')),
        valid_from ${text}, valid_to ${text}, score ${real}, evidence ${text},
        decision ${text} check (decision in ('confirmed', 'rejected')), decided_by ${text}, decided_at ${text},
        primary key (entity, source, local_key, canonical_key))`,
      `create table crosswalk_scan (entity ${text} not null, source ${text} not null, authority integer not null, scanned_at ${text} not null, row_count bigint not null, revision bigint, primary key (entity, source))`,
      `create table crosswalk_log (
        id ${serial}, batch ${text} not null, at ${text} not null, officer ${text} not null,
        action ${text} not null check (action in ('confirm', 'reject', 'undo')),
        entity ${text} not null, source ${text} not null, local_key ${text} not null, canonical_key ${text} not null,
        before_decision ${text}, after_decision ${text}, undoes bigint)`,
      'create index crosswalk_log_officer on crosswalk_log (officer, id)',
      'create index crosswalk_log_pair on crosswalk_log (entity, source, local_key, canonical_key, id)',
      'create unique index crosswalk_log_undoes on crosswalk_log (undoes)',
    ],
  },
  {
    number: 3,
    name: 'release',
    statements: ({ text }) => [
      `create table release (
        number bigint primary key, digest ${text} not null, at ${text} not null, officer ${text} not null, why ${text} not null,
        origin ${text} not null check (origin in ('files', 'publish', 'restore')), restores bigint, approved_by ${text})`,
      `create table release_text (digest ${text} primary key, content ${text} not null)`,
      `create table release_file (release bigint not null, part ${text} not null, path ${text} not null, digest ${text} not null, primary key (release, part, path))`,
    ],
  },
  {
    number: 4,
    name: 'changes',
    statements: ({ text }) => [
      `create table change_log (
        sequence bigint primary key, id ${text} not null, department ${text} not null, source ${text} not null, type ${text} not null,
        entity_key ${text}, row_key ${text} not null, op ${text} not null check (op in ('CREATED', 'UPDATED', 'DELETED')),
        changed_fields ${text} not null, before_row ${text}, after_row ${text},
        committed_at ${text} not null, transaction_id ${text} not null, mapping_version bigint not null, appended_ms bigint not null)`,
      'create unique index change_log_id on change_log (id)',
      'create index change_log_department on change_log (department, sequence)',
      // The newest number is kept by itself: numbers never start again when everything has been forgotten.
      'create table change_counter (one integer primary key check (one = 1), newest bigint not null)',
      'insert into change_counter (one, newest) values (1, 0)',
      `create table change_floor (department ${text} primary key, forgotten bigint not null)`,
      `create table row_image (source ${text} not null, table_name ${text} not null, row_key ${text} not null, row_values ${text} not null, snapshot bigint not null,
        primary key (source, table_name, row_key))`,
      `create table row_image_index (source ${text} not null, index_name ${text} not null, value ${text} not null, place ${text} not null,
        primary key (source, index_name, value, place))`,
      `create table capture (source ${text} primary key, mode ${text} not null, position ${text}, tables ${text} not null, snapshot bigint not null,
        state ${text} not null, message ${text}, committed_at ${text}, read_ms bigint, lag_ms bigint,
        gap_at ${text}, gap_reason ${text}, gap_sequence bigint, gap_healed_at ${text})`,
      `create table lease (name ${text} primary key, holder ${text} not null, fence bigint not null, expires_ms bigint not null)`,
    ],
  },
  {
    number: 5,
    name: 'alerts',
    statements: ({ text }) => [
      `create table alert (
        id ${text} primary key, ordinal bigint not null, rule ${text} not null, subject_type ${text} not null, subject ${text} not null,
        severity ${text} not null, state ${text} not null check (state in ('PENDING', 'FIRING', 'RESOLVED')),
        since ${text} not null, fired_at ${text}, resolved_at ${text}, acknowledged_at ${text}, acknowledged_by ${text}, note ${text}, body ${text} not null)`,
      `create unique index alert_open on alert (rule, subject) where state <> 'RESOLVED'`,
      'create unique index alert_ordinal on alert (ordinal)',
      'create index alert_subject on alert (subject_type, subject)',
      `create table alert_event (sequence bigint primary key, alert ${text} not null, at ${text} not null, body ${text} not null)`,
      `create table alert_due (rule ${text} not null, subject ${text} not null, due_ms bigint not null, primary key (rule, subject))`,
      'create index alert_due_at on alert_due (due_ms)',
      `create table alert_rule (rule ${text} primary key, fingerprint ${text}, day ${text} not null, evaluated_ms bigint not null)`,
    ],
  },
  {
    number: 6,
    name: 'draft',
    statements: ({ text, serial }) => [
      `create table draft (
        id ${serial}, title ${text} not null, department ${text}, base bigint not null, revision bigint not null, officer ${text} not null,
        created_at ${text} not null, updated_at ${text} not null, state ${text} not null check (state in ('open', 'published', 'discarded')),
        approved_by ${text}, editors ${text} not null)`,
      `create table draft_file (draft bigint not null, part ${text} not null, path ${text} not null, content ${text}, primary key (draft, part, path))`,
    ],
  },
  {
    number: 7,
    name: 'change consumers',
    statements: ({ text }) => [
      `create table change_consumer (subject ${text} not null, consumer ${text} not null, sequence bigint not null, seen_at ${text} not null, primary key (subject, consumer))`,
    ],
  },
  {
    number: 8,
    name: 'access',
    statements: ({ text, serial }) => [
      `create table denied (kind ${text} not null check (kind in ('sub', 'kid', 'jti')), value ${text} not null, why ${text} not null, denied_by ${text} not null, at ${text} not null, primary key (kind, value))`,
      `create table agreement (
        id ${serial}, provider ${text} not null, consumer ${text} not null, type ${text} not null, fields ${text} not null, row_rule ${text},
        purpose ${text} not null, legal_basis ${text} not null, requested_by ${text} not null, requested_at ${text} not null, due_on ${text} not null,
        decision ${text} check (decision in ('granted', 'refused')), decided_by ${text}, decided_at ${text}, note ${text}, valid_from ${text}, valid_to ${text},
        withdrawn_by ${text}, withdrawn_at ${text}, withdrawal_note ${text})`,
      'create index agreement_provider on agreement (provider, id)',
      'create index agreement_consumer on agreement (consumer, id)',
    ],
  },
  {
    number: 9,
    name: 'webhooks',
    statements: ({ text }) => [
      `create table webhook (
        id ${text} primary key, name ${text} not null, url ${text} not null, secret ${text} not null, query ${text} not null, variables ${text} not null,
        principal ${text} not null, created_at ${text} not null, position ${text}, problem ${text})`,
      `create table webhook_dead_letter (
        id ${text} primary key, webhook ${text} not null, event ${text} not null, body ${text} not null, attempts bigint not null, problem ${text} not null, at ${text} not null)`,
      'create index webhook_dead_letter_of on webhook_dead_letter (webhook, at)',
    ],
  },
  {
    number: 10,
    name: 'trusted documents',
    statements: ({ text }) => [
      `create table trusted_document (
        app ${text} not null, id ${text} not null, name ${text} not null, document ${text} not null, registered_by ${text} not null, at ${text} not null,
        primary key (app, id))`,
    ],
  },
  {
    number: 11,
    name: 'membership of subscriptions',
    statements: ({ text }) => [
      `create table membership (filter ${text} primary key, since bigint not null, read_at bigint not null, complete bigint not null, members ${text} not null, used_ms bigint not null)`,
      `create table membership_transition (
        filter ${text} not null, position bigint not null, ordinal bigint not null, entity_key ${text} not null, entered bigint not null, own bigint not null,
        at ${text} not null, primary key (filter, position, ordinal, entity_key))`,
      'create index membership_transition_position on membership_transition (position)',
    ],
  },
  {
    number: 12,
    name: 'agreement quotas',
    statements: ({ text }) => [
      'alter table agreement add column operations_per_day bigint',
      'alter table agreement add column rows_per_day bigint',
      `create table agreement_use (agreement bigint not null, day ${text} not null, operations bigint not null, row_count bigint not null, primary key (agreement, day))`,
    ],
  },
  {
    number: 13,
    name: 'webhooks end, and hold no secret',
    statements: ({ text }) => [
      'alter table webhook drop column secret',
      `alter table webhook add column expires_at ${text} not null default '2026-01-01T00:00:00.000Z'`,
    ],
  },
  {
    number: 14,
    name: 'consumers know of what was lost',
    statements: () => ['alter table change_consumer add column gap bigint not null default 0'],
  },
  {
    number: 15,
    name: 'dead letters know the rights that they were made under',
    // Nobody knows those of the ones that are there: they are made anew.
    statements: ({ text }) => [`alter table webhook_dead_letter add column rights ${text} not null default ''`],
  },
];
