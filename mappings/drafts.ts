import { dirname, matchesGlob, relative, resolve } from 'node:path';
import { HubError } from '../schema/errors/hub-error.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { RELEASE_PARTS, type ReleaseFile, type ReleasePart } from '../schema/model/release.ts';
import { escapeGlob } from '../schema/parse/configuration.ts';
import type { DraftChange, DraftRow } from '../store/drafts-table.ts';
import type { ReleaseRow } from '../store/releases-table.ts';
import type { Store, StoreTables } from '../store/store.ts';
import { isSteward, requireMayChange, requireMayEdit, requireOfficerOf, type Editor } from './editor.ts';
import { printFileDiff } from './file-diff.ts';
import type { Releases } from './releases.ts';

/** Changes that are prepared beside what is live, each draft by one department's officers or by stewards. Every change names the revision that was seen: nobody overwrites what another has just saved. */
export interface Drafts {
  create(request: { readonly title: string; readonly editor: Editor }): Promise<DraftRow>;
  /** @throws {HubError} BAD_USER_INPUT when there is none */
  get(id: number): Promise<DraftRow>;
  list(state: DraftRow['state'] | undefined, limit: number): Promise<readonly DraftRow[]>;
  /** All files as they would be published. */
  files(id: number): Promise<readonly ReleaseFile[]>;
  /** Only what the draft changes. */
  changedFiles(id: number): Promise<readonly DraftFile[]>;
  /** @throws {HubError} MAPPING_CONFLICT when the draft has moved on; FORBIDDEN_FIELD for a file that is not the editor's */
  save(request: DraftStep & { readonly files: readonly DraftFile[] }): Promise<DraftRow>;
  /** Bases the draft on what is live. @throws {HubError} MAPPING_CONFLICT when both changed the same file, with the difference */
  rebase(request: DraftStep): Promise<DraftRow>;
  /** @throws {HubError} FORBIDDEN_FIELD to another department, as do `save`, `rebase` and `publish` */
  discard(request: DraftStep): Promise<DraftRow>;
  /** Agrees to this revision. @throws {HubError} FORBIDDEN_FIELD to who has edited it */
  approve(request: DraftStep): Promise<DraftRow>;
  /** @throws {HubError} MAPPING_INVALID | MAPPING_CONFLICT | APPROVAL_REQUIRED; FORBIDDEN_FIELD where a changed file is not the editor's */
  publish(request: DraftStep & { readonly why: string }): Promise<ReleaseRow>;
}

export interface DraftStep {
  readonly id: number;
  /** The one that was seen. */
  readonly revision: number;
  readonly editor: Editor;
}

export interface DraftFile {
  readonly part: ReleasePart;
  readonly path: string;
  /** Null takes the file out. */
  readonly text: string | null;
}

export interface DraftsOptions {
  readonly store: Store;
  readonly releases: Releases;
  readonly configuration: HubConfiguration;
  /** With the departments and sources of the live release. */
  readonly known: () => HubConfiguration;
  readonly clock: () => Date;
}

const TITLE_MAX = 200;
const FILES_MAX = 500;
const BYTES_MAX = 8 * 1024 * 1024;
const PATH = /^(?:\.\.\/)*(?:[\p{L}\p{N}_-][\p{L}\p{N}_.-]*\/)*[\p{L}\p{N}_-][\p{L}\p{N}_.-]*$/u;

