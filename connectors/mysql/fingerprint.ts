import { escape } from 'mysql2';
import type { TableRef } from '../spi/connector.ts';
import type { Statement } from '../sql/server-connector.ts';

/** Over each column's place, name and type: the engine gives columns no identity of their own. */
export function fingerprintMysql(tables: readonly TableRef[]): Statement {
  const names = tables.map(({ table }) => escape(table)).join(', ');
  return {
    text: `select count(*), sum(conv(left(md5(concat_ws(' ', table_name, ordinal_position, column_name, column_type)), 15), 16, 10))
      from information_schema.columns where table_schema = database() and table_name in (${names})`,
    values: [],
  };
}
