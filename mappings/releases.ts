import type { Federation } from '../federation/supergraph/federation.ts';
import { readReleaseFiles } from '../federation/supergraph/read-release.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { printProblem } from '../schema/errors/problem.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { ReleaseFile } from '../schema/model/release.ts';
import type { ReleaseRow } from '../store/releases-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { requireMayChange, type Editor } from './editor.ts';
import { printFileDiff } from './file-diff.ts';
import { startingRelease } from './import-files.ts';
import { appendRelease, requireRelease, storedFiles } from './stored-release.ts';

/** What has been published, and how a release becomes live. */
export interface Releases {
  /** What is live in the store; this instance follows within a second. */
  live(): Promise<ReleaseRow>;
  /** @throws {HubError} BAD_USER_INPUT when there is none of this number */
  get(number: number): Promise<ReleaseRow>;
  files(number: number): Promise<readonly ReleaseFile[]>;
  /** By path: since when the live release's files say what they say, RFC 3339. */
  since(): Promise<ReadonlyMap<string, string>>;
  /** Newest first, older than `before`. */
  history(limit: number, before?: number): Promise<readonly ReleaseRow[]>;
  /** How many there are in all. */
  count(): Promise<number>;
  /** @throws {HubError} MAPPING_INVALID with every problem; MAPPING_CONFLICT with the difference when `base` is no longer live */
  publish(request: PublishRequest): Promise<ReleaseRow>;
  /** Publishes what stands on disk; undefined when that is live already. @throws as `publish` */
  publishDisk(request: { readonly by: string; readonly why: string }): Promise<ReleaseRow | undefined>;
  /** Publishes an earlier release again. @param editor who may change only files of their own by it; absent: anybody's @throws as `publish`; FORBIDDEN_FIELD */
  restore(request: {
    readonly number: number;
    readonly by: string;
    readonly why: string;
    readonly base?: number;
    readonly editor?: Editor;
  }): Promise<ReleaseRow>;
}

export interface PublishRequest {
  /** The release that the files were made from. */
  readonly base: number;
  /** All files of the new release. */
  readonly files: readonly ReleaseFile[];
  readonly by: string;
  readonly why: string;
  readonly approvedBy?: string;
  readonly restores?: number;
  /** Done in the same transaction, or the release is not published. */
  readonly also?: (tables: StoreTables) => Promise<void>;
}

export interface ReleasesOptions {
  readonly store: Store;
  readonly federation: Federation;
  readonly configuration: HubConfiguration;
  readonly clock: () => Date;
}

export function createReleases({ store, federation, configuration, clock }: ReleasesOptions): Releases {
  const live = async (): Promise<ReleaseRow> => {
    const row = await store.releases.live();
    if (!row) throw new HubError('BAD_USER_INPUT', 'nothing has been published yet; start the hub once, or publish its files');
    return row;
  };
  const get = async (number: number): Promise<ReleaseRow> => {
    const row = await store.releases.get(number);
    if (!row) throw new HubError('BAD_USER_INPUT', `there is no release ${number}; the newest is ${(await live()).number}`);
    return row;
  };

  const conflict = async (base: number): Promise<HubError> => {
    const newest = await live();
    const diff = printFileDiff(await storedFiles(store, base), await storedFiles(store, newest.number));
    return new HubError(
      'MAPPING_CONFLICT',
      `release ${newest.number} was published by ${newest.by} since release ${base}, on which this is based; look at what changed and base it on ${newest.number}:\n${diff}`,
    );
  };

  const publish = async ({ base, files, by, why, approvedBy, restores, also }: PublishRequest): Promise<ReleaseRow> => {
    requireWhy(why);
    if ((await live()).number !== base) throw await conflict(base);
    const number = base + 1;
    const release = await requireRelease(files, number, configuration);
    const commit = async (): Promise<void> => {
      const row = {
        number,
        at: clock().toISOString(),
        by,
        why,
        origin: restores === undefined ? 'publish' : 'restore',
        restores: restores ?? null,
        approvedBy: approvedBy ?? null,
      } as const;
      const kept = await store.transaction(async (tables) => {
        if (!(await appendRelease(tables, row, files))) return false;
        await also?.(tables);
        return true;
      });
      if (!kept) throw await conflict(base);
    };
    await federation.publish(release, commit, restores !== undefined);
    return get(number);
  };

  return {
    live,
    get,
    files: async (number) => storedFiles(store, (await get(number)).number),
    since: async () => store.releases.since((await live()).number),
    history: (limit, before) => store.releases.history(limit, before),
    count: () => store.releases.count(),
    publish,
    publishDisk: async ({ by, why }) => {
      const { release, problems, isNew, commit } = await startingRelease({
        store,
        configuration,
        ...(await readReleaseFiles(configuration)),
        clock,
        by,
        why: requireWhy(why),
      });
      if (!release) throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
      if (!isNew) return undefined;
      await federation.publish(release, async () => {
        if (!(await commit())) throw await conflict(release.version - 1);
      });
      return get(release.version);
    },
    restore: async ({ number, by, why, base, editor }) => {
      await get(number);
      const from = base ?? (await live()).number;
      const files = await storedFiles(store, number);
      if (editor) requireMayChange(editor, await storedFiles(store, from), files, federation.configuration());
      return publish({ base: from, files, by, why, restores: number });
    },
  };
}

function requireWhy(why: string): string {
  if (why.trim() === '') throw new HubError('BAD_USER_INPUT', 'say why: the history keeps it');
  return why;
}
