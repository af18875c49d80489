import { LRUCache } from 'lru-cache';
import { leafAt, leavesOf } from '../schema/api/leaves.ts';
import type { Action } from '../schema/model/action.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { ownersOf, type Owners } from '../schema/model/owners.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { Release } from '../schema/model/release.ts';
import { FULL_RIGHTS, type Rights } from '../schema/model/rights.ts';
import type { Label, UnifiedModel, UnifiedType } from '../schema/model/unified.ts';
import type { Agreement } from './agreement.ts';
import { createAgreements, type Agreements, type AgreementsOptions } from './agreements.ts';
import { compileRights } from './compile-rights.ts';
import { sealRights } from './print-rights.ts';

/** Who may see and do what, now. */
export interface Access extends AsyncDisposable {
  /** Compiled from the policy that is live, the principal, and the agreements in force; cheap, since equal principals share them. */
  rightsOf(principal: Principal): Rights;
  /** Told when the rights of somebody may have changed: ask `rightsOf` again for every stream. At most five seconds after whatever changed them. */
  onChange(listener: () => void): () => void;
  readonly agreements: Agreements;
  /** Fields that are shared by agreement only, in the order of the schema. */
  sharedByAgreement(): readonly SharedField[];
}

export interface SharedField {
  readonly type: string;
  readonly field: string;
  readonly label: Label | undefined;
  readonly grade: string | undefined;
  readonly provider: string;
}

export interface AccessOptions {
  readonly configuration: Pick<HubConfiguration, 'sources' | 'agreements' | 'timeZone'>;
  /** The one that is live. */
  readonly release: () => Release;
  readonly onRelease: (changed: () => void) => void;
  readonly store: AgreementsOptions['store'];
  readonly clock: () => Date;
  readonly onFailure: (error: unknown) => void;
}

/** Reading is open to whoever is on this machine, while nobody can be told apart. */
const LOCAL: Rights = sealRights({
  types: null,
  actions: new Set<Action>([
    'data:read',
    'hub:read',
    'sources:read',
    'crosswalk:read',
    'issues:read',
    'releases:read',
    'alerts:read',
    'changes:read',
    'metrics:read',
  ]),
});

/** Principals whose rights are kept; others are compiled again. */
const KEPT_MAX = 2_000;
const NONE: readonly Agreement[] = [];

interface Kept {
  readonly agreements: readonly Agreement[];
  readonly rights: Rights;
}

/** What was last found for one principal, who is the same object for as long as their token is remembered. */
interface Found extends Kept {
  readonly of: Compiled;
}

interface Compiled {
  readonly owners: Owners;
  readonly rights: LRUCache<string, Kept>;
}

export async function createAccess({ configuration, release, onRelease, store, clock, onFailure }: AccessOptions): Promise<Access> {
  const listeners = new Set<() => void>();
  const compiled = new WeakMap<Release, Compiled>();
  const found = new WeakMap<Principal, Found>();
  const compiledOf = (live: Release): Compiled => {
    const known = compiled.get(live);
    if (known) return known;
    const made = { owners: ownersOf(live.model, live.mappings, configuration), rights: new LRUCache<string, Kept>({ max: KEPT_MAX }) };
    compiled.set(live, made);
    return made;
  };
  const agreements = await createAgreements({
    store,
    settings: configuration.agreements,
    timeZone: configuration.timeZone,
    clock,
    live: () => ({ model: release().model, owners: compiledOf(release()).owners }),
    onFailure,
  });
  const changed = (): void => listeners.forEach((listener) => listener());
  onRelease(changed);
  agreements.onChange(changed);
  return {
    agreements,
    sharedByAgreement() {
      const { model } = release();
      const { owners } = compiledOf(release());
      return [...model.types.values()].flatMap((type) => (type.kind === 'entity' ? conditionalFields(model, owners, type) : []));
    },
    [Symbol.asyncDispose]: () => agreements[Symbol.asyncDispose](),
    rightsOf(principal) {
      if (principal.unverified === 'developer') return FULL_RIGHTS;
      if (principal.unverified === 'local') return LOCAL;
      const live = release();
      const of = compiledOf(live);
      const { subject, department, roles, attributes, purpose } = principal;
      const inForce = department === undefined || purpose === undefined ? NONE : agreements.inForce(department, purpose);
      const last = found.get(principal);
      if (last?.of === of && last.agreements === inForce) return last.rights;
      const key = JSON.stringify([subject, department, roles, attributes, purpose]);
      const known = of.rights.get(key);
      const rights =
        known?.agreements === inForce
          ? known.rights
          : compileRights({ model: live.model, owners: of.owners, policies: live.policies, principal, agreements: inForce });
      of.rights.set(key, { agreements: inForce, rights });
      found.set(principal, { of, agreements: inForce, rights });
      return rights;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function conditionalFields(model: UnifiedModel, owners: Owners, type: UnifiedType): SharedField[] {
  const relations = [...type.fields.values()].filter(({ kind }) => kind === 'relation').map(({ name }) => name);
  return [...leavesOf(model, type).map(({ path }) => path), ...relations].flatMap((path): SharedField[] => {
    const field = leafAt(model, type.name, path) ?? type.fields.get(path);
    const provider = owners.of(type.name, path) ?? type.authority;
    if (field?.sharing?.class !== 'CONDITIONAL' || provider === undefined) return [];
    return [{ type: type.name, field: path, label: field.label, grade: field.sharing.grade, provider }];
  });
}
