import { HubError } from '../schema/errors/hub-error.ts';
import type { Denied } from '../store/denied-table.ts';
import type { DeniedIdentity, DeniedKind, MutationResolvers, QueryResolvers } from './generated/hub-resolvers.ts';

const KINDS: Readonly<Record<DeniedKind, Denied['kind']>> = { SUBJECT: 'sub', TOKEN: 'jti', KEY: 'kid' };
const NAMES: Readonly<Record<Denied['kind'], DeniedKind>> = { sub: 'SUBJECT', jti: 'TOKEN', kid: 'KEY' };
const TEXT_MAX = 500;

/** 我 */
export const whoAmI: NonNullable<QueryResolvers['whoAmI']> = (_parent, _args, { principal, view }) => ({
  subject: principal.subject,
  department: principal.department ?? null,
  roles: [...principal.roles],
  purpose: principal.purpose ?? null,
  expiresAt: principal.expiresAtMs === undefined ? null : new Date(principal.expiresAtMs).toISOString(),
  actions: [...view.rights.actions].toSorted(),
});

/** 拒绝名单 */
export const deniedIdentities: NonNullable<QueryResolvers['deniedIdentities']> = async (_parent, _args, { denied, authorize }) => {
  authorize('identities:deny');
  return (await denied.list()).map(shown);
};

export const denyIdentity: NonNullable<MutationResolvers['denyIdentity']> = async (_parent, { kind, value, why }, { denied, authorize, clock }) => {
  const { subject } = authorize('identities:deny');
  for (const text of [value, why])
    if (text.trim() === '' || text.length > TEXT_MAX) throw new HubError('BAD_USER_INPUT', `value and why must be text of at most ${TEXT_MAX} characters.`);
  const entry: Denied = { kind: KINDS[kind], value: value.trim(), why, by: subject, at: clock().toISOString() };
  await denied.add(entry);
  return shown((await denied.list()).find((each) => each.kind === entry.kind && each.value === entry.value) ?? entry);
};

export const allowIdentity: NonNullable<MutationResolvers['allowIdentity']> = async (_parent, { kind, value }, { denied, authorize }) => {
  authorize('identities:deny');
  return (await denied.remove(KINDS[kind], value)) || denied.remove(KINDS[kind], value.trim());
};

const shown = ({ kind, ...rest }: Denied): DeniedIdentity => ({ ...rest, kind: NAMES[kind] });
