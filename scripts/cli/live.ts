import path from 'node:path';
import { openConnector } from '../../connectors/registry.ts';
import type { Connector } from '../../connectors/spi/connector.ts';
import { compose, type Composition } from '../../federation/supergraph/compose.ts';
import { hubApi } from '../../resolvers/hub-api.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { printProblem, type Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration, SourceConfiguration } from '../../schema/model/configuration.ts';
import { createLog } from '../../server/log.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readHubFiles } from '../../server/hub.ts';

const INTROSPECT_MS = 15_000;

/** A release against its sources as they are now. */
export interface Live {
  readonly configuration: HubConfiguration;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Sources that could not be read, and why. */
  readonly down: readonly { readonly source: string; readonly reason: string }[];
  readonly composition?: Composition;
  readonly problems: readonly Problem[];
}

/** Reads the hub's files and all its sources' tables, and binds the one to the other. Runs nothing else. @throws {HubProblem} */
export async function readLive(config: string): Promise<Live> {
  const { configuration, release } = await readHubFiles(config, process.env, createLog('warn'));
  const catalogs = new Map<string, Catalog>();
  const down: { source: string; reason: string }[] = [];
  await Promise.all(
    [...configuration.sources.values()].map(async (source) => {
      try {
        catalogs.set(
          source.name,
          await withConnector(configuration, source, (connector) =>
            connector.introspect({ signal: AbortSignal.timeout(INTROSPECT_MS), timeoutMs: INTROSPECT_MS }),
          ),
        );
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        down.push({ source: source.name, reason: `${error.code}: ${error.message}` });
      }
    }),
  );
  const { problems, ...composed } = compose(configuration, release, catalogs, hubApi);
  // As the other checks name files: from where the person stands.
  return {
    configuration,
    catalogs,
    down,
    ...composed,
    problems: problems.map((problem) => ({ ...problem, file: path.join(path.dirname(config), problem.file) })),
  };
}

/** The composition, or an error that lists what is in its way. */
export function requireComposition({ composition, problems }: Live): Composition {
  if (composition) return composition;
  throw new HubProblem(problems.map(printProblem).join('\n'), problems);
}

export async function withConnector<T>(
  { timeZone }: HubConfiguration,
  { name, ...source }: SourceConfiguration,
  work: (connector: Connector) => Promise<T>,
): Promise<T> {
  const connector = await openConnector({ ...source, source: name, timeZone });
  try {
    return await work(connector);
  } finally {
    await connector.close();
  }
}
