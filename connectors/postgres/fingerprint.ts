import type { TableRef } from '../spi/connector.ts';
import type { Statement } from '../sql/server-connector.ts';

const TEXT = `select count(*)::text, coalesce(sum(hashtextextended(a.attrelid::text || ' ' || a.attnum || ' ' || a.attname || ' ' || a.atttypid || ' ' || a.atttypmod, 0)), 0)::text
  from pg_attribute a where a.attrelid = any (select to_regclass(n) from unnest($1::text[]) n) and a.attnum > 0 and not a.attisdropped`;

/** Over each column's number, which is never given again, its name and its type. */
export function fingerprintPostgres(tables: readonly TableRef[]): Statement {
  const names = tables.map(({ schema, table }) => (schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`));
  return { text: TEXT, values: [names], name: 'yiwang_fingerprint' };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
