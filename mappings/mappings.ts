import type { Federation, Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Store } from '../store/store.ts';
import { followReleases } from './follow-releases.ts';
import { createReleases, type Releases } from './releases.ts';

/** A mapping's life, from a source never seen to what is live; GraphQL and the command line call the same. */
export interface Mappings extends AsyncDisposable {
  readonly releases: Releases;
}

export interface MappingsOptions {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly store: Store;
  readonly clock: () => Date;
  readonly log: Log;
}

export function createMappings(options: MappingsOptions): Mappings {
  const following = followReleases(options);
  return {
    releases: createReleases(options),
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
