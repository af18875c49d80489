import type { CapturedTable } from '../spi/changes.ts';
import { qualifiedName } from './change-setup.ts';

export const OUTBOX = 'yiwang.changes';
export const ROW_TRIGGER = 'yiwang_changes';
export const TRUNCATE_TRIGGER = 'yiwang_truncate';

/** What a table is called in the outbox. Partitions inherit the trigger, and its argument with it: they tell rows by this name, not by their own. */
export const outboxName = ({ schema = 'public', table }: Pick<CapturedTable, 'schema' | 'table'>): string => `${schema}.${table}`;

/** The outbox, the triggers that fill it, and what keeps it small. Running it again changes nothing. */
export function postgresTriggerSetup(tables: readonly CapturedTable[], role: string): string[] {
  return [
    '-- What the hub reads changes from. The transaction of each row tells which of them have been committed since.',
    'create schema if not exists yiwang',
    `create table if not exists ${OUTBOX} (seq bigint generated always as identity primary key, xid xid8 not null default pg_current_xact_id(), at timestamptz not null default clock_timestamp(), tab text not null, op char(1) not null, old jsonb, new jsonb)`,
    `create index if not exists changes_xid on ${OUTBOX} (xid)`,
    'create table if not exists yiwang.forgotten (one boolean primary key default true check (one), xid xid8 not null)',
    `create or replace function yiwang.note_change() returns trigger language plpgsql security definer set search_path = pg_catalog set extra_float_digits = 1 as $$
begin
  insert into ${OUTBOX} (tab, op, old, new) values (coalesce(tg_argv[0], tg_table_schema || '.' || tg_table_name), left(tg_op, 1), to_jsonb(old), to_jsonb(new));
  return null;
end $$`,
    `create or replace function yiwang.note_truncate() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into ${OUTBOX} (tab, op) values (tg_table_schema || '.' || tg_table_name, 'T');
  return null;
end $$`,
    ...tables.flatMap((table) => [
      `create or replace trigger ${ROW_TRIGGER} after insert or update or delete on ${qualifiedName(table)} for each row execute function yiwang.note_change('${outboxName(table).replaceAll("'", "''")}')`,
      `create or replace trigger ${TRUNCATE_TRIGGER} after truncate on ${qualifiedName(table)} for each statement execute function yiwang.note_truncate()`,
    ]),
    "-- Run now and then, e.g. by cron: select yiwang.forget(interval '7 days'). A hub that stayed away longer than that takes a new snapshot.",
    `create or replace function yiwang.forget(older_than interval) returns bigint language sql as $$
  with gone as (delete from ${OUTBOX} where at < now() - older_than returning xid),
  noted as (insert into yiwang.forgotten (xid) select max(xid) from gone having count(*) > 0 on conflict (one) do update set xid = greatest(yiwang.forgotten.xid, excluded.xid))
  select count(*) from gone
$$`,
    `grant usage on schema yiwang to ${role}`,
    `grant select on ${OUTBOX}, yiwang.forgotten to ${role}`,
  ];
}
