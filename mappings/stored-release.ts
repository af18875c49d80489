import { HubError } from '../schema/errors/hub-error.ts';
import { printProblem } from '../schema/errors/problem.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { RELEASE_PARTS, type Release, type ReleaseFile, type ReleasePart } from '../schema/model/release.ts';
import { runInSlices } from '../schema/parse/in-slices.ts';
import { parseReleaseSteps } from '../schema/parse/parse-release.ts';
import type { ReleaseRow } from '../store/releases-table.ts';
import type { StoreTables } from '../store/store.ts';
import { releaseDigest, textDigest } from './release-digest.ts';

/** The texts of a release of the store. */
export async function storedFiles(store: StoreTables, number: number): Promise<ReleaseFile[]> {
  const files = await store.releases.files(number);
  // What an older version published and this one has no name for cannot be read by it.
  return files.flatMap(({ part, path, text }) => (isPart(part) ? [{ part, path, text }] : []));
}

const isPart = (part: string): part is ReleasePart => RELEASE_PARTS.some((known) => known === part);

/** Writes a release if its number is still free. Inside a transaction. */
export function appendRelease(store: StoreTables, row: Omit<ReleaseRow, 'digest'>, files: readonly ReleaseFile[]): Promise<boolean> {
  return store.releases.append(
    { ...row, digest: releaseDigest(files) },
    files.map(({ part, path, text }) => ({ part, path, text, digest: textDigest(text) })),
  );
}

/** Parsed, as release `version`. @throws {HubError} MAPPING_INVALID with every problem on a line of its own */
export async function requireRelease(files: readonly ReleaseFile[], version: number, configuration: HubConfiguration): Promise<Release> {
  const { release, problems } = await runInSlices(parseReleaseSteps(files, configuration));
  if (!release) throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
  return { ...release, version };
}
