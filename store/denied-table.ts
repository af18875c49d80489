import { textOf, type SqlSession } from './sql-session.ts';

/** Somebody or something that is refused. */
export interface Denied {
  readonly kind: 'sub' | 'kid' | 'jti';
  readonly value: string;
  readonly why: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface DeniedTable {
  /** Newest first. */
  list(): Promise<readonly Denied[]>;
  /** Idempotent; the first reason stays. */
  add(denied: Denied): Promise<void>;
  /** @returns whether it was there */
  remove(kind: Denied['kind'], value: string): Promise<boolean>;
}

export function createDeniedTable(session: SqlSession): DeniedTable {
  return {
    async list() {
      const rows = await session.all('select kind, value, why, denied_by, at from denied order by at desc, kind, value');
      return rows.map((row) => ({
        kind: textOf(row, 'kind') as Denied['kind'],
        value: textOf(row, 'value'),
        why: textOf(row, 'why'),
        by: textOf(row, 'denied_by'),
        at: textOf(row, 'at'),
      }));
    },
    add: async ({ kind, value, why, by, at }) =>
      void (await session.run('insert into denied (kind, value, why, denied_by, at) values (?, ?, ?, ?, ?) on conflict (kind, value) do nothing', [
        kind,
        value,
        why,
        by,
        at,
      ])),
    remove: async (kind, value) => (await session.run('delete from denied where kind = ? and value = ?', [kind, value])) > 0,
  };
}
