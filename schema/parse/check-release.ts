import type { Problem } from '../errors/problem.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import type { Check } from '../model/check.ts';
import type { HubConfiguration } from '../model/configuration.ts';
import type { Mapping, Normalizer } from '../model/mapping.ts';
import type { Policy } from '../model/policy.ts';
import { entityNames, type UnifiedModel } from '../model/unified.ts';
import { checkAuthorities } from './check-release-authorities.ts';
import { checkTests } from './check-release-tests.ts';
import { checkCrosswalks } from './check-release-crosswalks.ts';
import { checkPolicies } from './check-release-policy.ts';
import { checkFields } from './check-release-fields.ts';
import { placeWithin } from './origin.ts';
import { createReport, type Report } from './report.ts';
import { sortProblems } from './sdl-report.ts';
import { suggestion } from './suggest.ts';

/** What is published together, as parsed; see `Release`. */
export interface ReleaseParts {
  readonly model: UnifiedModel;
  readonly mappings: readonly Mapping[];
  readonly normalizers: ReadonlyMap<string, Normalizer>;
  readonly checks: readonly Check[];
  readonly rules: readonly AlertRule[];
  readonly policies: readonly Policy[];
  readonly configuration: HubConfiguration;
  /** Whether there is a file of mappings of which nothing could be read, so that nobody knows what it maps. Default false. */
  readonly unread?: boolean;
}

/**
 * Everything about the files of a release that can be told without a database: names that one file uses and another must define, types that must fit.
 * All at once, in the order of the files. Whether tables and columns exist, and whether a column's type suits its steps, is checked when a
 * mapping is bound to its source's catalog.
 */
export function checkRelease(parts: ReleaseParts): Problem[] {
  const report = createReport();
  const seen = new Map<string, Mapping>();
  for (const mapping of parts.mappings) checkMapping(mapping, parts, seen, report);
  checkAuthorities(parts, report);
  checkTests(parts, report);
  checkPolicies(parts, report);
  return sortProblems(report.problems);
}

function checkMapping(mapping: Mapping, parts: ReleaseParts, seen: Map<string, Mapping>, report: Report): void {
  const { model, configuration } = parts;
  const start = { file: mapping.file, line: 1, column: 1 };
  // A file that names no source has been told so.
  if (mapping.source !== '' && !configuration.sources.has(mapping.source)) {
    report.error(
      placeWithin(mapping, ['source'], start),
      `there is no source "${mapping.source}"`,
      suggestion(mapping.source, [...configuration.sources.keys()], 'list it under "sources" in hub.yaml'),
    );
  }
  for (const [name, typeMapping] of mapping.types) {
    const first = seen.get(`${mapping.source} ${name}`);
    if (first !== undefined)
      report.error(typeMapping.place, `source "${mapping.source}" maps "${name}" twice (also in ${first.file})`, 'put all of it into one mapping');
    seen.set(`${mapping.source} ${name}`, mapping);
    const type = model.types.get(name);
    if (type === undefined)
      report.error(typeMapping.place, `there is no unified type "${name}"`, suggestion(name, entityNames(model), 'define it in the schema'));
    else if (type.kind === 'value')
      report.error(typeMapping.place, `"${name}" is no entity but a value inside others`, 'map its leaves where it stands, as field.leaf');
    else checkFields(type, typeMapping, mapping, parts, report);
  }
  checkCrosswalks(mapping, parts, seen, report);
}
