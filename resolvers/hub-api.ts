import { readdirSync, readFileSync } from 'node:fs';
import type { IResolvers } from '@graphql-tools/utils';
import { parse } from 'graphql';
import { HUB_FIELDS } from '../access/matrix.ts';
import type { HubApi } from '../federation/supergraph/hub-api.ts';
import type { Resolvers } from './generated/hub-resolvers.ts';
import { acknowledgeAlert, Alert, AlertEvent, AlertRule, alertRules, alerts } from './alert-fields.ts';
import { ackChanges } from './change-mutations.ts';
import { accessLog } from './access-log-fields.ts';
import { accessMutations, accessQueries } from './access-fields.ts';
import { AlertRulePast, AlertRuleTestResult, testAlertRules } from './alert-tests.ts';
import { crosswalk } from './crosswalk-fields.ts';
import { bulkConfirmCrosswalk, confirmCrosswalk, refreshCrosswalk, rejectCrosswalk, undoCrosswalk } from './crosswalk-mutations.ts';
import { hub, operationExamples } from './hub-fields.ts';
import { dataIssues, unresolved, UnresolvedPart } from './issue-fields.ts';
import { Release, release, releases, restoreRelease } from './release-fields.ts';
import { mappingMutations, mappingQueries, mappingTypes } from './mapping-fields.ts';
import { Source, sources } from './source-fields.ts';
import { Webhook, webhookMutations, webhookQueries } from './webhook-fields.ts';

const resolvers: Resolvers = {
  Query: {
    accessLog,
    hub,
    sources,
    crosswalk,
    unresolved,
    dataIssues,
    operationExamples,
    release,
    releases,
    alerts,
    alertRules,
    ...accessQueries,
    testAlertRules,
    ...mappingQueries,
    ...webhookQueries,
  },
  Mutation: {
    confirmCrosswalk,
    bulkConfirmCrosswalk,
    rejectCrosswalk,
    undoCrosswalk,
    refreshCrosswalk,
    restoreRelease,
    acknowledgeAlert,
    ackChanges,
    ...accessMutations,
    ...mappingMutations,
    ...webhookMutations,
  },
  Source,
  Webhook,
  UnresolvedPart,
  Release,
  Alert,
  AlertEvent,
  AlertRule,
  AlertRulePast,
  AlertRuleTestResult,
  ...mappingTypes,
};

const folder = new URL('../schema/hub/', import.meta.url);

/** The hub's own part of the API: its SDL, a file for each subject, and what answers it. */
export const hubApi: HubApi = {
  document: parse(
    readdirSync(folder)
      .sort()
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .join('\n'),
    { noLocation: true },
  ),
  resolvers: resolvers as IResolvers,
  actions: HUB_FIELDS,
};
