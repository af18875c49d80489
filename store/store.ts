import type { CaptureTable } from './capture-table.ts';
import type { ChangeLogTable } from './change-log-table.ts';
import type { AlertDueTable } from './alert-due-table.ts';
import type { AlertEventTable } from './alert-event-table.ts';
import type { AlertTable } from './alert-table.ts';
import type { ConsumerTable } from './consumer-table.ts';
import type { CrosswalkLogTable } from './crosswalk-log-table.ts';
import type { CrosswalkTable } from './crosswalk-table.ts';
import type { DraftsTable } from './drafts-table.ts';
import type { AgreementTable } from './agreement-table.ts';
import type { DeniedTable } from './denied-table.ts';
import type { DocumentTable } from './document-table.ts';
import type { MembershipTable } from './membership-table.ts';
import type { ReleasesTable } from './releases-table.ts';
import type { LeaseTable } from './lease-table.ts';
import type { RowImageTable } from './row-image-table.ts';
import type { SettingsTable } from './settings-table.ts';
import type { WebhookTable } from './webhook-table.ts';

/** One repository a table. */
export interface StoreTables {
  readonly settings: SettingsTable;
  readonly crosswalk: CrosswalkTable;
  readonly crosswalkLog: CrosswalkLogTable;
  readonly releases: ReleasesTable;
  readonly changeLog: ChangeLogTable;
  readonly rowImages: RowImageTable;
  readonly captures: CaptureTable;
  readonly leases: LeaseTable;
  readonly alerts: AlertTable;
  readonly alertEvents: AlertEventTable;
  readonly alertDues: AlertDueTable;
  readonly drafts: DraftsTable;
  readonly consumers: ConsumerTable;
  readonly webhooks: WebhookTable;
  readonly denied: DeniedTable;
  readonly agreements: AgreementTable;
  readonly documents: DocumentTable;
  readonly memberships: MembershipTable;
}

/** The hub's own durable state: what was acknowledged survives a crash. @throws {HubError} INTERNAL_SERVER_ERROR from every call when the store fails. */
export interface Store extends StoreTables, AsyncDisposable {
  /** All of `work` through the tables it is given, or nothing of it. Inside, only those tables may be used. */
  transaction<T>(work: (tables: StoreTables) => Promise<T>): Promise<T>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Lets running calls finish. Idempotent. */
  close(): Promise<void>;
}
