import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { CapturedTable, ChangeMode, ChangeSetup } from '../spi/changes.ts';
import type { SourceConfig } from '../spi/connector.ts';

export const OUTBOX = 'yiwang_changes';
export const FORGOTTEN = 'yiwang_forgotten';

export const quoteName = (text: string): string => `\`${text.replaceAll('`', '``')}\``;
const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

export const triggerNames = (table: string): string[] => ['insert', 'update', 'delete'].map((event) => `yiwang_${table}_${event}`.slice(0, 64));

export function mysqlChangeSetup(config: SourceConfig, mode: ChangeMode, tables: readonly CapturedTable[]): ChangeSetup {
  const url = new URL(config.url);
  const user = `${quoteText(decodeURIComponent(url.username) || 'yiwang')}@'%'`;
  const database = quoteName(decodeURIComponent(url.pathname.slice(1)));
  const reading = [
    '-- The hub reads these tables and nothing else.',
    ...tables.map(({ table }) => `grant select on ${database}.${quoteName(table)} to ${user}`),
  ];
  if (mode === 'poll') return { statements: reading };
  if (mode === 'trigger')
    return {
      statements: [
        ...triggerSetup(tables),
        ...reading,
        `grant select on ${database}.${quoteName(OUTBOX)} to ${user}`,
        `grant select on ${database}.${quoteName(FORGOTTEN)} to ${user}`,
        '-- To see which transactions still run; the hub looks at information_schema.innodb_trx alone.',
        `grant process on *.* to ${user}`,
      ],
    };
  return {
    statements: [
      '-- Needs in my.cnf, and a restart: log_bin = ON, binlog_format = ROW, binlog_row_image = FULL, binlog_row_metadata = FULL, server_id, and expire_logs_days for as long as the hub may stay away.',
      ...reading,
      `grant replication slave, binlog monitor on *.* to ${user}`,
    ],
  };
}

/** The outbox and the triggers that fill it. Values are the hexadecimal digits of their text, so that nothing of them is lost. */
function triggerSetup(tables: readonly CapturedTable[]): string[] {
  return [
    '-- What the hub reads changes from. A TRUNCATE runs no trigger: it stays unseen.',
    `create table if not exists ${OUTBOX} (seq bigint unsigned auto_increment primary key, at timestamp(6) not null default current_timestamp(6), tab varchar(64) character set utf8mb4 collate utf8mb4_bin not null, op char(1) not null, old longtext character set utf8mb4, new longtext character set utf8mb4) engine = InnoDB`,
    `create table if not exists ${FORGOTTEN} (one int primary key, seq bigint unsigned not null) engine = InnoDB`,
    ...tables.flatMap(triggers),
    `-- Run now and then: replace into ${FORGOTTEN} select 1, max(seq) from ${OUTBOX} where at < now() - interval 7 day having max(seq) is not null; delete from ${OUTBOX} where seq <= (select seq from ${FORGOTTEN});`,
  ];
}

function triggers({ table, columns }: CapturedTable): string[] {
  const [onInsert, onUpdate, onDelete] = triggerNames(table).map(quoteName) as [string, string, string];
  const row = (side: Side): string => `json_object(${columns.map((column) => told(side, column)).join(', ')})`;
  const write = (op: string, before: string, after: string): string =>
    `insert into ${OUTBOX} (tab, op, old, new) values (${quoteText(table)}, '${op}', ${before}, ${after})`;
  return [
    `create or replace trigger ${onInsert} after insert on ${quoteName(table)} for each row ${write('I', 'null', row('new'))}`,
    `create or replace trigger ${onUpdate} after update on ${quoteName(table)} for each row ${write('U', row('old'), row('new'))}`,
    `create or replace trigger ${onDelete} after delete on ${quoteName(table)} for each row ${write('D', row('old'), 'null')}`,
  ];
}

type Side = 'old' | 'new';
type Column = CapturedTable['columns'][number];

/** `hex` of a number would be its digits to the base 16, so all but bytes is text. */
const told = (side: Side, { name, type }: Column): string => `${quoteText(name)}, hex(${textOf(`${side}.${quoteName(name)}`, type)})`;

/** Does a trigger write every column as it is read? One that was made before a column came, or got another type, does not. */
export function tellsAll(trigger: string | undefined, { columns }: CapturedTable): boolean {
  return trigger !== undefined && columns.every((column) => trigger.includes(told('new', column)) || trigger.includes(told('old', column)));
}

/** As text that does not depend on the session that writes. */
function textOf(column: string, type: PhysicalType): string {
  switch (type.kind) {
    case 'binary':
      return column;
    case 'timestamp':
      return `cast(${type.zoned ? `unix_timestamp(${column})` : column} as char)`;
    case 'boolean':
      return `cast(${column} <> 0 as char)`;
    case 'other': {
      if (type.native.startsWith('bit(')) return `lpad(bin(${column} + 0), ${Number(/\d+/.exec(type.native)?.[0])}, '0')`;
      return /geometry|point|linestring|polygon/.test(type.native) ? `st_astext(${column})` : `cast(${column} as char)`;
    }
    case 'text':
    case 'json':
      return `convert(${column} using utf8mb4)`;
    default:
      return `cast(${column} as char)`;
  }
}
