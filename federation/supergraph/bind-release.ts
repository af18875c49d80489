import type { Problem } from '../../schema/errors/problem.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { configurationOf, type Release } from '../../schema/model/release.ts';
import { conditionProblems } from '../expression/check-conditions.ts';
import { expressionProblems } from '../expression/check-model.ts';
import { bindDrifted, bindUnfit, type Quarantined, type Sound } from '../drift/bind-drifted.ts';
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
  /** Sources that a mapping does not fit, and may. */
  readonly unfit: readonly string[];
}

/**
 * What becomes of a mapping that does not fit its source, where that is no error: its source counts as never reached, or what cannot be read of it is
 * quarantined.
 */
export type Lenience = ReadonlyMap<string, 'offline' | 'quarantine'>;

/**
 * Puts every mapping on its source's catalog, one after the other. Finds all that is wrong, whatever else is wrong with the release.
 * @param baselines of sources whose mapping was sound on this catalog: what no longer fits is quarantined, and no error
 * @param lenience of sources whose mapping is live already, or cannot be tested
 */
export function* bindRelease(
  base: HubConfiguration,
  release: Release,
  catalogs: ReadonlyMap<string, Catalog>,
  baselines: ReadonlyMap<string, Sound> = new Map(),
  lenience: Lenience = new Map(),
): Generator<void, BoundRelease> {
  const configuration = configurationOf(base, release);
  const types: TypeBinding[] = [];
  const crosswalks: CrosswalkBinding[] = [];
  const problems: Problem[] = [...expressionProblems(release.model), ...conditionProblems(release.model, release.checks, release.rules)];
  const offline: string[] = [];
  const quarantine: Quarantined[] = [];
  const unfit: string[] = [];
  for (const mapping of release.mappings) {
    yield;
    const source = configuration.sources.get(mapping.source);
    if (!source) continue; // reported when the release was read
    const catalog = catalogs.get(mapping.source);
    const input = {
      mapping,
      model: release.model,
      normalizers: release.normalizers,
      department: source.department,
      timeZone: configuration.timeZone,
    };
    const baseline = baselines.get(mapping.source);
    const fitted = catalog && (baseline ? bindDrifted({ ...input, catalog }, baseline) : bindMapping({ ...input, catalog }));
    const mercy = fitted?.problems.some(({ severity }) => severity === 'error') ? lenience.get(mapping.source) : undefined;
    if (mercy) unfit.push(mapping.source);
    if (!catalog || mercy === 'offline') offline.push(mapping.source);
    const bound =
      catalog && mercy === 'quarantine'
        ? bindUnfit({ ...input, catalog })
        : fitted && mercy === undefined
          ? fitted
          : offlineBindings(mapping, release.model, source.department);
    types.push(...bound.types);
    crosswalks.push(...bound.crosswalks);
    if ('quarantine' in bound) quarantine.push(...bound.quarantine);
    problems.push(...(fitted?.problems ?? []).map((problem): Problem => (mercy ? { ...problem, severity: 'warning' } : problem)));
  }
  return { types, crosswalks, offline, problems, quarantine, unfit };
}
