import { glob, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Problem } from '../../schema/errors/problem.ts';
import type { HubConfiguration, Release } from '../../schema/model/configuration.ts';
import type { Normalizer } from '../../schema/model/mapping.ts';
import type { Place } from '../../schema/model/unified.ts';
import { checkRelease } from '../../schema/parse/check-release.ts';
import { parseAlertRules } from '../../schema/parse/alert-rules.ts';
import { parseChecks } from '../../schema/parse/checks.ts';
import { DEFAULT_RELEASE, escapeGlob } from '../../schema/parse/configuration.ts';
import { parseMapping } from '../../schema/parse/mapping.ts';
import { completeCrosswalks } from '../../schema/parse/own-keys.ts';
import { parseNormalizers } from '../../schema/parse/normalizers.ts';
import { placeWithin } from '../../schema/parse/origin.ts';
import { parseSdl } from '../../schema/parse/sdl.ts';

export interface ReleaseReading {
  /** There when no problem is an error. */
  readonly release?: Omit<Release, 'version'>;
  /** Of all files, by file and place; file names are relative to the folder of hub.yaml. */
  readonly problems: readonly Problem[];
}

interface TextFile {
  readonly text: string;
  readonly file: string;
}

/**
 * Reads the files that hub.yaml points to, parses each and checks them against one another. Never throws for what stands in a file or cannot be read;
 * all problems come at once.
 */
export async function readRelease(configuration: HubConfiguration): Promise<ReleaseReading> {
  const problems: Problem[] = [];
  const read = (part: Part) => readFiles(part, configuration, problems);
  const [sdl, mappingFiles, normalizerFiles, checkFiles, ruleFiles] = await Promise.all([
    read('schema'),
    read('mappings'),
    read('normalizers'),
    read('checks'),
    read('rules'),
  ]);
  const { model, problems: sdlProblems } = parseSdl(sdl);
  const mappings = mappingFiles.flatMap(({ text, file }) => {
    const { mapping, problems: found } = parseMapping(text, file);
    problems.push(...found);
    return mapping ?? [];
  });
  const normalizers = mergeNormalizers(normalizerFiles, problems);
  const checks = checkFiles.flatMap(({ text, file }) => {
    const { checks: own, problems: found } = parseChecks(text, file);
    problems.push(...found);
    return own ?? [];
  });
  const rules = ruleFiles.flatMap(({ text, file }) => {
    const { rules: own, problems: found } = parseAlertRules(text, file);
    problems.push(...found);
    return own ?? [];
  });
  problems.push(...sdlProblems);
  if (model !== undefined) problems.push(...checkRelease({ model, mappings, normalizers, checks, rules, configuration }));
  problems.sort(compareProblems);
  if (model === undefined || problems.some((problem) => problem.severity === 'error')) return { problems };
  return { release: { model, mappings: completeCrosswalks({ model, mappings, configuration }), normalizers, checks, rules }, problems };
}

/** The same order whichever file was read first. */
function compareProblems(a: Problem, b: Problem): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.severity, b.severity) || compareText(a.message, b.message);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function mergeNormalizers(files: readonly TextFile[], problems: Problem[]): ReadonlyMap<string, Normalizer> {
  const all = new Map<string, Normalizer>();
  for (const { text, file } of files) {
    const { normalizers, problems: found } = parseNormalizers(text, file);
    problems.push(...found);
    for (const [name, normalizer] of normalizers ?? []) {
      const place = placeWithin(normalizer, [], start(file));
      if (all.has(name)) problems.push({ ...place, message: `there are two normalisers "${name}"`, remedy: 'give each its own name', severity: 'error' });
      all.set(name, normalizer);
    }
  }
  return all;
}

type Part = keyof HubConfiguration['release'];

/** The files of one part of the release, by name. A release without normalisers, checks or alert rules need not say so. */
async function readFiles(part: Part, { file: hubFile, release }: HubConfiguration, problems: Problem[]): Promise<TextFile[]> {
  const folder = dirname(hubFile);
  const patterns = release[part];
  const paths = new Set<string>();
  for (const pattern of patterns) for await (const path of glob(pattern)) paths.add(resolve(path));
  const isOptional = part === 'normalizers' || part === 'checks' || part === 'rules';
  const isDefault = patterns.every((pattern) => pattern === resolve(escapeGlob(folder), DEFAULT_RELEASE[part]));
  if (paths.size === 0 && !(isOptional && isDefault)) {
    const written = patterns.map((pattern) => relative(escapeGlob(folder), pattern)).join(', ');
    problems.push({
      ...start(relative(folder, hubFile)),
      message: `no file matches release.${part} (${written})`,
      remedy: 'correct the pattern; it is relative to hub.yaml',
      severity: part === 'schema' ? 'error' : 'warning',
    });
  }
  const files = await Promise.all([...paths].sort().map((path) => readText(path, relative(folder, path), problems)));
  return files.filter((file) => file !== undefined);
}

const start = (file: string): Place => ({ file, line: 1, column: 1 });

async function readText(path: string, file: string, problems: Problem[]): Promise<TextFile | undefined> {
  const refuse = (message: string, remedy: string): undefined => void problems.push({ ...start(file), message, remedy, severity: 'error' });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    return refuse('the file cannot be read', 'check that it is a file and may be read');
  }
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('the file is not UTF-8 text', 'save it as UTF-8');
  }
}
