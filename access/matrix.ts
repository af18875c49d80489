import type { Action } from '../schema/model/action.ts';

/** What using each of the hub's own root fields takes. */
export const HUB_FIELDS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['Query.hub', 'hub:read'],
  ['Query.operationExamples', 'hub:read'],
  ['Query.sources', 'sources:read'],
  ['Query.crosswalk', 'crosswalk:read'],
  ['Query.unresolved', 'issues:read'],
  ['Query.dataIssues', 'issues:read'],
  ['Query.releases', 'releases:read'],
  ['Query.release', 'releases:read'],
  ['Query.alerts', 'alerts:read'],
  ['Query.alertRules', 'alerts:read'],
  ['Subscription.alerts', 'alerts:read'],
  ['Mutation.acknowledgeAlert', 'alerts:acknowledge'],
  ['Mutation.restoreRelease', 'releases:publish'],
  ['Mutation.confirmCrosswalk', 'crosswalk:decide'],
  ['Mutation.bulkConfirmCrosswalk', 'crosswalk:decide'],
  ['Mutation.rejectCrosswalk', 'crosswalk:decide'],
  ['Mutation.undoCrosswalk', 'crosswalk:decide'],
  ['Mutation.refreshCrosswalk', 'crosswalk:refresh'],
]);
