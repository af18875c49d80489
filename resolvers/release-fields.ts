import { fileChanges, type FileChange } from '../mappings/file-diff.ts';
import type { ReleaseFile } from '../schema/model/release.ts';
import type {
  FileChangeKind,
  MutationResolvers,
  QueryResolvers,
  ReleaseFile as ReleaseFileNode,
  ReleaseFileChange,
  ReleaseOrigin,
  ReleasePart,
  ReleaseResolvers,
} from './generated/hub-resolvers.ts';
import { numberCursor, placeOfNumber } from './number-cursor.ts';
import { pageSize } from './page-size.ts';

export const upper = <T extends string>(text: string): T => text.toUpperCase() as T;

export const fileNode = ({ part, path, text }: ReleaseFile): ReleaseFileNode => ({ part: upper<ReleasePart>(part), path, text });

export const changeNode = ({ part, path, kind, lines }: FileChange): ReleaseFileChange => ({
  part: upper<ReleasePart>(part),
  path,
  kind: upper<FileChangeKind>(kind),
  lines: [...lines],
});

/** 发布历史 */
export const releases: NonNullable<QueryResolvers['releases']> = async (_parent, { first, after }, { federation, mappings, authorize }) => {
  authorize('releases:read');
  const size = pageSize(first);
  const rows = await mappings.releases.history(size + 1, typeof after === 'string' ? placeOfNumber({ federation }, 'release', after) : undefined);
  const nodes = rows.slice(0, size);
  const cursor = (row: (typeof nodes)[number] | undefined): string | null => (row === undefined ? null : numberCursor({ federation }, 'release', row.number));
  return {
    nodes,
    pageInfo: { hasNextPage: rows.length > size, hasPreviousPage: typeof after === 'string', startCursor: cursor(nodes[0]), endCursor: cursor(nodes.at(-1)) },
    totalCount: await mappings.releases.count(),
  };
};

/** 发布版本 */
export const release: NonNullable<QueryResolvers['release']> = (_parent, { number }, { mappings, authorize }) => {
  authorize('releases:read');
  return typeof number === 'number' ? mappings.releases.get(number) : mappings.releases.live();
};

/** 回滚 */
export const restoreRelease: NonNullable<MutationResolvers['restoreRelease']> = (_parent, { number, why, base }, { mappings, authorize }) => {
  const editor = authorize('releases:publish');
  return mappings.releases.restore({ number, why, by: editor.subject, editor, ...(typeof base === 'number' ? { base } : {}) });
};

export const Release: ReleaseResolvers = {
  publishedAt: ({ at }) => at,
  origin: ({ origin }) => upper<ReleaseOrigin>(origin),
  isLive: async ({ number }, _args, { mappings }) => (await mappings.releases.live()).number === number,
  files: async ({ number }, _args, { mappings }) => (await mappings.releases.files(number)).map(fileNode),
  changes: async ({ number }, { since }, { mappings }) => {
    const before = typeof since === 'number' ? since : number - 1;
    const old = before > 0 ? await mappings.releases.files(before) : [];
    return fileChanges(old, await mappings.releases.files(number)).map(changeNode);
  },
};
