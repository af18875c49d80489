import path from 'node:path';
import { openConnector } from '../../connectors/registry.ts';
import type { Connector } from '../../connectors/spi/connector.ts';
import { bindRelease } from '../../federation/supergraph/bind-release.ts';
import { compose, type Composition } from '../../federation/supergraph/compose.ts';
import { readRelease } from '../../federation/supergraph/read-release.ts';
import { hubApi } from '../../resolvers/hub-api.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import { printProblem, type Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration, SourceConfiguration } from '../../schema/model/configuration.ts';
import { configurationOf } from '../../schema/model/release.ts';
import { runAll } from '../../schema/parse/in-slices.ts';
import type { ReleaseReading } from '../../schema/parse/parse-release.ts';
import { sortProblems } from '../../schema/parse/sdl-report.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import { unsaid } from '../../schema/parse/unsaid.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { readConfiguration } from '../../server/hub.ts';
import { printFailure } from './print-failure.ts';

const INTROSPECT_MS = 15_000;

/** A release against its sources as they are now. */
export interface Live {
  /** hub.yaml with the departments and sources of the release. */
  readonly configuration: HubConfiguration;
  /** The release's files, as far as they could be read. */
  readonly reading: ReleaseReading;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Sources that could not be read, and why. */
  readonly down: readonly { readonly source: string; readonly reason: string }[];
  readonly composition?: Composition;
  /** What the files say wrong and what does not fit the sources, by file and place; warnings too. */
  readonly problems: readonly Problem[];
}

/** Reads the hub's files and all its sources' tables, and binds the one to the other. Runs nothing else. @throws {HubProblem} */
export async function readLive(config: string): Promise<Live> {
  const base = await readConfiguration(config);
  const reading = await readRelease(base);
  const configuration = reading.partial ? configurationOf(base, reading.partial) : base;
  const { catalogs, down } = await readCatalogs(configuration);
  const { problems, ...composed } = composeReading(base, reading, catalogs);
  // As the other checks name files: from where the person stands.
  return {
    configuration,
    reading,
    catalogs,
    down,
    ...composed,
    problems: problems.map((problem) => ({ ...problem, file: path.join(path.dirname(config), problem.file) })),
  };
}

async function readCatalogs(configuration: HubConfiguration): Promise<Pick<Live, 'catalogs' | 'down'>> {
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
        down.push({ source: source.name, reason: printFailure(error) });
      }
    }),
  );
  return { catalogs, down };
}

/** Whatever is wrong with the files, what could be read of them is bound, so that everything is told at once. */
function composeReading(configuration: HubConfiguration, reading: ReleaseReading, catalogs: Live['catalogs']): Pick<Live, 'composition' | 'problems'> {
  const { release, partial, problems } = reading;
  if (!partial) return { problems };
  const { problems: found, ...composed } = release
    ? compose(configuration, { ...release, version: 1 }, catalogs, hubApi)
    : { problems: runAll(bindRelease(configuration, { ...partial, version: 0 }, catalogs)).problems };
  return { ...composed, problems: sortProblems([...problems, ...unsaid(reading, found)]) };
}

/** The composition, its warnings told on standard error; or an error that lists what is in its way. */
export function requireComposition({ composition, problems }: Live): Composition {
  if (composition) {
    for (const warning of problems) console.error(printProblem(warning));
    return composition;
  }
  throw new HubProblem(problems.map(printProblem).join('\n'), problems);
}

/** @throws {HubProblem} naming the nearest */
export function requireSource(configuration: HubConfiguration, name: string): SourceConfiguration {
  const source = configuration.sources.get(name);
  if (!source) throw new HubProblem(`there is no source "${name}"; ${suggestion(name, [...configuration.sources.keys()])}`);
  return source;
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
