import { leavesOf } from '../schema/api/leaves.ts';
import type { Owners } from '../schema/model/owners.ts';
import type { Policy, PolicySubject, PolicyType } from '../schema/model/policy.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { FieldLimit, Rights, RowRule, Totals, TypeRights } from '../schema/model/rights.ts';
import type { UnifiedModel, UnifiedType } from '../schema/model/unified.ts';
import type { Agreement } from './agreement.ts';
import { createFieldAccess } from './field-access.ts';
import { actionsOf } from './matrix.ts';
import { sealRights } from './print-rights.ts';
import { fillRows } from './fill-rows.ts';

export interface RightsInput {
  readonly model: UnifiedModel;
  readonly owners: Owners;
  readonly policies: readonly Policy[];
  readonly principal: Principal;
  /** Those in force for the principal's department and purpose. */
  readonly agreements: readonly Agreement[];
}

/** What a principal may see and do: policy, the schema's sharing classes and agreements, put together as data. Pure. */
export function compileRights({ model, owners, policies, principal, agreements: all }: RightsInput): Rights {
  const agreements = standing(all, model, owners);
  const policyOf = (department: string, type: string): PolicyType | undefined =>
    policies
      .find((policy) => policy.department === department)
      ?.rules.findLast((rule) => rule.types.has(type) && fits(rule.for, principal))
      ?.types.get(type);
  const totalsOf = (name: string): Totals | undefined => {
    const authority = model.types.get(name)?.authority;
    return authority === undefined ? undefined : policyOf(authority, name)?.totals;
  };
  const granted = agreedFields(agreements);
  const access = createFieldAccess({
    model,
    owners,
    department: principal.department,
    policyOf,
    rowless: (type) => totalsOf(type) !== undefined,
    agreed: (type, path) => granted.get(type)?.has(path) ?? false,
  });
  const actions = actionsOf(principal.roles);
  const types = new Map<string, TypeRights>();
  if (!actions.has('data:read')) return sealRights({ types, actions });
  for (const type of model.types.values()) {
    if (type.kind !== 'entity') continue;
    const fields = limitsOf(model, type, access);
    const totals = totalsOf(type.name);
    if (!totals && type.key.some((path) => fields.has(path))) continue;
    const says = type.authority === undefined ? undefined : policyOf(type.authority, type.name);
    const rows = both(fillRows(says?.rows, principal), agreedRows(agreements, type.name));
    types.set(type.name, {
      fields,
      ...(rows ? { rows } : {}),
      ...(totals ? { totals } : {}),
      ...(says?.purposeRequired && principal.purpose === undefined ? { purposeMissing: true as const } : {}),
    });
  }
  return sealRights({ types, actions });
}

/** A release may make a field another department's, which has agreed on nothing. */
function standing(agreements: readonly Agreement[], model: UnifiedModel, owners: Owners): readonly Agreement[] {
  const ownerOf = (type: string, path: string): string | undefined => owners.of(type, path) ?? model.types.get(type)?.authority;
  return agreements.flatMap((agreement) => {
    const fields = agreement.fields.filter((path) => ownerOf(agreement.type, path) === agreement.provider);
    return fields.length === 0 ? [] : [{ ...agreement, fields }];
  });
}

function fits({ roles, departments }: PolicySubject, principal: Principal): boolean {
  return (
    (roles === undefined || roles.some((role) => principal.roles.includes(role))) &&
    (departments === undefined || (principal.department !== undefined && departments.includes(principal.department)))
  );
}

function limitsOf(model: UnifiedModel, type: UnifiedType, access: (type: string, path: string) => FieldLimit | undefined): Map<string, FieldLimit> {
  const relations = [...type.fields.values()].filter(({ kind }) => kind === 'relation').map(({ name }) => name);
  const limits = new Map<string, FieldLimit>();
  for (const path of [...leavesOf(model, type).map((leaf) => leaf.path), ...relations]) {
    const limit = access(type.name, path);
    if (limit) limits.set(path, limit);
  }
  return limits;
}

/** With several agreements on a type only what all of them give: their rows differ, and each field is given on its agreement's rows alone. */
function agreedFields(agreements: readonly Agreement[]): ReadonlyMap<string, Set<string>> {
  const granted = new Map<string, Set<string>>();
  for (const { type, fields, rows } of agreements) {
    const known = granted.get(type);
    const same = agreements.filter((each) => each.type === type).every((each) => JSON.stringify(each.rows) === JSON.stringify(rows));
    const add = new Set(fields);
    granted.set(type, known === undefined ? add : new Set(same ? [...known, ...add] : fields.filter((field) => known.has(field))));
  }
  return granted;
}

function agreedRows(agreements: readonly Agreement[], type: string): RowRule | undefined {
  const own = agreements.filter((each) => each.type === type);
  if (own.length === 0 || own.some(({ rows }) => rows === undefined)) return undefined;
  const different = [...new Map(own.map(({ rows }) => [JSON.stringify(rows), rows as RowRule])).values()];
  return different.length === 1 ? different[0] : { or: different };
}

function both(a: RowRule | undefined, b: RowRule | undefined): RowRule | undefined {
  return a && b ? { and: [a, b] } : (a ?? b);
}
