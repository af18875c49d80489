import type { HubConfiguration } from '../model/configuration.ts';
import type { Policy, PolicyRule, PolicyType } from '../model/policy.ts';
import { entityNames, type UnifiedField, type UnifiedModel, type UnifiedType } from '../model/unified.ts';
import { ownersOf, type Owners } from '../model/owners.ts';
import { leafAt, leafTraits } from '../api/leaves.ts';
import { readingsOf } from '../api/readings.ts';
import { asWritten } from './as-written.ts';
import type { ReleaseParts } from './check-release.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether policies are about departments, types and fields that exist, and each only about what is its department's own. */
export function checkPolicies({ model, mappings, policies, configuration, unread }: ReleaseParts, report: Report): void {
  const owners = unread ? undefined : ownersOf(model, mappings.map(asWritten), configuration);
  const seen = new Map<string, Policy>();
  for (const policy of policies) {
    const at = placeWithin(policy, ['department'], policy.place);
    const departments = [...configuration.departments.keys()];
    const first = seen.get(policy.department);
    if (first) report.error(at, `department "${policy.department}" has two policies (the other in ${first.place.file})`, 'put all of it into one file');
    seen.set(policy.department, policy);
    if (!departments.includes(policy.department)) report.error(at, `there is no department "${policy.department}"`, suggestion(policy.department, departments));
    for (const rule of policy.rules) checkRule(policy, rule, model, owners, configuration, report);
  }
}

function checkRule(policy: Policy, rule: PolicyRule, model: UnifiedModel, owners: Owners | undefined, { departments }: HubConfiguration, report: Report): void {
  for (const [index, name] of (rule.for.departments ?? []).entries())
    if (!departments.has(name))
      report.error(placeWithin(rule, ['for', 'departments', index], rule.place), `there is no department "${name}"`, suggestion(name, [...departments.keys()]));
  for (const [name, entry] of rule.types) {
    const type = model.types.get(name);
    if (type?.kind !== 'entity') report.error(entry.place, `there is no unified type "${name}" with rows of its own`, suggestion(name, entityNames(model)));
    else checkType(policy, type, entry, model, owners, report);
  }
}

function checkType({ department }: Policy, type: UnifiedType, entry: PolicyType, model: UnifiedModel, owners: Owners | undefined, report: Report): void {
  const own = type.authority === department;
  for (const [key, given] of [
    ['rows', entry.rows !== undefined],
    ['totals', entry.totals !== undefined],
    ['purpose', entry.purposeRequired],
  ] as const)
    if (given && !own)
      report.error(
        placeWithin(entry, [key], entry.place),
        `"${key}" of ${type.name} is for its authority${type.authority === undefined ? ', which it has none of' : `, ${type.authority},`} to say`,
        'leave it out',
      );
  checkTotals(type, entry, model, report);
  for (const [path, value] of entry.fields) {
    const at = placeWithin(entry, ['fields', path], entry.place);
    const field = fieldAt(model, type, path);
    if (field === undefined) {
      report.error(at, `"${type.name}" has no field "${path}"`, suggestion(path, [...type.fields.keys()]));
      continue;
    }
    if (owners !== undefined && !decides(model, owners, type, path, department)) {
      const who = owners.of(type.name, path);
      report.error(at, `${type.name}.${path} is not ${department}'s to share`, who === undefined ? 'leave it out' : `leave it to the policy of ${who}`);
    }
    const masked = value !== 'visible' && value !== 'absent';
    if (masked && type.key.includes(path))
      report.error(at, `${type.name}.${path} is a key and cannot be masked: ids and cursors would tell it`, 'make the whole type absent, or the key visible');
    else if (masked && !isText(model, field)) report.error(at, `${type.name}.${path} is no text and cannot be masked`, 'make it absent or visible');
    else if (value === 'masked' && (field.kind !== 'leaf' || field.personal === undefined))
      report.error(at, `how ${type.name}.${path} is masked is not known: the schema does not say that it is @personal`, `write { mask: NAME } or another kind`);
  }
}

/** Rows are told apart by plain values of their own, or of what a to-one relation leads to. */
function checkTotals(type: UnifiedType, entry: PolicyType, model: UnifiedModel, report: Report): void {
  for (const [index, { path, truncate }] of (entry.totals?.by ?? []).entries()) {
    const at = placeWithin(entry, ['totals', 'by', index], entry.place);
    const [head = '', leaf] = path.split('.');
    const field = type.fields.get(head);
    const target = leaf === undefined ? type : field?.kind === 'relation' && !field.many ? model.types.get(field.target) : undefined;
    const found = target?.fields.get(leaf ?? head);
    if (found?.kind !== 'leaf' || !leafTraits(found).equality)
      report.error(
        at,
        `rows of ${type.name} cannot be told apart by "${path}"`,
        'name a field of it that can be compared, or relation.field of a relation to one',
      );
    else if (truncate !== undefined && (found.type.kind !== 'scalar' || !TIMES.includes(found.type.name)))
      report.error(at, `${type.name}.${path} is no day, month or time, so it cannot be truncated`, 'leave truncate out');
    else if (entry.totals?.by.findIndex((each) => each.path === path) !== index) report.error(at, `"${path}" is named twice`, 'name it once');
  }
}

const TIMES: readonly string[] = ['Date', 'DateTime', 'YearMonth'];

function fieldAt(model: UnifiedModel, type: UnifiedType, path: string): UnifiedField | undefined {
  const field = type.fields.get(path);
  return field === undefined || field.kind === 'value' ? leafAt(model, type.name, path) : field;
}

/** A department shares what it gives, and has its say on what is made of that. */
function decides(model: UnifiedModel, owners: Owners, type: UnifiedType, path: string, department: string, seen: ReadonlySet<string> = new Set()): boolean {
  const key = `${type.name}.${path}`;
  if (seen.has(key)) return false;
  if (owners.of(type.name, path) === department) return true;
  return readingsOf(model, type.name, path).some((reading) => {
    const of = model.types.get(reading.type);
    return of !== undefined && decides(model, owners, of, reading.path, department, new Set([...seen, key]));
  });
}

function isText(model: UnifiedModel, field: UnifiedField): boolean {
  return field.kind === 'leaf' && field.type.kind === 'scalar' && (field.type.name === 'String' || model.scalars.has(field.type.name));
}
