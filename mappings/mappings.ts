import type { Dependent } from './compare-releases.ts';
import { createDraftBench, type DraftBench, type RegisteredDocument } from './draft-bench.ts';
import { createDriftOffice, type DriftOffice } from './drift-office.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import type { Federation, Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Store } from '../store/store.ts';
import { followReleases } from './follow-releases.ts';
import { ownDependents } from './own-dependents.ts';
import { createStudy, type Study } from './study.ts';
import { createUsage, type Usage } from './usage.ts';
import { createReleases, type Releases } from './releases.ts';

/** A mapping's life, from a source never seen to what is live; GraphQL and the command line call the same. */
export interface Mappings extends AsyncDisposable {
  readonly releases: Releases;
  readonly drafts: Drafts;
  readonly drift: DriftOffice;
  readonly study: Study;
  readonly usage: Usage;
  /** What a draft would do. */
  readonly bench: DraftBench;
}

export interface MappingsOptions {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly store: Store;
  readonly clock: () => Date;
  readonly log: Log;
  /** Documents that apps have registered, as they are now. Default: none. */
  readonly documents?: () => readonly RegisteredDocument[];
}

export function createMappings(options: MappingsOptions): Mappings {
  const following = followReleases(options);
  const releases = createReleases(options);
  const drafts = createDrafts({ ...options, releases, known: () => options.federation.configuration() });
  const usage = createUsage(options.clock);
  const documents = options.documents ?? (() => []);
  const dependents = async (): Promise<readonly Dependent[]> => [
    ...ownDependents(options.federation.release()),
    ...documents().map(({ name, document }): Dependent => ({ kind: 'document', name, document })),
    ...(await options.store.webhooks.list()).map(({ name, query }): Dependent => ({ kind: 'subscription', name: `webhook ${name}`, document: query })),
    ...usage.subscriptions().map(({ name, document }): Dependent => ({ kind: 'subscription', name, document })),
    ...usage.operations().map(({ name, document }): Dependent => ({ kind: 'operation', name, document })),
  ];
  return {
    releases,
    drafts,
    drift: createDriftOffice(options.federation, releases, drafts),
    study: createStudy(options.federation),
    usage,
    bench: createDraftBench({ ...options, drafts, dependents, documents, usage }),
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
