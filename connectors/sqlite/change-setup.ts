import type { CapturedTable, ChangeSetup } from '../spi/changes.ts';

export const OUTBOX = 'yiwang_changes';
/** What a trigger leaves behind is kept for so many changes. */
const KEPT = 1_000_000;
/** Older libraries take no more arguments of a function than 100. */
const COLUMNS_AT_ONCE = 45;

export const triggerNames = (table: string): string[] => ['insert', 'update', 'delete'].map((event) => `yiwang_${table}_${event}`);

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The outbox and the triggers that fill it. Running it again replaces the triggers and keeps the outbox. */
export function sqliteChangeSetup(tables: readonly CapturedTable[]): ChangeSetup {
  return {
    statements: [
      '-- What the hub reads changes from: one row a change, in the order of commits. Values are SQL literals, so that nothing of them is lost.',
      `create table if not exists ${OUTBOX} (seq integer primary key autoincrement, at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), tab text not null, op text not null, old text, new text)`,
      `create trigger if not exists yiwang_changes_trim after insert on ${OUTBOX} when new.seq % 1000 = 0 begin delete from ${OUTBOX} where seq <= new.seq - ${KEPT}; end`,
      ...tables.flatMap(triggers),
    ],
  };
}

function triggers({ table, columns }: CapturedTable): string[] {
  const [onInsert, onUpdate, onDelete] = triggerNames(table).map(name) as [string, string, string];
  const old = rowOf('old', columns);
  const now = rowOf('new', columns);
  const write = (op: string, before: string, after: string): string =>
    `begin insert into ${OUTBOX} (tab, op, old, new) values (${literal(table)}, '${op}', ${before}, ${after}); end`;
  return [
    ...[onInsert, onUpdate, onDelete].map((each) => `drop trigger if exists ${each}`),
    `create trigger ${onInsert} after insert on ${name(table)} ${write('I', 'null', now)}`,
    `create trigger ${onUpdate} after update on ${name(table)} ${write('U', old, now)}`,
    `create trigger ${onDelete} after delete on ${name(table)} ${write('D', old, 'null')}`,
  ];
}

/** Does a trigger write every column under its own name? One that was made before a column came, or was renamed, does not. */
export function tellsAll(trigger: string | undefined, { columns }: CapturedTable): boolean {
  return trigger !== undefined && columns.every((column) => trigger.includes(told('old', column.name)) || trigger.includes(told('new', column.name)));
}

const told = (side: 'old' | 'new', column: string): string => `${literal(column)}, quote(${side}.${name(column)})`;

function rowOf(side: 'old' | 'new', columns: CapturedTable['columns']): string {
  const objects: string[] = [];
  for (let start = 0; start < columns.length; start += COLUMNS_AT_ONCE) {
    const parts = columns.slice(start, start + COLUMNS_AT_ONCE).map((column) => told(side, column.name));
    objects.push(`json_object(${parts.join(', ')})`);
  }
  return objects.reduce((all, object) => `json_patch(${all}, ${object})`);
}
