import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { CapturedTable, ChangeStart } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';
import { qualifiedName, quoteName } from './change-setup.ts';
import { lsnNumber, type LogPosition, type Lsn } from './lsn.ts';
import { connectionConfig } from './session.ts';

/**
 * Sees to it that the stream can go on from the position: rights, publication with all tables, slot. Without a position an old slot is dropped, since
 * what it holds belongs to nothing that is known. `look` changes nothing.
 * @throws {HubError} SOURCE_CAPABILITY_MISSING | EVENT_GAP
 */
export async function prepareLog(
  client: pg.Client,
  config: SourceConfig,
  start: ChangeStart,
  position: LogPosition | null,
  mode: 'prepare' | 'look' = 'prepare',
): Promise<void> {
  const { source, department } = config;
  const refuse = (what: string): never => {
    throw new HubError('SOURCE_CAPABILITY_MISSING', `source "${source}" cannot tell changes from its log: ${what}`, { source, department });
  };
  const lose = (what: string): never => {
    throw new HubError('EVENT_GAP', `source "${source}" lost changes: ${what}`, { source, department });
  };
  const byHand = `its DBA runs what \`yiwang changes ddl ${source}\` prints`;

  if (mode === 'prepare') {
    const { rows } = await client.query<{ level: string; may: boolean }>(
      `select current_setting('wal_level') as level, (select rolreplication or rolsuper from pg_roles where rolname = current_user) as may`,
    );
    if (rows[0]?.level !== 'logical') refuse(`wal_level is ${rows[0]?.level}, not logical; its DBA sets it in postgresql.conf and restarts the server`);
    if (rows[0]?.may !== true) refuse(`the hub's role may not replicate; ${byHand}`);
    await checkTables(client, start.tables, refuse);
  }

  // Row filters and lists of columns came with PostgreSQL 15.
  const published = await client.query<{ whole: boolean; name: string | null; untold: string[] }>(
    `select pubinsert and pubupdate and pubdelete and pubtruncate and coalesce(to_jsonb(t) ->> 'rowfilter', '') = '' as whole, t.schemaname || '.' || t.tablename as name,
       array(select a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = t.schemaname and c.relname = t.tablename and attnum > 0 and not attisdropped and attgenerated = '' and not (to_jsonb(t) -> 'attnames' ? attname::text)) as untold
     from pg_publication p left join pg_publication_tables t on t.pubname = p.pubname where p.pubname = $1`,
    [start.consumer],
  );
  const isThere = published.rows.length > 0;
  const has = new Set(published.rows.map(({ name }) => name));
  const untold = new Map(published.rows.map(({ name, untold: columns }) => [name, columns]));
  const isWhole =
    published.rows.every(({ whole }) => whole) &&
    start.tables.every((table) => !table.columns.some(({ name }) => untold.get(publishedName(table, published.rows))?.includes(name)));
  const missing = start.tables.map((table, place) => ({ table, place })).filter(({ table }) => !has.has(publishedName(table, published.rows)));
  if (position !== null && !isThere) lose('its publication was dropped');
  const lost = missing.find(({ place }) => !start.fresh.includes(place));
  if (position !== null && lost !== undefined) lose(`table ${lost.table.table} was taken out of its publication`);
  if (position !== null && !isWhole) lose('its publication leaves some of them out');
  if (mode === 'look') return;
  if (!isWhole) refuse(`publication ${start.consumer} leaves some of them out; its DBA drops it, and runs what \`yiwang changes ddl ${source}\` prints`);
  if (!isThere || missing.length > 0)
    await publish(
      client,
      start,
      isThere,
      missing.map(({ table }) => table),
      (what) => refuse(`${what}; ${byHand}`),
    );

  const slots = await client.query<{ confirmed: Lsn | null; status: string | null; active: boolean; now: Lsn }>(
    `select confirmed_flush_lsn::text as confirmed, wal_status as status, active, (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end)::text as now from pg_replication_slots where slot_name = $1`,
    [start.consumer],
  );
  const [slot] = slots.rows;
  // Whoever reads by now is the one reader: one that hangs would keep the slot until the server loses patience.
  if (slot?.active === true) await freeSlot(client, start.consumer);
  if (position === null) {
    if (slot !== undefined) await client.query('select pg_drop_replication_slot($1)', [start.consumer]);
    return;
  }
  if (slot === undefined) return lose('its slot was dropped');
  if (slot.status === 'lost' || slot.confirmed === null) lose('the server removed the log that its slot still needed (max_slot_wal_keep_size)');
  if (slot.confirmed !== null && lsnNumber(slot.confirmed) > lsnNumber(position.lsn)) lose('its slot was moved on, or made anew');
  if (lsnNumber(slot.now) < lsnNumber(position.lsn)) lose('the server is behind what was read, as after restoring a copy');
}

