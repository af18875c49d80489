import { hostname } from 'node:os';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Problem } from '../schema/errors/problem.ts';
import type { Release, ReleaseFile } from '../schema/model/release.ts';
import { runInSlices } from '../schema/parse/in-slices.ts';
import { parseReleaseSteps } from '../schema/parse/parse-release.ts';
import type { Store } from '../store/store.ts';
import { releaseDigest } from './release-digest.ts';
import { appendRelease, storedFiles } from './stored-release.ts';

export interface StartingRelease {
  /** What the hub starts with; absent when there are errors. */
  readonly release?: Release;
  readonly problems: readonly Problem[];
  /** False: the files say nothing new, and what is live stands. */
  readonly isNew: boolean;
  /** To be called when the release is known to compose: keeps it, and remembers the files as seen. False: another instance published at this moment. */
  readonly commit: () => Promise<boolean>;
  /** Files of the live release that what stands on disk replaces although an officer had changed them since. */
  readonly overridden: readonly string[];
}

export interface ImportOptions {
  readonly store: Store;
  readonly configuration: HubConfiguration;
  /** As they stand on disk, with what reading them has met. */
  readonly files: readonly ReleaseFile[];
  readonly problems: readonly Problem[];
  readonly clock: () => Date;
  /** Whether what is live in the store stands, whatever the files say. Default false. */
  readonly ignoreFiles?: boolean;
  /** Who publishes them, and why. Default: whoever changed the files. */
  readonly by?: string;
  readonly why?: string;
}

const LAST_IMPORT = 'release.imported';

/**
 * What a hub starts with. Files on disk that differ from those imported last become a new release, so that who edits a file and starts again sees it;
 * otherwise the store's live release stands, whatever officers have published meanwhile. Only files that changed on disk are taken from there.
 */
export async function startingRelease({
  store,
  configuration,
  files: disk,
  problems,
  clock,
  by = 'files',
  why = 'the files on disk changed',
  ignoreFiles = false,
}: ImportOptions): Promise<StartingRelease> {
  // Whoever only looks at what is live publishes nothing by that.
  const files = ignoreFiles ? [] : disk;
  const live = await store.releases.live();
  const lastOfAll = await readImport(store, LAST_IMPORT);
  const ownKey = `${LAST_IMPORT}:${hostname()}:${configuration.file}`;
  const lastHere = await readImport(store, ownKey);
  const digest = releaseDigest(files);
  const isNew = live === undefined || (!ignoreFiles && !isEmpty(files) && digest !== lastOfAll?.digest && digest !== lastHere?.digest);
  if (!isNew) {
    const stored = await storedFiles(store, live.number);
    const commit = async (): Promise<boolean> => {
      if (!ignoreFiles && lastHere?.digest !== digest && !isEmpty(files)) await store.settings.set(ownKey, JSON.stringify({ digest, release: live.number }));
      return true;
    };
    return { ...(await parsed(stored, live.number, configuration, [])), isNew, commit, overridden: [] };
  }
  const liveFiles = live === undefined ? [] : await storedFiles(store, live.number);
  const baseFiles = lastOfAll === undefined ? liveFiles : await storedFiles(store, lastOfAll.release);
  const { merged, overridden } = mergeFiles(files, baseFiles, liveFiles);
  const number = (live?.number ?? 0) + 1;
  const isUnchanged = live !== undefined && releaseDigest(merged) === live.digest;
  return {
    ...(await parsed(merged, isUnchanged ? live.number : number, configuration, problems)),
    overridden,
    isNew: !isUnchanged,
    commit: () =>
      store.transaction(async (tables) => {
        const row = { number, at: clock().toISOString(), by, why, origin: 'files', restores: null, approvedBy: null } as const;
        if (!isUnchanged && !(await appendRelease(tables, row, merged))) return false;
        const base = JSON.stringify({ digest, release: isUnchanged ? live.number : number });
        await tables.settings.set(LAST_IMPORT, base);
        await tables.settings.set(ownKey, base);
        return true;
      }),
  };
}

/** Without a schema there is no release on disk: the store alone holds it. */
const isEmpty = (files: readonly ReleaseFile[]): boolean => !files.some(({ part }) => part === 'schema');

async function parsed(
  files: readonly ReleaseFile[],
  version: number,
  configuration: HubConfiguration,
  first: readonly Problem[],
): Promise<Pick<StartingRelease, 'release' | 'problems'>> {
  const { release, problems } = await runInSlices(parseReleaseSteps(files, configuration, first));
  return { problems, ...(release ? { release: { ...release, version } } : {}) };
}

async function readImport(store: Store, key: string): Promise<{ readonly digest: string; readonly release: number } | undefined> {
  const text = await store.settings.get(key);
  return text === undefined ? undefined : (JSON.parse(text) as { digest: string; release: number });
}

/** Three ways: what changed on disk since the last import comes from disk, everything else is as it is live. */
function mergeFiles(
  disk: readonly ReleaseFile[],
  base: readonly ReleaseFile[],
  live: readonly ReleaseFile[],
): { readonly merged: readonly ReleaseFile[]; readonly overridden: readonly string[] } {
  const keyed = (files: readonly ReleaseFile[]) => new Map(files.map((file) => [`${file.part} ${file.path}`, file]));
  const [onDisk, before, now] = [keyed(disk), keyed(base), keyed(live)];
  const merged: ReleaseFile[] = [];
  const overridden: string[] = [];
  for (const key of new Set([...onDisk.keys(), ...now.keys()])) {
    const [ours, then, theirs] = [onDisk.get(key), before.get(key), now.get(key)];
    const changedHere = ours?.text !== then?.text;
    if (changedHere && theirs?.text !== then?.text && theirs?.text !== ours?.text && theirs) overridden.push(theirs.path);
    const taken = changedHere ? ours : theirs;
    if (taken) merged.push(taken);
  }
  return { merged, overridden };
}
