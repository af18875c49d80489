import type { Action } from '../schema/model/action.ts';
import type { Role } from '../schema/model/principal.ts';

/**
 * Separation of duties: who may do what; which data whoever may read data sees, policies say. An action that is not listed for a role is not that role's. The page
 * docs/reference/roles.md is made of this, and each cell of it is tested.
 */
export const MATRIX: Readonly<Record<Action, readonly Role[]>> = {
  'data:read': ['consumer', 'officer', 'steward', 'approver', 'auditor'],
  'hub:read': ['consumer', 'officer', 'steward', 'approver', 'auditor', 'operator', 'security'],
  'sources:read': ['officer', 'steward', 'auditor', 'operator'],
  'crosswalk:read': ['officer', 'steward', 'auditor'],
  'crosswalk:decide': ['officer'],
  'crosswalk:refresh': ['officer', 'operator'],
  'issues:read': ['officer', 'steward', 'auditor'],
  'releases:read': ['officer', 'steward', 'approver', 'auditor'],
  'releases:publish': ['officer', 'steward'],
  'alerts:read': ['consumer', 'officer', 'steward', 'approver', 'auditor'],
  'alerts:acknowledge': ['officer'],
  'alerts:test': ['officer', 'steward'],
  'changes:read': ['consumer', 'officer', 'steward', 'auditor'],
  'webhooks:manage': ['officer'],
  'access-log:read': ['officer', 'auditor'],
  'drafts:read': ['officer', 'steward', 'approver', 'auditor'],
  'drafts:edit': ['officer', 'steward'],
  'drafts:approve': ['approver'],
  'drafts:preview': ['officer', 'steward'],
  'agreements:read': ['consumer', 'officer', 'approver', 'auditor'],
  'agreements:request': ['consumer', 'officer'],
  'agreements:decide': ['officer', 'approver'],
  'identities:deny': ['security'],
  'metrics:read': ['operator', 'security'],
  explain: ['officer', 'steward'],
};

export const MATRIX_ROLES = ['consumer', 'officer', 'steward', 'approver', 'auditor', 'operator', 'security'] as const satisfies readonly Role[];

/** Roles that may not meet in one principal: whoever runs the hub, whoever grants rights and whoever audits both are three people. */
export const APART: readonly Role[] = ['operator', 'security', 'auditor'];

/** What using each of the hub's own root fields takes. */
export const HUB_FIELDS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['Query.hub', 'hub:read'],
  ['Query.operationExamples', 'hub:read'],
  ['Query.whoAmI', 'hub:read'],
  ['Query.sharedByAgreement', 'agreements:read'],
  ['Query.agreements', 'agreements:read'],
  ['Query.deniedIdentities', 'identities:deny'],
  ['Query.sources', 'sources:read'],
  ['Query.crosswalk', 'crosswalk:read'],
  ['Query.unresolved', 'issues:read'],
  ['Query.dataIssues', 'issues:read'],
  ['Query.releases', 'releases:read'],
  ['Query.release', 'releases:read'],
  ['Query.accessLog', 'access-log:read'],
  ['Query.alerts', 'alerts:read'],
  ['Query.alertRules', 'alerts:read'],
  ['Query.testAlertRules', 'alerts:test'],
  ['Subscription.alerts', 'alerts:read'],
  ['Mutation.acknowledgeAlert', 'alerts:acknowledge'],
  ['Mutation.restoreRelease', 'releases:publish'],
  ['Query.sourceProfile', 'drafts:preview'],
  ['Query.suggestMapping', 'drafts:preview'],
  ['Query.catalogue', 'drafts:read'],
  ['Query.catalogueCsv', 'drafts:read'],
  ['Query.catalogueRows', 'drafts:read'],
  ['Query.drifts', 'sources:read'],
  ['Mutation.draftRepair', 'drafts:edit'],
  ['Mutation.acceptDrift', 'releases:publish'],
  ['Query.drafts', 'drafts:read'],
  ['Query.draft', 'drafts:read'],
  ['Mutation.createDraft', 'drafts:edit'],
  ['Mutation.saveDraft', 'drafts:edit'],
  ['Mutation.rebaseDraft', 'drafts:edit'],
  ['Mutation.discardDraft', 'drafts:edit'],
  ['Mutation.approveDraft', 'drafts:approve'],
  ['Mutation.publishDraft', 'releases:publish'],
  ['Mutation.confirmCrosswalk', 'crosswalk:decide'],
  ['Mutation.bulkConfirmCrosswalk', 'crosswalk:decide'],
  ['Mutation.rejectCrosswalk', 'crosswalk:decide'],
  ['Mutation.undoCrosswalk', 'crosswalk:decide'],
  ['Mutation.refreshCrosswalk', 'crosswalk:refresh'],
  ['Mutation.ackChanges', 'changes:read'],
  ['Query.webhooks', 'webhooks:manage'],
  ['Mutation.registerWebhook', 'webhooks:manage'],
  ['Mutation.renewWebhook', 'webhooks:manage'],
  ['Mutation.removeWebhook', 'webhooks:manage'],
  ['Mutation.redeliverWebhook', 'webhooks:manage'],
  ['Mutation.requestAgreement', 'agreements:request'],
  ['Mutation.decideAgreement', 'agreements:decide'],
  ['Mutation.withdrawAgreement', 'agreements:decide'],
  ['Mutation.denyIdentity', 'identities:deny'],
  ['Mutation.allowIdentity', 'identities:deny'],
]);

/** What these roles may do together. */
export function actionsOf(roles: readonly Role[]): ReadonlySet<Action> {
  const actions = Object.entries(MATRIX) as [Action, readonly Role[]][];
  return new Set(actions.filter(([, allowed]) => allowed.some((role) => roles.includes(role))).map(([action]) => action));
}