async function freeSlot(client: pg.Client, name: string): Promise<void> {
  const hangs = `from pg_replication_slots where slot_name = $1 and active`;
  await client.query(`select pg_terminate_backend(active_pid) ${hangs}`, [name]);
  for (let tries = 0; tries < 20; tries += 1) {
    const { rows } = await client.query(`select 1 ${hangs}`, [name]);
    if (rows.length === 0) return;
    await sleep(100);
  }
}

const publishedName = ({ schema, table }: CapturedTable, rows: readonly { readonly name: string | null }[]): string =>
  schema === undefined ? (rows.find(({ name }) => name?.endsWith(`.${table}`))?.name ?? `public.${table}`) : `${schema}.${table}`;

/**
 * Tables of which the log does not hold all that is mapped, or of which rows that go could not be told apart. One that is published without something to
 * identify its rows by refuses its own department's updates.
 */
async function checkTables(client: pg.Client, tables: readonly CapturedTable[], refuse: (what: string) => never): Promise<void> {
  const { rows } = await client.query<{ name: string; kind: string; unlogged: boolean; identity: string; by: string[]; generated: string[] }>(
    `select n.nspname || '.' || c.relname as name, c.relkind as kind, c.relpersistence = 'u' as unlogged, c.relreplident as identity,
       array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[])
         where i.indrelid = c.oid and case c.relreplident when 'd' then i.indisprimary else i.indisreplident end) as by,
       array(select attname::text from pg_attribute where attrelid = c.oid and attgenerated <> '' and not attisdropped) as generated
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname = any($1)`,
    [tables.map(publicName)],
  );
  for (const { name, kind, unlogged, identity, by, generated } of rows) {
    const { columns, key } = tables.find((table) => publicName(table) === name)!;
    const alter = `its DBA runs: alter table ${name} replica identity full`;
    if (kind !== 'r' && kind !== 'p') refuse(`${name} is a view; map its tables, or read this source by \`changes: poll\``);
    if (unlogged) refuse(`${name} is unlogged; read this source by \`changes: trigger\` or \`poll\``);
    const left = columns.find((column) => generated.includes(column.name));
    if (left)
      refuse(`it does not hold the generated column ${left.name} of ${name}; map what it is made of, or read this source by \`changes: trigger\` or \`poll\``);
    if (identity === 'f') continue;
    if (by.length === 0) refuse(`rows of ${name} have no identity, and its own department's updates would fail once it is published; ${alter}`);
    if (!key.every((column) => by.includes(column))) refuse(`it tells of rows of ${name} that go no more than ${by.join(', ')}, without their key; ${alter}`);
  }
}

const publicName = ({ schema = 'public', table }: CapturedTable): string => `${schema}.${table}`;

async function publish(
  client: pg.Client,
  { consumer, tables }: ChangeStart,
  isThere: boolean,
  missing: readonly CapturedTable[],
  refuse: (what: string) => never,
): Promise<void> {
  const statement = isThere
    ? `alter publication ${quoteName(consumer)} add table ${missing.map(qualifiedName).join(', ')}`
    : `create publication ${quoteName(consumer)} for table ${tables.map(qualifiedName).join(', ')} with (publish_via_partition_root = true)`;
  await client.query(statement).catch((error: unknown) => {
    if ((error as { readonly code?: string }).code === '42501')
      refuse(`the hub's role may not publish ${isThere ? missing.map(({ table }) => table).join(', ') : 'its tables'}`);
    throw error;
  });
}

export interface ExportedSlot {
  /** Whatever commits after this place is told by the slot; what committed before is in the snapshot. */
  readonly lsn: Lsn;
  /** To be taken by `set transaction snapshot` before `release`. */
  readonly snapshot: string;
  /** Ends the snapshot, and a temporary slot with it. */
  release(): Promise<void>;
}

/** Makes a slot and the snapshot of the moment from which on it tells. */
export async function createSlot(config: SourceConfig, name: string, temporary: boolean): Promise<ExportedSlot> {
  const client = new pg.Client({ ...connectionConfig(config, false), replication: 'database' } as pg.ClientConfig);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const made = await client.query<{ consistent_point: Lsn; snapshot_name: string }>(
      `CREATE_REPLICATION_SLOT ${quoteName(name)} ${temporary ? 'TEMPORARY ' : ''}LOGICAL pgoutput EXPORT_SNAPSHOT`,
    );
    const [slot] = made.rows;
    return { lsn: slot?.consistent_point ?? '0/0', snapshot: slot?.snapshot_name ?? '', release: () => client.end() };
  } catch (error) {
    await client.end();
    throw error;
  }
}
