import type { Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { configurationOf, type Release } from '../../schema/model/release.ts';
import { conditionProblems } from '../expression/check-conditions.ts';
import { expressionProblems } from '../expression/check-model.ts';
import { bindDrifted, type Quarantined, type Sound } from '../drift/bind-drifted.ts';
import { bindMapping } from './bind-mapping.ts';
import type { CrosswalkBinding, TypeBinding } from './binding.ts';
import { offlineBindings } from './offline.ts';

export interface BoundRelease {
  readonly types: readonly TypeBinding[];
  readonly crosswalks: readonly CrosswalkBinding[];
  /** Sources whose catalog is not known. */
  readonly offline: readonly string[];
  readonly problems: readonly Problem[];
  /** What drifted sources can no longer be asked. */
  readonly quarantine: readonly Quarantined[];
}

/**
 * Puts every mapping on its source's catalog, one after the other. Finds all that is wrong, whatever else is wrong with the release.
 * @param baselines of sources whose mapping was sound on this catalog: what no longer fits is quarantined, and no error
 */
export function* bindRelease(
  base: HubConfiguration,
  release: Release,
  catalogs: ReadonlyMap<string, Catalog>,
  baselines: ReadonlyMap<string, Sound> = new Map(),
): Generator<void, BoundRelease> {
  const configuration = configurationOf(base, release);
  const types: TypeBinding[] = [];
  const crosswalks: CrosswalkBinding[] = [];
  const problems: Problem[] = [...expressionProblems(release.model), ...conditionProblems(release.model, release.checks, release.rules)];
  const offline: string[] = [];
  const quarantine: Quarantined[] = [];
  for (const mapping of release.mappings) {
    yield;
    const source = configuration.sources.get(mapping.source);
    if (!source) continue; // reported when the release was read
    const catalog = catalogs.get(mapping.source);
    if (!catalog) offline.push(mapping.source);
    const input = {
      mapping,
      model: release.model,
      normalizers: release.normalizers,
      department: source.department,
      timeZone: configuration.timeZone,
    };
    const baseline = baselines.get(mapping.source);
    if (catalog && baseline) {
      if (baseline.isNew) problems.push(...bindMapping({ ...input, catalog }).problems);
      const drifted = bindDrifted({ ...input, catalog }, baseline);
      types.push(...drifted.types);
      crosswalks.push(...drifted.crosswalks);
      quarantine.push(...drifted.quarantine);
      continue;
    }
    const bound = catalog ? bindMapping({ ...input, catalog }) : { ...offlineBindings(mapping, release.model, source.department), problems: [] };
    types.push(...bound.types);
    crosswalks.push(...bound.crosswalks);
    problems.push(...bound.problems);
  }
  return { types, crosswalks, offline, problems, quarantine };
}
