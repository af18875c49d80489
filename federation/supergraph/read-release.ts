import { glob, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Problem } from '../../schema/errors/problem.ts';
import type { Check } from '../../schema/model/check.ts';
import type { HubConfiguration, Release } from '../../schema/model/configuration.ts';
import type { Mapping, Normalizer } from '../../schema/model/mapping.ts';
import { checkRelease } from '../../schema/parse/check-release.ts';
import { parseChecks } from '../../schema/parse/checks.ts';
import { DEFAULT_RELEASE } from '../../schema/parse/configuration.ts';
import { parseMapping } from '../../schema/parse/mapping.ts';
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
  const read = (patterns: readonly string[], what: keyof HubConfiguration['release'], severity: Problem['severity']) => readFiles(patterns, configuration.file, what, severity, problems);
  const [sdl, mappingFiles, normalizerFiles, checkFiles] = await Promise.all([
    read(configuration.release.schema, 'schema', 'error'),
    read(configuration.release.mappings, 'mappings', 'warning'),
    read(configuration.release.normalizers, 'normalizers', 'warning'),
    read(configuration.release.checks, 'checks', 'warning'),
  ]);
  const { model, problems: sdlProblems } = parseSdl(sdl);
  const mappings = collect<Mapping>(mappingFiles, (text, file) => { const { mapping, problems: found } = parseMapping(text, file); return { value: mapping, found }; }, problems);
  const normalizers = mergeNormalizers(normalizerFiles, problems);
  const checks = collect<readonly Check[]>(checkFiles, (text, file) => { const { checks: value, problems: found } = parseChecks(text, file); return { value, found }; }, problems).flat();
  problems.push(...sdlProblems);
  if (model !== undefined) problems.push(...checkRelease({ model, mappings, normalizers, checks, configuration }));
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  if (model === undefined || problems.some((problem) => problem.severity === 'error')) return { problems };
  return { release: { model, mappings, normalizers, checks }, problems };
}

function collect<T>(files: readonly TextFile[], parse: (text: string, file: string) => { value: T | undefined; found: readonly Problem[] }, problems: Problem[]): T[] {
  return files.flatMap(({ text, file }) => {
    const { value, found } = parse(text, file);
    problems.push(...found);
    return value === undefined ? [] : [value];
  });
}

function mergeNormalizers(files: readonly TextFile[], problems: Problem[]): ReadonlyMap<string, Normalizer> {
  const all = new Map<string, Normalizer>();
  for (const { text, file } of files) {
    const { normalizers, problems: found } = parseNormalizers(text, file);
    problems.push(...found);
    for (const [name, normalizer] of normalizers ?? []) {
      const place = placeWithin(normalizer, [], { file, line: 1, column: 1 });
      if (all.has(name)) problems.push({ ...place, message: `there are two normalisers "${name}"`, remedy: 'give each its own name', severity: 'error' });
      all.set(name, normalizer);
    }
  }
  return all;
}

/** `severity`: how bad it is when no file matches; a release without normalisers or checks need not say so. */
async function readFiles(patterns: readonly string[], hubFile: string, what: keyof HubConfiguration['release'], severity: Problem['severity'], problems: Problem[]): Promise<TextFile[]> {
  const folder = dirname(hubFile);
  const place = { file: relative(folder, hubFile), line: 1, column: 1 };
  const paths = new Set<string>();
  for (const pattern of patterns) for await (const path of glob(pattern)) paths.add(resolve(path));
  const optional = (what === 'normalizers' || what === 'checks') && patterns.every((pattern) => pattern === resolve(folder, DEFAULT_RELEASE[what]));
  if (paths.size === 0 && !optional) {
    problems.push({ ...place, message: `no file matches release.${what} (${patterns.map((pattern) => relative(folder, pattern)).join(', ')})`, remedy: 'correct the pattern; it is relative to hub.yaml', severity });
  }
  const files: TextFile[] = [];
  for (const path of [...paths].sort()) {
    const file = relative(folder, path);
    try {
      files.push({ file, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) });
    } catch (error) {
      const notText = error instanceof TypeError;
      problems.push({ file, line: 1, column: 1, message: notText ? 'the file is not UTF-8 text' : 'the file cannot be read', remedy: notText ? 'save it as UTF-8' : 'check that it is a file and may be read', severity: 'error' });
    }
  }
  return files;
}
