import type { Action } from '../schema/model/action.ts';
import type { Principal } from '../schema/model/principal.ts';
import { FULL_RIGHTS, type Rights } from '../schema/model/rights.ts';

/** Who may see and do what, now. */
export interface Access {
  /** Compiled from the policy that is live, the principal, and the agreements in force; cheap, since equal principals share them. */
  rightsOf(principal: Principal): Rights;
  /** Told when the rights of somebody may have changed: ask `rightsOf` again for every stream. At most five seconds after whatever changed them. */
  onChange(listener: () => void): () => void;
}

/** Reading is open to whoever is on this machine, while nobody else can be told apart. */
const LOCAL: ReadonlySet<Action> = new Set<Action>([
  'hub:read',
  'sources:read',
  'crosswalk:read',
  'issues:read',
  'releases:read',
  'alerts:read',
  'changes:read',
]);

export function createAccess(): Access {
  const listeners = new Set<() => void>();
  return {
    rightsOf({ unverified }) {
      if (unverified === 'local') return { ...FULL_RIGHTS, actions: LOCAL };
      return FULL_RIGHTS;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
