import { describe, expect, it } from 'vitest';
import { compileRights } from '../../../access/compile-rights.ts';
import { printRights } from '../../../access/print-rights.ts';
import { ownersOf } from '../../../schema/model/owners.ts';
import type { Principal } from '../../../schema/model/principal.ts';
import { parsePolicy } from '../../../schema/parse/policy.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';

const SDL = `
type Project @key(fields: "code") @authority(department: "planning") {
  code: ID!
  name: String
  secret: ID @sharing(class: NOT_SHARED)
  owner: String @personal(kind: NAME)
  district: String
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
  hiddenPayments: [Payment!] @relation(fields: ["secret"], references: ["projectCode"])
  paid: Decimal @aggregate(relation: "payments", function: SUM, field: "amount", empty: "0")
  ownerCopy: String @pick(relation: "payments", field: "payee", orderBy: "[{ number: ASC }]")
  ownerTest: Boolean @computed(expression: "owner == 'x'")
  alike: Boolean @computed(expression: "owner == ownerCopy")
  unlike: Boolean @computed(expression: "!alike")
}
type Payment @key(fields: "number") @authority(department: "treasury") {
  number: ID!
  projectCode: ID
  amount: Decimal @sharing(class: CONDITIONAL)
  payee: String @personal(kind: NAME)
}
`;
const model = parseSdl([{ text: SDL, file: 'x.graphql' }]).model!;
const owners = ownersOf(model, [], { sources: new Map() });
const clerk: Principal = { subject: 'c', department: 'building', roles: ['consumer'], attributes: { region: ['1', '2'] } };

function rightsFor(principal: Principal, policy = '', agreements: Parameters<typeof compileRights>[0]['agreements'] = []): string {
  const policies = policy === '' ? [] : [parsePolicy(policy, 'policy.yaml').policy!];
  return printRights(compileRights({ model, owners, policies, principal, agreements })).split('\n').slice(1).join('\n');
}
const treasury = (rules: string): string => `department: treasury\nrules:\n${rules}`;

