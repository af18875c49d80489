import type { Federation } from '../federation/supergraph/federation.ts';
import type { Generation } from '../federation/supergraph/generation.ts';
import type { Mappings } from '../mappings/mappings.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Loaders } from './loaders.ts';

/** What a client may be allowed to do beside reading the departments' data. */
export type Action =
  'crosswalk:read' | 'crosswalk:decide' | 'crosswalk:refresh' | 'issues:read' | 'sources:read' | 'explain' | 'releases:read' | 'releases:publish';

export interface Identity {
  readonly subject: string;
}

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
  readonly loaders: Loaders;
  /** The one that the operation began with. */
  readonly generation: Generation;
  readonly clock: () => Date;
  readonly examples: readonly OperationExample[];
  /** Ends with the client's connection, or at the operation's deadline. */
  readonly signal: AbortSignal;
  /** Who asks, if this may be done. @throws {HubError} UNAUTHENTICATED | FORBIDDEN_FIELD */
  readonly authorize: (action: Action) => Identity;
}
