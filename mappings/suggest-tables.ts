import type { CatalogTable } from '../schema/model/catalog.ts';
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
  const pattern = ({ name }: CatalogTable): string => name.replace(/(?:19|20)\d{2}$/, '{year}');
  const columnsOf = ({ columns }: CatalogTable): string => JSON.stringify(columns.map(({ name, type }) => [name, type.kind]));
  const groups = Map.groupBy(profiles, ({ table }) => JSON.stringify([table.schema, pattern(table)]));
  return [...groups.values()].flatMap((all): SuggestedTables[] => {
    const [first] = all;
    const rows = first ? pattern(first.table) : '';
    const alike = first && all.every(({ table }) => columnsOf(table) === columnsOf(first.table));
    if (first && rows.includes('{year}') && all.length > 1 && alike) {
      const newest = all.toSorted((a, b) => (a.table.name < b.table.name ? 1 : -1))[0] ?? first;
      const placeholder = uniqueName('year', new Set(first.table.columns.map(({ name }) => name)));
      return [{ profile: newest, rows: rows.replace('{year}', `{${placeholder}}`), placeholder, tables: all.length }];
    }
    return all.map((profile) => ({ profile, rows: profile.table.name, tables: 1 }));
  });
}

/** MariaDB names the schema of a foreign key where it is another one only. */
export const isSameTable = (a: { readonly schema?: string; readonly name: string }, b: { readonly schema?: string; readonly name: string }): boolean =>
  a.schema === b.schema && a.name === b.name;
