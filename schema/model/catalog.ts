import type { PhysicalType } from './physical-type.ts';

/** What a source contains, read by introspection; never any row. */
export interface Catalog {
  readonly tables: readonly CatalogTable[];
}

export interface CatalogTable {
  /** Absent where the engine has no schemas (SQLite) or the source's own database is meant (MySQL). */
  readonly schema?: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** The department's own words about the table; often a Chinese label. */
  readonly comment?: string;
  readonly columns: readonly CatalogColumn[];
  /** Column names; empty when the table has none. */
  readonly primaryKey: readonly string[];
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly foreignKeys: readonly CatalogForeignKey[];
  /** First columns of its indexes (primary key included): what a lookup is cheap on. */
  readonly indexedColumns: readonly string[];
  /** The engine's own estimate; absent when it has none. */
  readonly rowEstimate?: number;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: PhysicalType;
  /** The engine's spelling, e.g. `character varying(40)`. */
  readonly nativeType: string;
  readonly nullable: boolean;
  /** A number that stays with the column whatever it is called and is never given to another; absent where the engine has none (MariaDB, SQLite). */
  readonly identity?: number;
  readonly comment?: string;
  /** The texts that its type allows, in the type's order; absent where it is no enumeration. */
  readonly allowed?: readonly string[];
}

export interface CatalogForeignKey {
  readonly columns: readonly string[];
  readonly table: { readonly schema?: string; readonly name: string };
  readonly references: readonly string[];
}
