import normalizersSchema from '../json-schema/normalizers.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { Normalizer } from '../model/mapping.ts';
import { placeWithin, withOrigin } from './origin.ts';
import { inspectPattern, PATTERN_REMEDY } from './portable-pattern.ts';
import { createReport, type Report } from './report.ts';
import { createShapeCheck, withoutFaults } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { readTexts } from './yaml-read.ts';

const checkShape = createShapeCheck(normalizersSchema);

/** What stands for a normaliser that is wrong: whoever names it need not be told that there is none. */
const NO_STEPS: Normalizer = { fold: false, trim: false, upper: false, remove: [] };

/** For a file that cannot be read: it may define any name. */
export class AnyNormalizers extends Map<string, Normalizer> {
  override has(): boolean {
    return true;
  }
  override get(): Normalizer {
    return NO_STEPS;
  }
}

/**
 * Reads `normalizers.yaml`. Never throws; an empty file holds none. `normalizers` is there whenever the file can be read, and one that is wrong does nothing;
 * fit for use only when no problem is an error.
 */
export function parseNormalizers(text: string, file: string): { normalizers?: ReadonlyMap<string, Normalizer>; problems: Problem[] } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  if (root.value === null) return { normalizers: new Map(), problems: [...problems] };
  const shape = checkShape(root);
  const report = createReport([...problems, ...shape.problems]);
  const sound = withoutFaults(root, shape.faulty, [['*']])?.entries;
  const normalizers = new Map(
    [...root.entries].map(([name, node]) => {
      const normalizer = sound?.has(name) ? readNormalizer(node) : undefined;
      const isSound = normalizer !== undefined && checkNormalizer(name, normalizer, root, report);
      return [name, isSound ? normalizer : withOrigin({ ...NO_STEPS }, node)];
    }),
  );
  return { ...(root.kind === 'map' ? { normalizers } : {}), problems: sortProblems(report.problems) };
}

function readNormalizer(node: YamlNode): Normalizer {
  const get = (key: string): YamlNode | undefined => node.entries.get(key);
  const keep = get('keep')?.text as Normalizer['keep'];
  const match = get('match')?.text;
  const format = get('format')?.text;
  return withOrigin<Normalizer>(
    {
      fold: get('fold')?.value === true,
      trim: get('trim')?.value === true,
      upper: get('upper')?.value === true,
      remove: readTexts(get('remove')),
      ...(keep === undefined ? {} : { keep }),
      ...(match === undefined ? {} : { match }),
      ...(format === undefined ? {} : { format }),
    },
    node,
  );
}

function checkNormalizer(name: string, normalizer: Normalizer, root: YamlNode, report: Report): boolean {
  const faults = report.problems.length;
  const { match, format } = normalizer;
  const at = (key: string) => placeWithin(normalizer, [key], root.place);
  const { groups, fault } = match === undefined ? { groups: 0, fault: undefined } : inspectPattern(match);
  if (fault !== undefined) report.error(at('match'), `the pattern of normaliser "${name}" ${fault}`, PATTERN_REMEDY);
  if (format === undefined) return report.problems.length === faults;
  if (match === undefined)
    report.error(at('format'), `normaliser "${name}" has "format" but no "match"`, 'add "match" with the groups that "format" puts together');
  else if (fault === undefined) {
    const bad = [...format.matchAll(/\{([^{}]*)\}/g)].map((part) => part[1] ?? '').find((part) => !/^[1-9]\d*$/.test(part) || Number(part) > groups);
    if (bad !== undefined)
      report.error(
        at('format'),
        `"{${bad}}" in the format of normaliser "${name}" is no group of its pattern`,
        groups === 0 ? 'put the parts of "match" in ( )' : `use {1} to {${groups}}`,
      );
  }
  return report.problems.length === faults;
}