export function createDrafts({ store, releases, configuration, known, clock }: DraftsOptions): Drafts {
  const get = async (id: number): Promise<DraftRow> => {
    const draft = await store.drafts.get(id);
    if (!draft) throw new HubError('BAD_USER_INPUT', `there is no draft ${id}`);
    return draft;
  };
  /** One that the editor may work on. */
  const own = async ({ id, editor }: DraftStep): Promise<DraftRow> => {
    const draft = await get(id);
    requireOfficerOf(editor, draft.department ?? undefined, `draft ${id}`);
    return draft;
  };
  const changedFiles = async (id: number): Promise<DraftFile[]> => (await store.drafts.files(id)).filter(isKnown);
  const filesOf = async (draft: DraftRow): Promise<ReleaseFile[]> => {
    const files = new Map((await releases.files(draft.base)).map((file) => [keyOf(file), file]));
    for (const { text, ...file } of await changedFiles(draft.id)) {
      if (text === null) files.delete(keyOf(file));
      else files.set(keyOf(file), { ...file, text });
    }
    return [...files.values()];
  };

  /** One step of an open draft that its editor may touch, whole or not at all. */
  const step = async (
    request: DraftStep,
    change: Omit<DraftChange, 'at'>,
    work: (tables: StoreTables) => Promise<void> = async () => {},
  ): Promise<DraftRow> => {
    const draft = await get(request.id);
    requireOpen(draft);
    await store.transaction(async (tables) => {
      if (!(await tables.drafts.advance(draft.id, request.revision, { at: clock().toISOString(), ...change }))) {
        const now = await tables.drafts.get(draft.id);
        throw new HubError(
          'MAPPING_CONFLICT',
          `draft ${draft.id} is at revision ${now?.revision}, not ${request.revision}; look at it again (it was changed by ${now?.editors.at(-1)})`,
        );
      }
      await work(tables);
    });
    return get(draft.id);
  };

  return {
    async create({ title, editor }) {
      if (title.trim() === '' || title.length > TITLE_MAX) throw new HubError('BAD_USER_INPUT', `give the draft a title of at most ${TITLE_MAX} characters`);
      const base = (await releases.live()).number;
      const department = isSteward(editor) ? null : (editor.department ?? null);
      return store.drafts.create({ title, department, base, by: editor.subject, createdAt: clock().toISOString() });
    },
    get,
    list: (state, limit) => store.drafts.list(state, limit),
    files: async (id) => filesOf(await get(id)),
    changedFiles,
    async save({ files, ...request }) {
      const draft = await own(request);
      const base = new Map((await releases.files(draft.base)).map((file) => [keyOf(file), file]));
      for (const file of files) {
        requirePath(file, configuration);
        const before = base.get(keyOf(file));
        // Neither what the file was nor what it becomes may be another's.
        if (before) requireMayEdit(request.editor, before, known());
        if (file.text !== null) requireMayEdit(request.editor, { ...file, text: file.text }, known());
      }
      return step(request, { editor: request.editor.subject, approvedBy: null }, async (tables) => {
        for (const file of files) {
          if (file.text === (base.get(keyOf(file))?.text ?? null)) await tables.drafts.dropFile(draft.id, file.part, file.path);
          else await tables.drafts.putFile(draft.id, file);
        }
        const all = await tables.drafts.files(draft.id);
        const bytes = all.reduce((sum, { text }) => sum + Buffer.byteLength(text ?? ''), 0);
        if (all.length > FILES_MAX || bytes > BYTES_MAX)
          throw new HubError('BAD_USER_INPUT', `a draft changes at most ${FILES_MAX} files and ${BYTES_MAX / 1024 / 1024} MiB; publish it in parts`);
      });
    },
    async rebase(request) {
      const draft = await own(request);
      const live = await releases.live();
      const [before, now] = [await releases.files(draft.base), await releases.files(live.number)];
      const textOf = (files: readonly ReleaseFile[], file: DraftFile): string | undefined => files.find((each) => keyOf(each) === keyOf(file))?.text;
      const both = (await changedFiles(draft.id)).filter((file) => textOf(before, file) !== textOf(now, file) && (textOf(now, file) ?? null) !== file.text);
      if (both.length > 0) {
        const of = (files: readonly ReleaseFile[]) => files.filter((file) => both.some((each) => keyOf(each) === keyOf(file)));
        throw new HubError(
          'MAPPING_CONFLICT',
          `release ${live.number} changed what this draft changes too; put its lines into the draft by hand, save, and rebase again:\n${printFileDiff(of(before), of(now))}`,
        );
      }
      return step(request, { base: live.number, editor: request.editor.subject, approvedBy: null });
    },
    async discard(request) {
      await own(request);
      return step(request, { state: 'discarded', editor: request.editor.subject });
    },
    async approve(request) {
      const draft = await get(request.id);
      if (draft.editors.includes(request.editor.subject))
        throw new HubError('FORBIDDEN_FIELD', `${request.editor.subject} has edited draft ${draft.id}; somebody else must agree to it`);
      return step(request, { approvedBy: request.editor.subject });
    },
    async publish({ why, ...request }) {
      const draft = await own(request);
      requireOpen(draft);
      if (configuration.publishing.fourEyes && draft.approvedBy === null)
        throw new HubError(
          'APPROVAL_REQUIRED',
          `draft ${draft.id} needs somebody else's agreement first; let an approver approve its revision ${draft.revision}`,
        );
      if (draft.revision !== request.revision)
        throw new HubError('MAPPING_CONFLICT', `draft ${draft.id} is at revision ${draft.revision}, not ${request.revision}; look at it again`);
      const files = await filesOf(draft);
      requireMayChange(request.editor, await releases.files(draft.base), files, known());
      const changed = await changedFiles(draft.id);
      if (changed.length === 0) throw new HubError('BAD_USER_INPUT', `draft ${draft.id} changes nothing`);
      return releases.publish({
        base: draft.base,
        files,
        by: request.editor.subject,
        why,
        ...(draft.approvedBy === null ? {} : { approvedBy: draft.approvedBy }),
        also: async (tables) => {
          if (!(await tables.drafts.advance(draft.id, draft.revision, { at: clock().toISOString(), state: 'published' })))
            throw new HubError('MAPPING_CONFLICT', `draft ${draft.id} was changed while it was being published; look at it again`);
        },
      });
    },
  };
}

const keyOf = ({ part, path }: Pick<ReleaseFile, 'part' | 'path'>): string => `${part} ${path}`;

function isKnown<T extends { readonly part: string }>(file: T): file is T & { readonly part: ReleasePart } {
  return RELEASE_PARTS.some((part) => part === file.part);
}

function requireOpen({ id, state }: DraftRow): void {
  if (state !== 'open') throw new HubError('BAD_USER_INPUT', `draft ${id} is ${state}; make a new one`);
}

/** A file is where hub.yaml looks for files of its part: the release can be written to disk and read again, and no name leads elsewhere. */
function requirePath({ part, path }: DraftFile, { file, release }: HubConfiguration): void {
  const folder = dirname(file);
  if (PATH.test(path) && release[part].some((pattern) => matchesGlob(resolve(folder, path), pattern))) return;
  const patterns = release[part].map((pattern) => relative(escapeGlob(folder), pattern)).join(', ');
  throw new HubError('BAD_USER_INPUT', `"${path.slice(0, 100)}" is not where hub.yaml has files of ${part}; choose a name that fits ${patterns}`);
}
