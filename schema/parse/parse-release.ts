import type { Problem } from '../errors/problem.ts';
import { compareText } from '../model/compare-text.ts';
import type { HubConfiguration } from '../model/configuration.ts';
import type { Normalizer } from '../model/mapping.ts';
import { configurationOf, type Release, type ReleaseFile, type ReleasePart } from '../model/release.ts';
import { parseAlertRules } from './alert-rules.ts';
import { checkRelease } from './check-release.ts';
import { parseChecks } from './checks.ts';
import { parseMapping } from './mapping.ts';
import { completeCrosswalks } from './own-keys.ts';
import { AnyNormalizers, parseNormalizers } from './normalizers.ts';
import { runAll } from './in-slices.ts';
import { placeWithin } from './origin.ts';
import { rememberText } from './remember-text.ts';
import { parsePolicy } from './policy.ts';
import { parseReleaseSources } from './release-sources.ts';
import { parseSdlSteps } from './sdl.ts';

export interface ReleaseReading {
  /** There when no problem is an error. */
  readonly release?: Omit<Release, 'version'>;
  /** What could be read of it, errors or not, so that it can be checked further and all errors come at once. Not to be run. */
  readonly partial?: Omit<Release, 'version'>;
  /** Of all files, by file and place. */
  readonly problems: readonly Problem[];
}

/** A draft changes few of a release's files: the others are not parsed again. Parsed parts are never changed, so they may be shared. */
const mappingOf = rememberText((file: ReleaseFile) => parseMapping(file.text, file.path), 200);
const normalizersOf = rememberText((file: ReleaseFile) => parseNormalizers(file.text, file.path), 50);
const checksOf = rememberText((file: ReleaseFile) => parseChecks(file.text, file.path), 50);
const rulesOf = rememberText((file: ReleaseFile) => parseAlertRules(file.text, file.path), 50);
const policyOf = rememberText((file: ReleaseFile) => parsePolicy(file.text, file.path), 50);
const sdlOf = rememberText((files: readonly ReleaseFile[]) => parseSdlSteps(files.map(({ text, path }) => ({ text, file: path }))), 8);

/**
 * The one reading of a release, whether its files come from disk, from the store or from a draft: parses each and checks them against one another.
 * Never throws for what stands in a file; all problems come at once. `first` are problems that reading the files has met already.
 */
export function parseRelease(...input: ReleaseInput): ReleaseReading {
  return runAll(parseReleaseSteps(...input));
}

export type ReleaseInput = [files: readonly ReleaseFile[], base: HubConfiguration, first?: readonly Problem[]];

/** As `parseRelease`, in steps between which other work may run. */
export function* parseReleaseSteps(...[files, base, first = []]: ReleaseInput): Generator<void, ReleaseReading> {
  const problems: Problem[] = [...first];
  const of = (part: ReleasePart): readonly ReleaseFile[] => files.filter((file) => file.part === part).toSorted((a, b) => compareText(a.path, b.path));
  const { model, problems: sdlProblems } = yield* sdlOf(of('schema'));
  const readings = yield* readAll(of('mappings'), mappingOf, problems);
  const mappings = readings.flatMap(({ mapping, partial }) => mapping ?? partial ?? []);
  const normalizers = yield* mergeNormalizers(of('normalizers'), problems);
  const checks = (yield* readAll(of('checks'), checksOf, problems)).flatMap(({ checks }) => checks ?? []);
  const rules = (yield* readAll(of('rules'), rulesOf, problems)).flatMap(({ rules }) => rules ?? []);
  const policies = (yield* readAll(of('policy'), policyOf, problems)).flatMap(({ policy }) => policy ?? []);
  const users = new Map<string, string>();
  const added = of('sources').map((file) => {
    const { problems: found, ...sources } = parseReleaseSources(file, base, users);
    problems.push(...found);
    return sources;
  });
  const departments = new Map(added.flatMap((each) => [...each.departments]));
  const sources = new Map(added.flatMap((each) => [...each.sources]));
  const configuration = configurationOf(base, { departments, sources });
  problems.push(...sdlProblems);
  yield;
  if (model !== undefined)
    problems.push(...checkRelease({ model, mappings, normalizers, checks, rules, policies, configuration, unread: mappings.length < readings.length }));
  problems.sort(compareProblems);
  if (model === undefined) return { problems };
  const partial = { model, mappings: completeCrosswalks({ model, mappings, configuration }), normalizers, checks, rules, policies, departments, sources };
  return { ...(problems.some((problem) => problem.severity === 'error') ? {} : { release: partial }), partial, problems };
}

function* readAll<T extends { readonly problems: readonly Problem[] }>(
  files: readonly ReleaseFile[],
  read: (file: ReleaseFile) => Generator<void, T>,
  problems: Problem[],
): Generator<void, T[]> {
  const all: T[] = [];
  for (const file of files) {
    const one = yield* read(file);
    problems.push(...one.problems);
    all.push(one);
  }
  return all;
}

/** The same order whichever file was read first. */
function compareProblems(a: Problem, b: Problem): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.severity, b.severity) || compareText(a.message, b.message);
}

function* mergeNormalizers(files: readonly ReleaseFile[], problems: Problem[]): Generator<void, ReadonlyMap<string, Normalizer>> {
  const all = new Map<string, Normalizer>();
  let isUnread = false;
  for (const file of files) {
    const { normalizers, problems: found } = yield* normalizersOf(file);
    problems.push(...found);
    isUnread ||= normalizers === undefined;
    for (const [name, normalizer] of normalizers ?? []) {
      const place = placeWithin(normalizer, [], { file: file.path, line: 1, column: 1 });
      if (all.has(name)) problems.push({ ...place, message: `there are two normalisers "${name}"`, remedy: 'give each its own name', severity: 'error' });
      all.set(name, normalizer);
    }
  }
  return isUnread ? new AnyNormalizers(all) : all;
}
