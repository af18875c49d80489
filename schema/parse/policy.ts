import policySchema from '../json-schema/policy.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { MaskKind } from '../model/mask.ts';
import type { Policy, PolicyField, PolicyRule, PolicySubject, PolicyType } from '../model/policy.ts';
import type { Role } from '../model/principal.ts';
import type { RowRule, Totals, TotalsKey } from '../model/rights.ts';
import { withOrigin } from './origin.ts';
import { createShapeCheck } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { child, readTexts } from './yaml-read.ts';

const checkShape = createShapeCheck(policySchema);

/** Reads a `policy.yaml`. Never throws; `policy` is there when the file has the right shape. Whether it fits the schema is checked with the release. */
export function parsePolicy(text: string, file: string): { policy?: Policy; problems: Problem[] } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  const all = [...problems, ...checkShape(root).problems];
  return { ...(all.length > 0 ? {} : { policy: readPolicy(root) }), problems: sortProblems(all) };
}

function readPolicy(root: YamlNode): Policy {
  const rules = child(root, 'rules').items.map(readRule);
  return withOrigin<Policy>({ department: child(root, 'department').text, rules, place: root.place }, root);
}

function readRule(node: YamlNode): PolicyRule {
  const types = new Map([...child(node, 'types').entries].map(([name, type]) => [name, readType(type)]));
  return withOrigin<PolicyRule>({ for: readSubject(child(node, 'for')), types, place: node.place }, node);
}

function readSubject(node: YamlNode): PolicySubject {
  const roles = node.entries.get('roles');
  const departments = node.entries.get('departments');
  return { ...(roles ? { roles: readTexts(roles) as Role[] } : {}), ...(departments ? { departments: readTexts(departments) } : {}) };
}

function readType(node: YamlNode): PolicyType {
  const at = { place: node.keyPlace };
  if (node.kind === 'scalar')
    return withOrigin<PolicyType>({ fields: new Map(), others: node.text as 'visible' | 'absent', purposeRequired: false, ...at }, node);
  const others = node.entries.get('others')?.text;
  const rows = node.entries.get('rows');
  const totals = node.entries.get('totals');
  return withOrigin<PolicyType>(
    {
      fields: new Map([...(node.entries.get('fields')?.entries ?? [])].map(([path, field]) => [path, readField(field)])),
      ...(others === undefined ? {} : { others: others as 'visible' | 'absent' }),
      ...(rows ? { rows: rows.value as RowRule } : {}),
      ...(totals ? { totals: readTotals(totals) } : {}),
      purposeRequired: node.entries.has('purpose'),
      ...at,
    },
    node,
  );
}

function readTotals(node: YamlNode): Totals {
  const by = (node.entries.get('by')?.items ?? []).map((item): TotalsKey => {
    if (item.kind === 'scalar') return { path: item.text };
    return { path: child(item, 'field').text, truncate: child(item, 'truncate').text as NonNullable<TotalsKey['truncate']> };
  });
  return { atLeast: Number(child(node, 'atLeast').text), by };
}

function readField(node: YamlNode): PolicyField {
  if (node.kind === 'scalar') return node.text as PolicyField;
  return { mask: child(node, 'mask').text as MaskKind };
}
