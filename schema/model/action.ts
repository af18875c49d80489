/** What somebody may be allowed to do beside reading the departments' data. Who may is one matrix. @see access/matrix.ts */
export const ACTIONS = [
  'hub:read',
  'sources:read',
  'crosswalk:read',
  'crosswalk:decide',
  'crosswalk:refresh',
  'issues:read',
  'changes:read',
  'webhooks:manage',
  'releases:read',
  'releases:publish',
  'alerts:read',
  'alerts:acknowledge',
  'alerts:test',
  'drafts:read',
  'drafts:edit',
  'drafts:approve',
  'drafts:preview',
  'explain',
  'access-log:read',
  'agreements:read',
  'agreements:request',
  'agreements:decide',
  'identities:deny',
  'metrics:read',
] as const;

export type Action = (typeof ACTIONS)[number];
