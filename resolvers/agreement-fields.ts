import type { Agreements } from '../access/agreements.ts';
import { isCondition } from '../schema/api/is-condition.ts';
import type { AgreementRow } from '../store/agreement-table.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Agreement, MutationResolvers, QueryResolvers } from './generated/hub-resolvers.ts';

/** 共享目录 */
export const sharedByAgreement: NonNullable<QueryResolvers['sharedByAgreement']> = (_parent, _args, { access, authorize }) => {
  authorize('agreements:read');
  return access.sharedByAgreement().map(({ label, grade, ...field }) => ({ ...field, ...label, grade: grade ?? null }));
};

/** 共享协议 */
export const agreements: NonNullable<QueryResolvers['agreements']> = async (_parent, { state }, context) => {
  const { department, unverified, roles } = context.authorize('agreements:read');
  // An auditor sees what all departments agreed on.
  const seesAll = unverified !== undefined || roles.includes('auditor');
  if (!seesAll && department === undefined) return [];
  const rows = await context.access.agreements.of(seesAll ? undefined : department);
  return rows.map((row) => shown(context.access.agreements, row)).filter((each) => !state || each.state === state);
};

export const requestAgreement: NonNullable<MutationResolvers['requestAgreement']> = async (_parent, { input }, context) => {
  const by = context.authorize('agreements:request');
  const rows = objectOf(input.rows);
  if (rows && !isCondition(context.view.schema, input.type, rows))
    throw new HubError('BAD_USER_INPUT', `rows is no condition in the where language of ${input.type}, as you see it.`);
  return shown(context.access.agreements, await context.access.agreements.request(by, { ...input, rows }));
};

export const decideAgreement: NonNullable<MutationResolvers['decideAgreement']> = async (
  _parent,
  { id, grant, validFrom, validTo, note, operationsPerDay, rowsPerDay },
  context,
) => {
  const by = context.authorize('agreements:decide');
  return shown(
    context.access.agreements,
    await context.access.agreements.decide(by, Number(id), {
      grant,
      validFrom: validFrom ?? null,
      validTo: validTo ?? null,
      note: note ?? null,
      operationsPerDay: operationsPerDay ?? null,
      rowsPerDay: rowsPerDay ?? null,
    }),
  );
};

export const withdrawAgreement: NonNullable<MutationResolvers['withdrawAgreement']> = async (_parent, { id, note }, context) => {
  const by = context.authorize('agreements:decide');
  return shown(context.access.agreements, await context.access.agreements.withdraw(by, Number(id), note ?? null));
};

function shown({ stateOf }: Agreements, row: AgreementRow): Agreement {
  return { ...row, id: String(row.id), state: stateOf(row) };
}

function objectOf(rows: unknown): Readonly<Record<string, unknown>> | null {
  if (rows === null || rows === undefined) return null;
  if (typeof rows === 'object' && !Array.isArray(rows)) return rows as Readonly<Record<string, unknown>>;
  throw new HubError('BAD_USER_INPUT', 'rows must be an object in the type’s where language.');
}
