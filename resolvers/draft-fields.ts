import { fileChanges } from '../mappings/file-diff.ts';
import type { DraftFile } from '../mappings/drafts.ts';
import type { ReleaseFile, ReleasePart } from '../schema/model/release.ts';
import type { DraftFileInput, DraftProblemSeverity, DraftResolvers, DraftState, MutationResolvers, QueryResolvers } from './generated/hub-resolvers.ts';
import { orAbsent } from './or-absent.ts';
import { pageSize } from './page-size.ts';
import { changeNode, fileNode, upper } from './release-fields.ts';

type Mutation<K extends keyof MutationResolvers> = NonNullable<MutationResolvers[K]>;

const partOf = (part: DraftFileInput['part']): ReleasePart => part.toLowerCase() as ReleasePart;

const drafts: NonNullable<QueryResolvers['drafts']> = async (_parent, { state, first }, { mappings, authorize }) => {
  authorize('drafts:read');
  return [...(await mappings.drafts.list(state ? (state.toLowerCase() as 'open') : undefined, pageSize(first)))];
};

const draft: NonNullable<QueryResolvers['draft']> = (_parent, { id }, { mappings, authorize }) => {
  authorize('drafts:read');
  return mappings.drafts.get(id);
};

const createDraft: Mutation<'createDraft'> = (_parent, { title }, { mappings, authorize }) =>
  mappings.drafts.create({ title, editor: authorize('drafts:edit') });

const saveDraft: Mutation<'saveDraft'> = (_parent, { id, revision, files }, { mappings, authorize }) =>
  mappings.drafts.save({
    id,
    revision,
    files: files.map(({ part, path, text }): DraftFile => ({ part: partOf(part), path, text: text ?? null })),
    editor: authorize('drafts:edit'),
  });

const rebaseDraft: Mutation<'rebaseDraft'> = (_parent, step, { mappings, authorize }) => mappings.drafts.rebase({ ...step, editor: authorize('drafts:edit') });

const discardDraft: Mutation<'discardDraft'> = (_parent, step, { mappings, authorize }) =>
  mappings.drafts.discard({ ...step, editor: authorize('drafts:edit') });

const approveDraft: Mutation<'approveDraft'> = (_parent, step, { mappings, authorize }) =>
  mappings.drafts.approve({ ...step, editor: authorize('drafts:approve') });

const publishDraft: Mutation<'publishDraft'> = (_parent, step, { mappings, authorize }) =>
  mappings.drafts.publish({ ...step, editor: authorize('releases:publish') });

export const draftQueries = { drafts, draft };
export const draftMutations = { createDraft, saveDraft, rebaseDraft, discardDraft, approveDraft, publishDraft };

export const Draft: DraftResolvers = {
  state: ({ state }) => upper<DraftState>(state),
  editors: ({ editors }) => [...editors],
  files: async ({ id }, _args, { mappings }) => (await mappings.drafts.files(id)).map(fileNode),
  changes: async ({ id, base }, _args, { mappings }) => {
    const before: readonly ReleaseFile[] = await mappings.releases.files(base);
    return fileChanges(before, await mappings.drafts.files(id)).map(changeNode);
  },
  validation: async ({ id }, { sample }, { mappings, signal, authorize }) => {
    authorize('drafts:preview');
    const { problems, quality } = await mappings.bench.validate(id, sample ?? 0, signal);
    return {
      ok: !problems.some(({ severity }) => severity === 'error'),
      problems: problems.map((problem) => ({ ...problem, severity: upper<DraftProblemSeverity>(problem.severity) })),
      quality: quality.map((field) => ({ ...field, issues: [...field.issues] })),
    };
  },
  preview: async ({ id }, { type, source, first }, { mappings, signal, authorize }) => {
    const editor = authorize('drafts:preview');
    const previews = await mappings.bench.preview({ id, type, first: first ?? 10, editor, ...orAbsent({ source }) }, signal);
    return previews.map((preview) => ({
      ...preview,
      rows: preview.rows.map((row) => ({ ...row, issues: [...row.issues] })),
      quality: preview.quality.map((field) => ({ ...field, issues: [...field.issues] })),
    }));
  },
  lab: async ({ id }, { operations }, { mappings, view, signal, note, authorize }) => {
    authorize('drafts:preview');
    const trials = await mappings.bench.lab(id, operations ?? 20, view.rights, signal);
    note(trials.flatMap(({ reads }) => reads));
    return trials.map((trial) => ({ ...trial, errors: [...trial.errors], deltas: [...trial.deltas] }));
  },
  comparison: async ({ id }, _args, { mappings, signal }) => {
    const { changes, impacts } = await mappings.bench.compare(id, signal);
    return { changes: [...changes], impacts: impacts.map((impact) => ({ ...impact, touches: [...impact.touches], breaks: [...impact.breaks] })) };
  },
};
