import { HUB_FIELDS, MATRIX, MATRIX_ROLES } from '../../access/matrix.ts';

const WORDS: Readonly<Record<(typeof MATRIX_ROLES)[number], string>> = {
  consumer: '数据使用方',
  officer: '数据官',
  steward: '统一模型管理员',
  approver: '审批人',
  auditor: '审计员',
  operator: '运维',
  security: '安全管理员',
};

/** The matrix of roles as a page. */
export function pages(): Readonly<Record<string, string>> {
  return { 'docs/reference/roles.md': rolesPage() };
}

function rolesPage(): string {
  const cell = (may: boolean): string => (may ? '✓' : ' ');
  const rows = Object.entries(MATRIX).map(([action, roles]) => {
    const fields = [...HUB_FIELDS].filter(([, needed]) => needed === action).map(([field]) => `\`${field}\``);
    return `| \`${action}\` | ${MATRIX_ROLES.map((role) => cell(roles.includes(role))).join(' | ')} | ${fields.join(' ')} |`;
  });
  return [
    '# Roles',
    '',
    'Generated from [`access/matrix.ts`](../../access/matrix.ts). Who may do what; which data whoever may read data sees is what [policies](policy.md) say.',
    "The hub's own fields are absent from the schema of whoever may not use them.",
    '',
    `| | ${MATRIX_ROLES.map((role) => `${role} ${WORDS[role]}`).join(' | ')} | fields |`,
    `| --- | ${MATRIX_ROLES.map(() => ':-:').join(' | ')} | --- |`,
    ...rows,
    '',
    'Whoever runs the hub or keeps its identities reads no data: for an account that is operator or security alone the departments’ types do not exist. Operator, security and auditor are never one account: a token with two of them is refused. An officer decides for their own department only. Nobody decides on their own request.',
    '',
  ].join('\n');
}
