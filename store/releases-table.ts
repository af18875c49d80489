import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** One release: what was published, when, by whom and why. Never changed, never removed. */
export interface ReleaseRow {
  /** Counts up from 1 without gaps; the greatest is live. */
  readonly number: number;
  /** Of its files. */
  readonly digest: string;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly why: string;
  /** `files`: read from disk at a start; `publish`: by an officer; `restore`: an earlier release again. */
  readonly origin: 'files' | 'publish' | 'restore';
  /** The release that it is again. */
  readonly restores: number | null;
  /** Who agreed, where four eyes are asked for. */
  readonly approvedBy: string | null;
}

export interface StoredFile {
  readonly part: string;
  readonly path: string;
  readonly text: string;
}

/** The releases of the hub. Use `append` inside a transaction: then a release is there whole or not at all. */
export interface ReleasesTable {
  live(): Promise<ReleaseRow | undefined>;
  get(number: number): Promise<ReleaseRow | undefined>;
  /** By part and path. */
  files(number: number): Promise<StoredFile[]>;
  /** By path: RFC 3339, when a file of a release first was what it is there. */
  since(number: number): Promise<ReadonlyMap<string, string>>;
  /** Newest first, older than `before`. */
  history(limit: number, before?: number): Promise<ReleaseRow[]>;
  count(): Promise<number>;
  /** Makes it live if `number` is still free. False: somebody else took the number first, and nothing is written. */
  append(release: ReleaseRow, files: readonly (StoredFile & { readonly digest: string })[]): Promise<boolean>;
}

const COLUMNS = ['number', 'digest', 'at', 'officer', 'why', 'origin', 'restores', 'approved_by'] as const;
const SELECT = `select ${COLUMNS.join(', ')} from release`;

export function createReleasesTable(session: SqlSession): ReleasesTable {
  const one = async (sql: string, params: readonly number[] = []): Promise<ReleaseRow | undefined> => {
    const [row] = await session.all(sql, params);
    return row === undefined ? undefined : rowOf(row);
  };
  return {
    live: () => one(`${SELECT} order by number desc limit 1`),
    get: (number) => one(`${SELECT} where number = ?`, [number]),
    files: async (number) =>
      (
        await session.all(
          'select f.part, f.path, t.content from release_file f join release_text t on t.digest = f.digest where f.release = ? order by f.part, f.path',
          [number],
        )
      ).map((row) => ({ part: textOf(row, 'part'), path: textOf(row, 'path'), text: textOf(row, 'content') })),
    since: async (number) =>
      new Map(
        (
          await session.all(
            `select f.path, min(r.at) as since from release_file l join release_file f on f.part = l.part and f.path = l.path and f.digest = l.digest
             join release r on r.number = f.release where l.release = ? group by f.part, f.path`,
            [number],
          )
        ).map((row) => [textOf(row, 'path'), textOf(row, 'since')]),
      ),
    history: async (limit, before = Number.MAX_SAFE_INTEGER) =>
      (await session.all(`${SELECT} where number < ? order by number desc limit ?`, [before, limit])).map(rowOf),
    count: async () => {
      const [row] = await session.all('select count(*) as n from release');
      return row === undefined ? 0 : numberOf(row, 'n');
    },
    append: async (release, files) => {
      const { number, digest, at, by, why, origin, restores, approvedBy } = release;
      const taken = await insertRows(session, 'release', COLUMNS, [[number, digest, at, by, why, origin, restores, approvedBy]], '(number) do nothing');
      if (taken === 0) return false;
      // Most files are those of the release before: their text is kept once.
      await insertRows(
        session,
        'release_text',
        ['digest', 'content'],
        [...new Map(files.map((file) => [file.digest, [file.digest, file.text]])).values()],
        '(digest) do nothing',
      );
      await insertRows(
        session,
        'release_file',
        ['release', 'part', 'path', 'digest'],
        files.map((file) => [number, file.part, file.path, file.digest]),
      );
      return true;
    },
  };
}

function rowOf(row: SqlRow): ReleaseRow {
  return {
    number: numberOf(row, 'number'),
    digest: textOf(row, 'digest'),
    at: textOf(row, 'at'),
    by: textOf(row, 'officer'),
    why: textOf(row, 'why'),
    origin: textOf(row, 'origin') as ReleaseRow['origin'],
    restores: typeof row['restores'] === 'number' ? row['restores'] : null,
    approvedBy: textOrNull(row, 'approved_by'),
  };
}
