import type { Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import { bindMapping, type BindInput, type BoundMapping } from '../supergraph/bind-mapping.ts';
import type { CrosswalkBinding, FieldBinding, TypeBinding } from '../supergraph/binding.ts';
import { offlineBindings } from '../supergraph/offline.ts';
import { driftsSince, withoutDrift, type Drift } from './compare-catalogs.ts';

/** What is left of a mapping whose source has drifted. */
export interface DriftedBindings {
  readonly types: readonly TypeBinding[];
  readonly crosswalks: readonly CrosswalkBinding[];
  /** What changed that the mapping uses, and which fields cannot be answered for it. */
  readonly quarantine: readonly Quarantined[];
  /** What is wrong with the mapping whatever has drifted: it would not fit the tables that it was right for, as the schema may have changed. */
  readonly problems: readonly Problem[];
}

/** What a mapping is held to. */
export interface Sound {
  /** The tables that it was right for. */
  readonly catalog: Catalog;
  /** What had drifted by then and may not be read. */
  readonly carried?: readonly Drift[];
}

export interface Quarantined {
  readonly source: string;
  readonly department: string;
  /** `Payment.amount`; `Payment` where its rows themselves cannot be told; `crosswalk Project`. */
  readonly path: string;
}

/**
 * Binds a mapping that was sound on `baseline` to the source as it is now. Columns that no longer certainly hold what they held are taken away; fields that
 * cannot be bound without them keep their place but are marked, and asking for them fails. All others are bound as ever.
 */
export function bindDrifted(input: BindInput, baseline: Sound): DriftedBindings {
  const drifts = driftsSince(baseline, input.catalog);
  const whole = bindMapping({ ...input, catalog: baseline.catalog });
  return { ...whatIsLeft(input, whole, bindMapping({ ...input, catalog: withoutDrift(input.catalog, drifts) })), problems: whole.problems };
}

/** Binds a mapping of which nobody knows when it fitted its source: what cannot be bound keeps its place but is marked. */
export function bindUnfit(input: BindInput): Omit<DriftedBindings, 'problems'> {
  const { types, crosswalks } = offlineBindings(input.mapping, input.model, input.department);
  return whatIsLeft(input, { types: types.map(({ offline: _reached, ...type }) => type), crosswalks }, bindMapping(input));
}

function whatIsLeft(input: BindInput, whole: Pick<DriftedBindings, 'types' | 'crosswalks'>, left: BoundMapping): Omit<DriftedBindings, 'problems'> {
  const quarantine: Quarantined[] = [];
  const mark = (path: string): true => {
    quarantine.push({ source: input.mapping.source, department: input.department, path });
    return true;
  };
  const types = whole.types.map((type): TypeBinding => {
    const now = left.types.find((each) => each.type === type.type);
    const lostTable = type.tables.some((table) => !now?.tables.includes(table));
    if (!now || lostTable || left.unsound.has(type.type)) return { ...type, drift: mark(type.type) };
    const fields = new Map<string, FieldBinding>();
    for (const [path, field] of type.fields) fields.set(path, now.fields.get(path) ?? { ...field, drift: mark(`${type.type}.${path}`) });
    return { ...now, fields };
  });
  const crosswalks = whole.crosswalks.map((crosswalk): CrosswalkBinding => {
    const now = left.crosswalks.find((each) => each.entity === crosswalk.entity);
    return now && !left.unsound.has(`crosswalk ${crosswalk.entity}`) ? now : { ...crosswalk, drift: mark(`crosswalk ${crosswalk.entity}`) };
  });
  return { types, crosswalks, quarantine };
}
