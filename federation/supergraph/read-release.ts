import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Problem } from '../../schema/errors/problem.ts';
import type { HubConfiguration } from '../../schema/model/configuration.ts';
import { RELEASE_PARTS, type ReleaseFile, type ReleasePart } from '../../schema/model/release.ts';
import type { Place } from '../../schema/model/unified.ts';
import { DEFAULT_RELEASE, escapeGlob } from '../../schema/parse/configuration.ts';
import { parseRelease, type ReleaseReading } from '../../schema/parse/parse-release.ts';

export interface ReleaseFiles {
  readonly files: readonly ReleaseFile[];
  /** Files that cannot be read and patterns that match nothing; names are relative to the folder of hub.yaml. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the files that hub.yaml points to, parses each and checks them against one another. Never throws for what stands in a file or cannot be read;
 * all problems come at once.
 */
export async function readRelease(configuration: HubConfiguration): Promise<ReleaseReading> {
  const { files, problems } = await readReleaseFiles(configuration);
  return parseRelease(files, configuration, problems);
}

/** The texts of a release's files on disk, by part and name. */
export async function readReleaseFiles(configuration: HubConfiguration): Promise<ReleaseFiles> {
  const problems: Problem[] = [];
  const parts = await Promise.all(RELEASE_PARTS.map((part) => readFiles(part, configuration, problems)));
  const files = parts.flat();
  // Before there is anything at all the hub runs too: sources can be studied, and the first release published.
  if (files.every(({ part }) => part === 'sources')) return { files, problems: problems.map((problem) => ({ ...problem, severity: 'warning' })) };
  return { files, problems };
}

/** A release need not have these, nor say so. */
const OPTIONAL: ReadonlySet<ReleasePart> = new Set(['normalizers', 'checks', 'rules', 'policy', 'sources']);

async function readFiles(part: ReleasePart, { file: hubFile, release }: HubConfiguration, problems: Problem[]): Promise<ReleaseFile[]> {
  const folder = dirname(hubFile);
  const patterns = release[part];
  const paths = new Set<string>();
  for (const pattern of patterns) for await (const path of glob(pattern)) paths.add(resolve(path));
  const isDefault = patterns.every((pattern) => pattern === resolve(escapeGlob(folder), DEFAULT_RELEASE[part]));
  if (paths.size === 0 && !(OPTIONAL.has(part) && isDefault)) {
    const written = patterns.map((pattern) => relative(escapeGlob(folder), pattern)).join(', ');
    problems.push({
      ...start(relative(folder, hubFile)),
      message: `no file matches release.${part} (${written})`,
      remedy: 'correct the pattern; it is relative to hub.yaml',
      severity: part === 'schema' ? 'error' : 'warning',
    });
  }
  const files = await Promise.all([...paths].sort().map((path) => readText(part, path, relative(folder, path).replaceAll(sep, '/'), problems)));
  return files.filter((file) => file !== undefined);
}

const FILE_BYTES_MAX = 16 * 1024 * 1024;

const start = (file: string): Place => ({ file, line: 1, column: 1 });

async function readText(part: ReleasePart, path: string, shown: string, problems: Problem[]): Promise<ReleaseFile | undefined> {
  const refuse = (message: string, remedy: string): undefined => void problems.push({ ...start(shown), message, remedy, severity: 'error' });
  let bytes: Uint8Array;
  try {
    const found = await stat(path);
    // Reading a device or a pipe may never end.
    if (!found.isFile() || found.size > FILE_BYTES_MAX) return refuse('it is no file of at most 16 MiB', 'name files of text; split a large one');
    bytes = await readFile(path);
  } catch {
    return refuse('the file cannot be read', 'check that it is a file and may be read');
  }
  try {
    return { part, path: shown, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('the file is not UTF-8 text', 'save it as UTF-8');
  }
}
