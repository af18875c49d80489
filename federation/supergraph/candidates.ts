import type { HubConfiguration } from '../../schema/model/configuration.ts';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Release } from '../../schema/model/release.ts';
import { runInSlices } from '../../schema/parse/in-slices.ts';
import type { Sound } from '../drift/bind-drifted.ts';
import { carriedDrifts } from '../drift/carried-drifts.ts';
import type { Drift } from '../drift/compare-catalogs.ts';
import { mappingDigest } from '../drift/mapping-digest.ts';
import type { SourcePool } from '../sources/source-pool.ts';
import { bindRelease, type Lenience } from './bind-release.ts';
import { composeSteps, type ComposeResult } from './compose.ts';
import type { Generation } from './generation.ts';
import type { HubApi } from './hub-api.ts';

/** Releases that are not what answers, or not yet: what each would become, against the sources as they are known. Nothing changes. */
export interface Candidates {
  /** What does not fit is held to the tables as they are at this moment. @param isPublished a mapping that does not fit is no error */
  compose(candidate: Release, isPublished: boolean): Promise<ComposeResult>;
  /** As if the mapping of this source had never been right. */
  composeWithout(candidate: Release, source: string): Promise<ComposeResult>;
  /** Also of a release that cannot be composed. */
  problems(candidate: Release): Promise<readonly Problem[]>;
  /** Of what has drifted, what a mapping that is not the live one still reads as that does. */
  carried(candidate: Release, source: string): readonly Drift[];
}

export interface CandidatesOptions {
  readonly configuration: HubConfiguration;
  readonly pool: SourcePool;
  readonly hubApi: HubApi;
  readonly live: () => { readonly release: Release; readonly generation: Generation } | undefined;
  /** Told of sources whose tables were found to be otherwise than before. */
  readonly onAltered: (sources: readonly string[]) => void;
}

export function createCandidates({ configuration, pool, hubApi, live: liveNow, onAltered }: CandidatesOptions): Candidates {
  const carried: Candidates['carried'] = ({ mappings }, source) => {
    const live = liveNow();
    return live && pool.find(source) ? carriedDrifts(source, live.generation.supergraph, live.release.mappings, mappings, pool.drifts(source)) : [];
  };
  /**
   * A mapping that has not changed since it was right is held to the tables that it was right for: what drifted is quarantined. Any other must fit, and what it
   * left as it was stays quarantined.
   */
  const baselinesOf = (candidate: Release): Map<string, Sound> => {
    const catalogs = pool.catalogs();
    return new Map(
      [...pool.baselines()].flatMap(([source, baseline]): [string, Sound][] => {
        if (mappingDigest(candidate.mappings, source) === baseline.digest) return [[source, baseline]];
        const [catalog, kept] = [catalogs.get(source), carried(candidate, source)];
        return catalog && kept.length > 0 ? [[source, { catalog, carried: kept }]] : [];
      }),
    );
  };
  /**
   * Of these sources a mapping that does not fit holds nobody else up: of all in a release that is published already, of those that it did not fit before as
   * long as their mappings stay, and, at the start, of those that cannot be asked: tables that are merely remembered may be others by now.
   */
  const lenienceOf = (candidate: Release, isPublished: boolean): Lenience => {
    const live = liveNow();
    const isForgiven = (source: string): boolean => {
      if (isPublished || !live) return isPublished || !pool.isLive(source);
      return live.generation.unfit.includes(source) && mappingDigest(live.release.mappings, source) === mappingDigest(candidate.mappings, source);
    };
    return new Map([...pool.catalogs().keys()].filter(isForgiven).map((source) => [source, pool.isLive(source) ? 'quarantine' : 'offline']));
  };
  const composeOnce = (candidate: Release, isPublished: boolean): Promise<ComposeResult> =>
    runInSlices(composeSteps(configuration, candidate, pool.catalogs(), hubApi, baselinesOf(candidate), lenienceOf(candidate, isPublished)));

  return {
    carried,
    async compose(candidate, isPublished) {
      const result = await composeOnce(candidate, isPublished);
      const files = new Set(result.problems.flatMap(({ severity, file }) => (severity === 'error' ? [file] : [])));
      const faulty = candidate.mappings.filter(({ file, source }) => files.has(file) || result.composition?.unfit.includes(source)).map(({ source }) => source);
      const known = [...new Set(faulty)].filter((source) => pool.isLive(source));
      const altered = (await Promise.all(known.map(async (source) => ((await pool.introspect(source)) ? [source] : [])))).flat();
      if (altered.length === 0) return result;
      onAltered(altered);
      return composeOnce(candidate, isPublished);
    },
    composeWithout(candidate, source) {
      const others = <T>(bySource: ReadonlyMap<string, T>): ReadonlyMap<string, T> => new Map([...bySource].filter(([name]) => name !== source));
      return runInSlices(composeSteps(configuration, candidate, pool.catalogs(), hubApi, others(baselinesOf(candidate)), others(lenienceOf(candidate, true))));
    },
    problems: async (candidate) =>
      (await runInSlices(bindRelease(configuration, candidate, pool.catalogs(), baselinesOf(candidate), lenienceOf(candidate, false)))).problems,
  };
}
