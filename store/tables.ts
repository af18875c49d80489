import { createCaptureTable } from './capture-table.ts';
import { createChangeLogTable } from './change-log-table.ts';
import { createAlertDueTable } from './alert-due-table.ts';
import { createAlertEventTable } from './alert-event-table.ts';
import { createAlertTable } from './alert-table.ts';
import { createConsumerTable } from './consumer-table.ts';
import { createCrosswalkLogTable } from './crosswalk-log-table.ts';
import { createCrosswalkTable } from './crosswalk-table.ts';
import { createDraftsTable } from './drafts-table.ts';
import { createAgreementTable } from './agreement-table.ts';
import { createDeniedTable } from './denied-table.ts';
import { createDocumentTable } from './document-table.ts';
import { createMembershipTable } from './membership-table.ts';
import { createReleasesTable } from './releases-table.ts';
import { createLeaseTable } from './lease-table.ts';
import { createRowImageTable } from './row-image-table.ts';
import { createSettingsTable } from './settings-table.ts';
import type { SqlSession } from './sql-session.ts';
import type { StoreTables } from './store.ts';
import { createWebhookTable } from './webhook-table.ts';

export function createTables(session: SqlSession): StoreTables {
  return {
    settings: createSettingsTable(session),
    crosswalk: createCrosswalkTable(session),
    crosswalkLog: createCrosswalkLogTable(session),
    releases: createReleasesTable(session),
    changeLog: createChangeLogTable(session),
    rowImages: createRowImageTable(session),
    captures: createCaptureTable(session),
    leases: createLeaseTable(session),
    alerts: createAlertTable(session),
    alertEvents: createAlertEventTable(session),
    alertDues: createAlertDueTable(session),
    drafts: createDraftsTable(session),
    consumers: createConsumerTable(session),
    webhooks: createWebhookTable(session),
    denied: createDeniedTable(session),
    agreements: createAgreementTable(session),
    documents: createDocumentTable(session),
    memberships: createMembershipTable(session),
  };
}
