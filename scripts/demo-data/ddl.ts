import type { Column, Engine, Table } from './table.ts';

/** What creates `table`; its indexes come from `indexStatements`, after loading. `schema` is a Postgres schema. */
export function createStatements(engine: Engine, table: Table, schema?: string): string[] {
  const name = qualified(engine, table.name, schema);
  const key = table.primaryKey ?? [];
  const lines = table.columns.map((column) => columnLine(engine, column));
  if (key.length > 0) lines.push(`PRIMARY KEY (${key.map((each) => quote(engine, each)).join(', ')})`);
  for (const columns of table.unique ?? []) lines.push(`UNIQUE (${columns.map((each) => quote(engine, each)).join(', ')})`);
  if (table.references) {
    const { column, table: target, key: targetKey } = table.references;
    lines.push(`FOREIGN KEY (${quote(engine, column)}) REFERENCES ${qualified(engine, target, schema)} (${quote(engine, targetKey)})`);
  }
  const body = `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)`;
  if (engine === 'mariadb') {
    const charset = table.charset === 'gbk' ? 'DEFAULT CHARSET=gbk COLLATE=gbk_chinese_ci' : 'DEFAULT CHARSET=utf8mb4';
    return [`${body} ENGINE=InnoDB ${charset}${table.comment === undefined ? '' : ` COMMENT=${literal(table.comment)}`}`];
  }
  if (engine === 'sqlite') return [body];
  const comments = table.columns.flatMap((column) =>
    column.comment === undefined ? [] : [`COMMENT ON COLUMN ${name}.${quote(engine, column.name)} IS ${literal(column.comment)}`],
  );
  return [body, ...(table.comment === undefined ? [] : [`COMMENT ON TABLE ${name} IS ${literal(table.comment)}`]), ...comments];
}

/** The indexes of `table`, and on Postgres its sequences moved past the loaded numbers. */
export function indexStatements(engine: Engine, table: Table, schema?: string): string[] {
  const name = qualified(engine, table.name, schema);
  const indexes = (table.indexes ?? []).map(
    (columns, index) => `CREATE INDEX ${quote(engine, `ix_${table.name}_${index + 1}`)} ON ${name} (${columns.map((each) => quote(engine, each)).join(', ')})`,
  );
  if (engine !== 'postgres') return indexes;
  const sequences = table.columns
    .filter((column) => column.type === 'serial' || column.type === 'bigserial')
    .map(
      (column) =>
        `SELECT setval(pg_get_serial_sequence(${literal(name)}, ${literal(column.name)}), coalesce((SELECT max(${quote(engine, column.name)}) FROM ${name}), 0) + 1, false)`,
    );
  return [...indexes, ...sequences];
}

export function qualified(engine: Engine, table: string, schema?: string): string {
  return schema === undefined ? quote(engine, table) : `${quote(engine, schema)}.${quote(engine, table)}`;
}

export function quote(engine: Engine, name: string): string {
  return engine === 'mariadb' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** The engine's spelling of a column's type, as it is also needed for casts. */
export function typeName(engine: Engine, column: Column): string {
  const { type } = column;
  const plain = (TYPES[engine] as Readonly<Record<string, string | undefined>>)[type];
  if (plain !== undefined) return plain;
  if (!type.startsWith('decimal')) return type.toUpperCase();
  return type.replace('decimal', { postgres: 'numeric', mariadb: 'decimal', sqlite: 'DECIMAL_TEXT' }[engine]);
}

const TYPES = {
  postgres: { json: 'jsonb', int: 'integer', timestamp: 'timestamp', timestamptz: 'timestamptz' },
  mariadb: { serial: 'INT AUTO_INCREMENT', bigserial: 'BIGINT AUTO_INCREMENT', timestamp: 'DATETIME', timestamptz: 'DATETIME', uuid: 'CHAR(36)', json: 'JSON' },
  // INTEGER would mean 64 bits to whoever reads the catalog, and INTEGER PRIMARY KEY alone numbers itself: here numbers are given.
  sqlite: { serial: 'INT NOT NULL', bigserial: 'BIGINT NOT NULL' },
} as const;

const DEFAULTS: Readonly<Record<Engine, { readonly now: string; readonly zonedNow: string; readonly uuid: string }>> = {
  postgres: { now: 'now()', zonedNow: 'now()', uuid: 'gen_random_uuid()' },
  mariadb: { now: 'CURRENT_TIMESTAMP', zonedNow: 'CURRENT_TIMESTAMP', uuid: '(uuid())' },
  sqlite: {
    now: "(datetime('now', '+8 hours'))",
    zonedNow: "(datetime('now', '+8 hours') || '+08:00')",
    uuid: "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))",
  },
};

function columnLine(engine: Engine, column: Column): string {
  const parts = [quote(engine, column.name), typeName(engine, column)];
  if (column.notNull === true) parts.push('NOT NULL');
  if (column.default !== undefined) parts.push(`DEFAULT ${defaultText(engine, column)}`);
  if (engine === 'mariadb' && column.comment !== undefined) parts.push(`COMMENT ${literal(column.comment)}`);
  return parts.join(' ');
}

function defaultText(engine: Engine, column: Column): string {
  const chosen = column.default!;
  if (chosen === 'uuid') return DEFAULTS[engine].uuid;
  if (chosen === 'now') return column.type === 'timestamptz' ? DEFAULTS[engine].zonedNow : DEFAULTS[engine].now;
  if (typeof chosen.value === 'string') return literal(chosen.value);
  return engine === 'postgres' ? String(chosen.value) : chosen.value ? '1' : '0';
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