describe('rights', () => {
  it('follow the schema where no policy says anything, derived fields and relations included', () => {
    expect(rightsFor(clerk)).toBe(
      `sees Payment
  amount absent
  payee masked as NAME
sees Project
  alike absent
  hiddenPayments absent
  owner masked as NAME
  ownerCopy masked as NAME
  ownerTest absent
  paid absent
  secret absent
  unlike absent
`,
    );
  });

  it('rest on agreements of whoever a field belongs to now', () => {
    const agreement = { id: 1, consumer: 'building', type: 'Payment', fields: ['amount'], purpose: 'x', rows: { number: { eq: '1' } } };
    expect(rightsFor(clerk, '', [{ ...agreement, provider: 'treasury' }])).toContain('sees Payment\n  where');
    expect(rightsFor(clerk, '', [{ ...agreement, provider: 'treasury' }])).not.toContain('amount absent');
    expect(rightsFor(clerk, '', [{ ...agreement, provider: 'planning' }])).toBe(rightsFor(clerk));
  });

  it('leave a department what is its own', () => {
    expect(rightsFor({ ...clerk, department: 'treasury' })).not.toContain('amount');
    expect(rightsFor({ ...clerk, department: 'planning' })).not.toContain('secret');
  });

  it('give a derived field when the owner of what it is made of says so, and no other', () => {
    expect(rightsFor(clerk, treasury('  - { for: everyone, types: { Project: { fields: { paid: visible } } } }'))).not.toContain('paid');
    expect(rightsFor(clerk, 'department: planning\nrules:\n  - { for: everyone, types: { Project: { fields: { paid: visible } } } }')).toContain('paid absent');
  });

  it('are decided for each type by the last rule that fits, and by nothing of the earlier ones', () => {
    const rules = treasury(`  - for: everyone
    types: { Payment: { fields: { amount: visible }, rows: { projectCode: { in: $region } } } }
  - for: { roles: [consumer] }
    types: { Payment: { fields: { payee: visible } } }
`);
    expect(rightsFor(clerk, rules)).toContain('sees Payment\n  amount absent\nsees');
    expect(rightsFor({ ...clerk, roles: ['officer'] }, rules)).toContain('sees Payment\n  where {"projectCode":{"in":["1","2"]}}\n  payee masked');
  });

  it('show no row to somebody without an attribute that the rule names', () => {
    const rules = treasury('  - { for: everyone, types: { Payment: { rows: { projectCode: { eq: $level } } } } }');
    expect(rightsFor(clerk, rules)).toContain('where {"or":[]}');
  });

  it.each(['{ notIn: $level }', '{ in: $level }', '{ in: [$level, "1"] }', '{ notIn: $none }'])('nor where a list names it: %s', (operators) => {
    const rule = (where: string): string => treasury(`  - { for: everyone, types: { Payment: { rows: ${where} } } }`);
    const nobody = { ...clerk, attributes: { none: [] } };
    expect(rightsFor(nobody, rule(`{ projectCode: ${operators} }`))).toContain('where {"or":[]}');
    expect(rightsFor(nobody, rule(`{ not: { projectCode: ${operators} } }`))).toContain('where {"or":[]}');
  });

  it('join on nothing that is masked, unless the relation itself is given', () => {
    const rules = (more: string): string =>
      treasury(`  - { for: everyone, types: { Payment: { others: visible, fields: { projectCode: { mask: NAME } } }${more} } }`);
    expect(rightsFor(clerk, rules(''))).toContain('payments absent');
    const planning = parsePolicy(
      'department: planning\nrules:\n  - { for: everyone, types: { Project: { fields: { payments: visible } } } }',
      'p.yaml',
    ).policy!;
    const given = compileRights({ model, owners, policies: [parsePolicy(rules(''), 't.yaml').policy!, planning], principal: clerk, agreements: [] });
    expect(printRights(given)).not.toContain('payments absent');
  });

  it('hold an agreement’s fields on its rows; with two on different rows only what both give', () => {
    const agreement = { id: 1, provider: 'treasury', consumer: 'building', type: 'Payment', fields: ['amount'], purpose: 'x' };
    expect(rightsFor(clerk, '', [agreement])).not.toContain('amount');
    const rows = [{ projectCode: { eq: '1' } }, { projectCode: { eq: '2' } }] as const;
    const two = [
      { ...agreement, rows: rows[0] },
      { ...agreement, fields: ['payee'], rows: rows[1] },
    ];
    expect(rightsFor(clerk, '', two)).toContain('amount absent');
  });

  it('are on all rows, where one of two agreements gives the same on all', () => {
    const agreement = { id: 1, provider: 'treasury', consumer: 'building', type: 'Payment', fields: ['amount'], purpose: 'x' };
    const limited = { ...agreement, id: 2, rows: { number: { eq: '1' } } };
    for (const both of [
      [agreement, limited],
      [limited, agreement],
    ]) {
      expect(rightsFor(clerk, '', both)).toContain('sees Payment\n  payee');
    }
  });

  it('fill in an attribute of several values where a list may stand, and nowhere else', () => {
    const shown = (condition: string): string =>
      rightsFor(clerk, treasury(`  - for: everyone\n    types: { Payment: { rows: { projectCode: { ${condition} } } } }\n`));
    expect(shown('in: $region')).toContain('"in":["1","2"]');
    expect(shown('notIn: $region')).toContain('"notIn":["1","2"]');
    expect(shown('eq: $region')).toContain('{"or":[]}');
  });

  it('leave nothing of a type whose key is hidden', () => {
    const hidden = rightsFor(clerk, treasury('  - for: everyone\n    types: { Payment: { fields: { number: absent } } }\n'));
    expect(hidden).not.toContain('sees Payment');
  });

  it('give what is made of several departments’ fields when each of them says so', () => {
    const policyOf = (department: string) => parsePolicy(`department: ${department}\nrules:\n  - for: everyone\n    types: { Project: { fields: { unlike: visible } } }\n`, 'policy.yaml').policy!; // prettier-ignore
    const made = (...departments: string[]): string =>
      printRights(compileRights({ model, owners, policies: departments.map(policyOf), principal: clerk, agreements: [] }));
    expect(made('treasury')).toContain('unlike absent');
    expect(made('planning')).toContain('unlike absent');
    expect(made('planning', 'treasury')).not.toContain('unlike');
  });

  it('give what the policy leaves absent, once it is agreed on', () => {
    const agreement = { id: 1, provider: 'treasury', consumer: 'building', type: 'Payment', fields: ['amount'], purpose: 'x' };
    for (const says of ['{ fields: { amount: absent } }', '{ fields: { number: visible, projectCode: visible }, others: absent }']) {
      const rules = treasury(`  - { for: everyone, types: { Payment: ${says} } }`);
      expect(rightsFor(clerk, rules)).toContain('amount absent');
      expect(rightsFor(clerk, rules, [agreement])).not.toContain('amount absent');
    }
  });

  it('have equal keys exactly when they are equal', () => {
    const key = (principal: Principal): string => compileRights({ model, owners, policies: [], principal, agreements: [] }).key;
    expect(key(clerk)).toBe(key({ ...clerk, subject: 'somebody else' }));
    expect(key(clerk)).not.toBe(key({ ...clerk, department: 'treasury' }));
  });
});
