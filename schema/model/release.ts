import type { HubConfiguration } from './configuration.ts';
import type { AlertRule } from './alert-rule.ts';
import type { Mapping, Normalizer } from './mapping.ts';
import type { Check } from './check.ts';
import type { Policy } from './policy.ts';
import type { UnifiedModel } from './unified.ts';

/** What a file of a release holds; each has its key under `release` in hub.yaml. */
export const RELEASE_PARTS = ['schema', 'mappings', 'normalizers', 'checks', 'rules', 'policy', 'sources'] as const;
export type ReleasePart = (typeof RELEASE_PARTS)[number];

/** One file of a release as a person wrote it. The texts are the release: everything else is made of them. */
export interface ReleaseFile {
  readonly part: ReleasePart;
  /** Relative to the folder of hub.yaml, with `/`; names the file in every problem. Unique within a release. */
  readonly path: string;
  readonly text: string;
}

/** What is published together and becomes one generation. */
export interface Release {
  /** Its number in the store; 0 while it is not published. */
  readonly version: number;
  readonly model: UnifiedModel;
  readonly mappings: readonly Mapping[];
  readonly normalizers: ReadonlyMap<string, Normalizer>;
  readonly checks: readonly Check[];
  readonly rules: readonly AlertRule[];
  readonly policies: readonly Policy[];
  /** Beside those of hub.yaml. */
  readonly departments: HubConfiguration['departments'];
  readonly sources: HubConfiguration['sources'];
}

/** hub.yaml's departments and sources with those that a release adds. */
export function configurationOf(configuration: HubConfiguration, { departments, sources }: Pick<Release, 'departments' | 'sources'>): HubConfiguration {
  if (departments.size === 0 && sources.size === 0) return configuration;
  return {
    ...configuration,
    departments: new Map([...departments, ...configuration.departments]),
    sources: new Map([...sources, ...configuration.sources]),
  };
}
