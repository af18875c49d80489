import type { Federation, SourceDrift } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { DraftRow } from '../store/drafts-table.ts';
import type { Drafts } from './drafts.ts';
import { requireOfficerOf, type Editor } from './editor.ts';
import { knownSource } from './known-source.ts';
import { repairedText } from './repair.ts';
import type { Releases } from './releases.ts';

/** What an officer does about a source that drifted. */
export interface DriftOffice {
  list(): readonly SourceDrift[];
  /** A draft in which columns have the names that they seem to have now. @throws {HubError} BAD_USER_INPUT where nothing can be proposed */
  draftRepair(source: string, editor: Editor): Promise<DraftRow>;
  /** The mapping is right for the tables as they are now. @throws {HubError} MAPPING_INVALID when it does not fit them; FORBIDDEN_FIELD to another department */
  accept(source: string, editor: Editor): Promise<void>;
}

export function createDriftOffice(federation: Federation, releases: Releases, drafts: Drafts): DriftOffice {
  const driftOf = (source: string, editor: Editor): SourceDrift => {
    requireOfficerOf(editor, knownSource(federation, source).department, source);
    const found = federation.drifts().find((each) => each.source.name === source);
    if (!found) throw new HubError('BAD_USER_INPUT', `nothing has drifted in "${source.slice(0, 60)}"`);
    return found;
  };
  return {
    list: () => federation.drifts(),
    async draftRepair(source, editor) {
      const { drifts } = driftOf(source, editor);
      const live = await releases.live();
      const own = federation
        .release()
        .mappings.filter((mapping) => mapping.source === source)
        .map(({ file }) => file);
      const files = (await releases.files(live.number)).flatMap((file) => {
        const text = file.part === 'mappings' && own.includes(file.path) ? repairedText(file, drifts) : undefined;
        return text === undefined ? [] : [{ part: file.part, path: file.path, text }];
      });
      if (files.length === 0)
        throw new HubError(
          'BAD_USER_INPUT',
          `no name can be proposed for what changed in ${source}; edit its mapping by hand, or accept the tables as they are`,
        );
      const draft = await drafts.create({ title: `${source}: follow its renamed columns`, editor });
      return drafts.save({ id: draft.id, revision: draft.revision, editor, files });
    },
    async accept(source, editor) {
      driftOf(source, editor);
      await federation.acceptDrift(source);
    },
  };
}
