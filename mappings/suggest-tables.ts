import type { RawProfile } from './profile-table.ts';
import { uniqueName } from './unique-name.ts';

export interface SuggestedTables {
  /** Of the newest one. */
  readonly profile: RawProfile;
  /** `zf_zfpz_{year}` where it stands for several tables. */
  readonly rows: string;
  /** `year`: the column that tells several tables apart. */
  readonly placeholder?: string;
  readonly tables: number;
}

/** Tables that differ in a year alone are one. */
export function suggestTables(profiles: readonly RawProfile[]): SuggestedTables[] {
  const groups = Map.groupBy(profiles, ({ table }) => {
    const match = /^(.*?)(?:19|20)\d{2}$/.exec(table.name);
    return match ? `${match[1]}{year}` : table.name;
  });
  return [...groups].flatMap(([rows, all]): SuggestedTables[] => {
    const [first] = all;
    const alike = first && all.every(({ table }) => table.columns.map(({ name }) => name).join() === first.table.columns.map(({ name }) => name).join());
    if (first && rows.includes('{year}') && all.length > 1 && alike) {
      const newest = all.toSorted((a, b) => (a.table.name < b.table.name ? 1 : -1))[0] ?? first;
      const placeholder = uniqueName('year', new Set(first.table.columns.map(({ name }) => name)));
      return [{ profile: newest, rows: rows.replace('{year}', `{${placeholder}}`), placeholder, tables: all.length }];
    }
    return all.map((profile) => ({ profile, rows: profile.table.name, tables: 1 }));
  });
}
