import type { AccessLog } from '../access/log/open-access-log.ts';
import type { Alerts } from '../changes/alerts/alerts.ts';
import type { Changes } from '../changes/capture.ts';
import type { Consumers } from '../changes/subscriptions/consumers.ts';
import type { Webhooks } from '../changes/webhooks/webhooks.ts';
import type { Access } from '../access/access.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { View } from '../federation/supergraph/view.ts';
import type { Mappings } from '../mappings/mappings.ts';
import type { Action } from '../schema/model/action.ts';
import type { Canonical } from '../schema/model/canonical.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { DeniedTable } from '../store/denied-table.ts';
import type { Loaders } from './loaders.ts';

export interface OperationExample {
  readonly name: string;
  readonly title: string;
  readonly document: string;
}

/** What the hub's own fields are resolved with; one for each operation. */
export interface HubContext {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly mappings: Mappings;
  readonly alerts: Alerts;
  readonly consumers: Consumers;
  readonly webhooks: Webhooks;
  readonly captures: Changes['captures'];
  readonly accessLog: AccessLog;
  readonly access: Access;
  readonly denied: DeniedTable;
  readonly loaders: Loaders;
  /** What the rights of whoever asks leave of the generation that the operation began with. */
  readonly view: View;
  readonly principal: Principal;
  readonly clock: () => Date;
  readonly examples: readonly OperationExample[];
  /** Ends with the client's connection, or at the operation's deadline. */
  readonly signal: AbortSignal;
  /** Says what a field read of the departments' data, and which entities it shows: for the access log and the quotas of agreements. */
  readonly note: (reads: readonly SourceReads[], shown?: { readonly type: string; readonly keys: readonly (readonly Canonical[])[] }) => void;
  /** Who asks, if this may be done. @throws {HubError} UNAUTHENTICATED | FORBIDDEN_FIELD */
  readonly authorize: (action: Action) => Principal;
}
