/** The unified schema as data: what the SDL says after parsing and checking. Pure; knows no source. */

/** Built in: String Int Float Boolean ID Decimal BigInt Date DateTime YearMonth JSON GeoJSON. Others are text with a format. */
export type ScalarName = string;

export interface UnifiedModel {
  readonly types: ReadonlyMap<string, UnifiedType>;
  readonly enums: ReadonlyMap<string, UnifiedEnum>;
  /** Those that are not built in. */
  readonly scalars: ReadonlyMap<ScalarName, UnifiedScalar>;
}

export interface UnifiedType {
  readonly name: string;
  /** `entity` has a key and root fields; `value` is part of the entity that holds it. */
  readonly kind: 'entity' | 'value';
  readonly description?: string;
  readonly label?: Label;
  /** Root field names: `project`, `projects`. */
  readonly names: { readonly one: string; readonly many: string };
  /** Empty for a value type. */
  readonly key: readonly string[];
  readonly authority?: string;
  readonly coordinates?: { readonly longitude: string; readonly latitude: string; readonly datum: string };
  readonly fields: ReadonlyMap<string, UnifiedField>;
  readonly place: Place;
}

export type UnifiedField = LeafField | ValueField | RelationField;

interface FieldBase {
  readonly name: string;
  readonly description?: string;
  readonly label?: Label;
  /** Why it goes and what replaces it. */
  readonly deprecated?: string;
  readonly authority?: string;
  readonly sharing?: { readonly class: 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED'; readonly grade?: string };
  readonly personal?: string;
  readonly place: Place;
}

/** A scalar or enum; `derivation` absent means that mappings give its value. */
export interface LeafField extends FieldBase {
  readonly kind: 'leaf';
  readonly type: LeafType;
  readonly nonNull: boolean;
  readonly unit?: { readonly enum: string; readonly code: string };
  readonly derivation?: Derivation;
}

export interface LeafType {
  readonly kind: 'scalar' | 'enum';
  readonly name: string;
}

/** An embedded value type; its leaves are mapped as `field.leaf` or derived over the parent. */
export interface ValueField extends FieldBase {
  readonly kind: 'value';
  readonly type: string;
}

export interface RelationField extends FieldBase {
  readonly kind: 'relation';
  readonly target: string;
  readonly many: boolean;
  readonly fields: readonly string[];
  readonly references: readonly string[];
  readonly distinctFrom: boolean;
}

/** In the order of the files. */
export const entityNames = ({ types }: UnifiedModel): string[] => [...types.values()].filter(({ kind }) => kind === 'entity').map(({ name }) => name);

export type Derivation =
  | {
      readonly kind: 'aggregate';
      readonly relation: string;
      readonly function: 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';
      readonly field?: string;
      readonly where?: string;
      readonly empty?: string;
    }
  | { readonly kind: 'pick'; readonly relation: string; readonly field: string; readonly where?: string; readonly orderBy: string }
  | { readonly kind: 'computed'; readonly expression: string; readonly scale?: number }
  | { readonly kind: 'from'; readonly field: string };

export interface UnifiedEnum {
  readonly name: string;
  readonly description?: string;
  readonly label?: Label;
  readonly values: readonly {
    readonly name: string;
    readonly description?: string;
    readonly label?: Label;
    readonly deprecated?: string;
    readonly factor?: string;
  }[];
}

export interface UnifiedScalar {
  readonly name: ScalarName;
  readonly description?: string;
  readonly label?: Label;
  readonly pattern?: string;
  readonly normalize?: string;
}

export interface Label {
  readonly zh?: string;
  readonly en?: string;
}

/** Where in a file a person wrote it; 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
