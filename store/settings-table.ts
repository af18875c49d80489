import { textOf, type SqlSession } from './sql-session.ts';

/** Small values by name: secrets made once, revisions. */
export interface SettingsTable {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** The stored value; when there is none, stores what `make` gives. All callers, on all instances, get the same. */
  getOrCreate(key: string, make: () => string): Promise<string>;
  delete(key: string): Promise<void>;
}

export function createSettingsTable(session: SqlSession): SettingsTable {
  const get = async (key: string): Promise<string | undefined> => {
    const [row] = await session.all('select value from settings where key = ?', [key]);
    return row === undefined ? undefined : textOf(row, 'value');
  };
  return {
    get,
    set: async (key, value) =>
      void (await session.run('insert into settings (key, value) values (?, ?) on conflict (key) do update set value = excluded.value', [key, value])),
    getOrCreate: async (key, make) => {
      const found = await get(key);
      if (found !== undefined) return found;
      const made = make();
      await session.run('insert into settings (key, value) values (?, ?) on conflict (key) do nothing', [key, made]);
      return (await get(key)) ?? made;
    },
    delete: async (key) => void (await session.run('delete from settings where key = ?', [key])),
  };
}
