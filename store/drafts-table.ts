import { insertRows, numberOf, textOf, textOrNull, type SqlRow, type SqlSession } from './sql-session.ts';

/** Changes to a release that are not published yet. */
export interface DraftRow {
  readonly id: number;
  readonly title: string;
  /** Whose files may be changed in it; null: anybody's, for stewards. */
  readonly department: string | null;
  /** The release that it changes. */
  readonly base: number;
  /** Counts every change of the draft; who saves must name the one that was seen. */
  readonly revision: number;
  readonly by: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly state: 'open' | 'published' | 'discarded';
  /** Who agreed to which revision; a later change takes the agreement off. */
  readonly approvedBy: string | null;
  /** Everybody who has changed it. */
  readonly editors: readonly string[];
}

/** A file as the draft has it; `text` null: taken out. */
export interface DraftFileRow {
  readonly part: string;
  readonly path: string;
  readonly text: string | null;
}

/** Drafts of releases. */
export interface DraftsTable {
  create(draft: Omit<DraftRow, 'id' | 'revision' | 'updatedAt' | 'state' | 'approvedBy' | 'editors'>): Promise<DraftRow>;
  get(id: number): Promise<DraftRow | undefined>;
  /** Newest first. */
  list(state: DraftRow['state'] | undefined, limit: number): Promise<DraftRow[]>;
  files(id: number): Promise<DraftFileRow[]>;
  /** Takes a step from `revision` to the next. False: it is not at that revision, or not open, and nothing is changed. Before any other change, in one transaction with it. */
  advance(id: number, revision: number, change: DraftChange): Promise<boolean>;
  putFile(id: number, file: DraftFileRow): Promise<void>;
  /** The file is again as in the base. */
  dropFile(id: number, part: string, path: string): Promise<void>;
}

export interface DraftChange {
  readonly at: string;
  readonly base?: number;
  readonly state?: DraftRow['state'];
  /** Absent: as it is; null: taken off. */
  readonly approvedBy?: string | null;
  readonly editor?: string;
}

const COLUMNS = 'id, title, department, base, revision, officer, created_at, updated_at, state, approved_by, editors';

export function createDraftsTable(session: SqlSession): DraftsTable {
  const get = async (id: number): Promise<DraftRow | undefined> => {
    const [row] = await session.all(`select ${COLUMNS} from draft where id = ?`, [id]);
    return row === undefined ? undefined : rowOf(row);
  };
  return {
    create: async ({ title, department, base, by, createdAt }) => {
      const [row] = await session.all(
        `insert into draft (title, department, base, revision, officer, created_at, updated_at, state, editors) values (?, ?, ?, 1, ?, ?, ?, 'open', ?) returning ${COLUMNS}`,
        [title, department, base, by, createdAt, createdAt, JSON.stringify([by])],
      );
      if (row === undefined) throw new TypeError('the store gave no row for a new draft');
      return rowOf(row);
    },
    get,
    list: async (state, limit) =>
      (
        await (state === undefined
          ? session.all(`select ${COLUMNS} from draft order by id desc limit ?`, [limit])
          : session.all(`select ${COLUMNS} from draft where state = ? order by id desc limit ?`, [state, limit]))
      ).map(rowOf),
    files: async (id) =>
      (await session.all('select part, path, content from draft_file where draft = ? order by part, path', [id])).map((row) => ({
        part: textOf(row, 'part'),
        path: textOf(row, 'path'),
        text: textOrNull(row, 'content'),
      })),
    advance: async (id, revision, { at, base, state, approvedBy, editor }) => {
      const draft = await get(id);
      if (draft === undefined) return false;
      const editors = editor === undefined || draft.editors.includes(editor) ? draft.editors : [...draft.editors, editor];
      const changed = await session.run(
        `update draft set revision = revision + 1, updated_at = ?, base = ?, state = ?, approved_by = ?, editors = ? where id = ? and revision = ? and state = 'open'`,
        [at, base ?? draft.base, state ?? draft.state, approvedBy === undefined ? draft.approvedBy : approvedBy, JSON.stringify(editors), id, revision],
      );
      return changed > 0;
    },
    putFile: async (id, { part, path, text }) =>
      void (await insertRows(
        session,
        'draft_file',
        ['draft', 'part', 'path', 'content'],
        [[id, part, path, text]],
        '(draft, part, path) do update set content = excluded.content',
      )),
    dropFile: async (id, part, path) => void (await session.run('delete from draft_file where draft = ? and part = ? and path = ?', [id, part, path])),
  };
}

function rowOf(row: SqlRow): DraftRow {
  return {
    id: numberOf(row, 'id'),
    title: textOf(row, 'title'),
    department: textOrNull(row, 'department'),
    base: numberOf(row, 'base'),
    revision: numberOf(row, 'revision'),
    by: textOf(row, 'officer'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
    state: textOf(row, 'state') as DraftRow['state'],
    approvedBy: textOrNull(row, 'approved_by'),
    editors: JSON.parse(textOf(row, 'editors')) as string[],
  };
}
