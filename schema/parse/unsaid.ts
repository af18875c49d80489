import type { Problem } from '../errors/problem.ts';
import type { Mapping } from '../model/mapping.ts';
import type { Place } from '../model/unified.ts';
import { isWhole } from './as-written.ts';
import { originOf, placeWithin } from './origin.ts';
import type { ReleaseReading } from './parse-release.ts';
import type { YamlNode } from './yaml.ts';

/**
 * Of what binding has found, that which reading the files has not told: neither in other words of the same place, nor as the loss of a part that could not
 * be read.
 */
export function unsaid({ partial, problems }: ReleaseReading, found: readonly Problem[]): Problem[] {
  if (found.length === 0) return [];
  const told = new Set(problems.map(placeKey));
  const mappings = partial?.mappings ?? [];
  const said = new Set([...told, ...mappings.flatMap((mapping) => [...gapsOf(mapping), ...stepsOf(mapping, told)]).map(placeKey)]);
  return found.filter((problem) => !said.has(placeKey(problem)));
}

const placeKey = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

/** Where binding misses a part of the mapping that was left out. */
function gapsOf(mapping: Mapping): Place[] {
  const types = [...mapping.types].flatMap(([name, { place, fields }]) => [
    ...(isWhole(mapping, 'types', name) ? [] : [place]),
    ...[...fields.values()].flatMap((value) =>
      value.crosswalk === undefined || isWhole(mapping, 'crosswalks', value.crosswalk) ? [] : [placeWithin(value, ['crosswalk'], value.place)],
    ),
  ]);
  const crosswalks = [...mapping.crosswalks.values()].flatMap(({ of, place }) => (of === undefined || isWhole(mapping, 'types', of) ? [] : [place]));
  return [...types, ...crosswalks];
}

/** Steps with parts, such as single codes, of which something has been told: binding speaks of such a step as a whole. */
function stepsOf(mapping: Mapping, told: ReadonlySet<string>): Place[] {
  const isTold = (node: YamlNode): boolean =>
    [...node.entries.values(), ...node.items].some((part) => told.has(placeKey(part.keyPlace)) || told.has(placeKey(part.place)) || isTold(part));
  const values = [...mapping.types.values()].flatMap(({ fields }) => [...fields.values()]);
  return values
    .flatMap((value) => [...(originOf(value)?.entries ?? [])])
    .flatMap(([key, step]) => (STEPS.includes(key) && isTold(step) ? [step.keyPlace] : []));
}

const STEPS: readonly string[] = ['codes', 'date', 'boolean', 'amount', 'extract', 'part', 'replace'];
