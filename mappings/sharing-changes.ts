import { printMeaning } from '../federation/drift/mapping-digest.ts';
import type { Policy, PolicySubject } from '../schema/model/policy.ts';
import type { Release } from '../schema/model/release.ts';
import type { UnifiedField, UnifiedModel } from '../schema/model/unified.ts';
import type { MeaningChange } from './meaning-changes.ts';

/** Who may see what otherwise: what the schema says of sharing and personal data, and what policies say of a type to whom. Pure. */
export function sharingChanges(before: Pick<Release, 'model' | 'policies'>, after: Pick<Release, 'model' | 'policies'>): MeaningChange[] {
  return [...schemaChanges(before.model, after.model), ...policyChanges(before.policies, after.policies)];
}

function schemaChanges(before: UnifiedModel, after: UnifiedModel): MeaningChange[] {
  const said = ({ sharing, personal }: UnifiedField): string =>
    [sharing === undefined ? '' : `${sharing.class} ${sharing.grade ?? ''}`.trim(), personal === undefined ? '' : `personal ${personal}`]
      .filter((part) => part !== '')
      .join(', ') || 'nothing';
  return [...after.types].flatMap(([name, type]) =>
    [...type.fields.values()].flatMap((field): MeaningChange[] => {
      const old = before.types.get(name)?.fields.get(field.name);
      if (!old || said(old) === said(field)) return [];
      return [{ level: 'DANGEROUS', of: 'schema', path: `${name}.${field.name}`, message: `its sharing: ${said(old)} → ${said(field)}` }];
    }),
  );
}

function policyChanges(before: readonly Policy[], after: readonly Policy[]): MeaningChange[] {
  const [old, now] = [saying(before), saying(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id): MeaningChange[] => {
    const [department = '', type = ''] = id.split(' ');
    const [was, is] = [old.get(id) ?? new Map<string, string>(), now.get(id) ?? new Map<string, string>()];
    const change = (message: string): MeaningChange => ({ level: 'DANGEROUS', of: 'policy', path: type, message: `${department} to ${message}` });
    const changed = [...new Set([...was.keys(), ...is.keys()])].filter((whom) => was.get(whom) !== is.get(whom));
    if (changed.length > 0) return changed.map((whom) => change(`${whom}: ${was.get(whom) ?? 'nothing'} → ${is.get(whom) ?? 'nothing'}`));
    const [first, then] = [[...was.keys()], [...is.keys()]].map((whom) => whom.join('; '));
    return first === then ? [] : [change(`the last of ${first} → ${then}`)];
  });
}

/** `department Type` → to whom → what, the rule that decides last. */
function saying(policies: readonly Policy[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const said = new Map<string, Map<string, string>>();
  for (const { department, rules } of policies) {
    for (const rule of rules) {
      for (const [type, what] of rule.types) {
        const id = `${department} ${type}`;
        const whom = said.get(id) ?? new Map<string, string>();
        const name = whomOf(rule.for);
        whom.delete(name);
        said.set(id, whom.set(name, printMeaning(what)));
      }
    }
  }
  return said;
}

const whomOf = ({ departments = [], roles = [] }: PolicySubject): string =>
  [departments.length === 0 ? '' : `departments ${departments.join(', ')}`, roles.length === 0 ? '' : `roles ${roles.join(', ')}`]
    .filter((part) => part !== '')
    .join(' with ') || 'everyone';
