import DataLoader from 'dataloader';
import type { Federation, SourceStatus } from '../federation/supergraph/federation.ts';

/** What several fields of one operation ask for is fetched once. */
export interface Loaders {
  /** By source name. */
  readonly status: DataLoader<string, SourceStatus | undefined>;
}

export function createLoaders(federation: Federation, signal: AbortSignal): Loaders {
  return {
    status: new DataLoader(async (names) => {
      const known = new Map((await federation.sources(signal)).map((status) => [status.source.name, status]));
      return names.map((name) => known.get(name));
    }),
  };
}
