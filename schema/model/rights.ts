import { ACTIONS, type Action } from './action.ts';
import type { MaskKind } from './mask.ts';

/**
 * What one principal may see and do, as plain data. Compiled from policy, principal and agreements; a generation gives a view for it. Principals with equal
 * rights have equal keys, and share views, plans and subscriptions.
 */
export interface Rights {
  /** Hash of everything below. */
  readonly key: string;
  /** By entity; null: all of every type. A type that is not listed does not exist. */
  readonly types: ReadonlyMap<string, TypeRights> | null;
  readonly actions: ReadonlySet<Action>;
}

export interface TypeRights {
  /** Leaves (`amount`, `location.longitude`) and relations, by path, that are not simply visible. */
  readonly fields: ReadonlyMap<string, FieldLimit>;
  /** Only rows that meet it exist: data in the type's `where` language. */
  readonly rows?: RowRule;
  /** Its rows do not exist, only totals over groups of them. */
  readonly totals?: Totals;
  /** Nothing of it is read before a purpose is stated. */
  readonly purposeMissing?: true;
}

/**
 * Statistical disclosure. Rows that agree in all of `by` are a cell; a cell of fewer than `atLeast` rows is left out of everything. Every answer is made of
 * whole cells, so that no two of them differ by less than one.
 */
export interface Totals {
  readonly atLeast: number;
  readonly by: readonly TotalsKey[];
}

/** A leaf of the type (`status`), or of what a to-one relation leads to (`project.district`). */
export interface TotalsKey {
  readonly path: string;
  readonly truncate?: DateUnit;
}

export type DateUnit = 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';

/** Absent: does not exist. Masked: shown in part, and good for nothing else. */
export type FieldLimit = { readonly kind: 'absent' } | { readonly kind: 'masked'; readonly mask: MaskKind };

export type RowRule = Readonly<Record<string, unknown>>;

/** Everything, as the development identity has it. Its view is the generation itself and costs nothing. */
export const FULL_RIGHTS: Rights = { key: 'full', types: null, actions: new Set(ACTIONS) };

/** How a leaf or relation is limited; undefined where it is simply visible. */
export function limitOf({ types }: Pick<Rights, 'types'>, type: string, path: string): FieldLimit | undefined {
  if (types === null) return undefined;
  const own = types.get(type);
  return own === undefined || own.totals ? ABSENT : own.fields.get(path);
}

const ABSENT: FieldLimit = { kind: 'absent' };
