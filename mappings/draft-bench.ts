import { LRUCache } from 'lru-cache';
import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { printProblem } from '../schema/errors/problem.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Rights } from '../schema/model/rights.ts';
import { suggestion } from '../schema/parse/suggest.ts';
import { compareReleases, type Comparison, type Dependent } from './compare-releases.ts';
import type { Drafts } from './drafts.ts';
import { requireMaySee, type Editor } from './editor.ts';
import { tryOut, type Trial } from './lab.ts';
import { meaningChanges, touchedFields } from './meaning-changes.ts';
import { qualityOf, type FieldQuality } from './quality.ts';
import { sampleRows, type SampleRow } from './sample-rows.ts';
import type { Usage, UsedOperation } from './usage.ts';
import { validateFiles, type Validation } from './validate.ts';

/** What a draft would do, before it does it. Nothing here changes anything, and nobody but the asker notices. */
export interface DraftBench {
  /** Every error at once; with `sample` rows of each type whose meaning changes decoded. */
  validate(id: number, sample: number, signal: AbortSignal): Promise<Validation>;
  /** Rows as the graph would return them, beside what the source holds. @throws {HubError} MAPPING_INVALID | BAD_USER_INPUT | FORBIDDEN_FIELD */
  preview(request: PreviewRequest, signal: AbortSignal): Promise<readonly Preview[]>;
  /** What apps have registered and the operations that this instance was asked most, asked of the draft under these rights. @throws {HubError} MAPPING_INVALID */
  lab(id: number, operations: number, rights: Rights, signal: AbortSignal): Promise<readonly Trial[]>;
  /** Against what is live. @throws {HubError} MAPPING_INVALID */
  compare(id: number, signal: AbortSignal): Promise<Comparison>;
}

export interface PreviewRequest {
  readonly id: number;
  readonly type: string;
  readonly source?: string;
  readonly first: number;
  readonly editor: Editor;
}

/** Of one source. */
export interface Preview {
  readonly type: string;
  readonly source: string;
  readonly rows: readonly SampleRow[];
  readonly quality: readonly FieldQuality[];
}

/** A document that an app has registered. */
export interface RegisteredDocument {
  readonly id: string;
  readonly name: string;
  /** GraphQL. */
  readonly document: string;
}

export interface DraftBenchOptions {
  readonly federation: Federation;
  readonly configuration: HubConfiguration;
  readonly drafts: Drafts;
  readonly usage: Usage;
  readonly documents: () => readonly RegisteredDocument[];
  /** Whoever asks the hub and would notice a change; each call gives those of now. */
  readonly dependents: () => Promise<readonly Dependent[]>;
}

const PREVIEW_MAX = 100;
const SAMPLE_MAX = 1_000;
const LAB_MAX = 100;

/** Registered documents first, with the variables that they were last asked with; then the rest, most asked first. */
function triedOperations(documents: readonly RegisteredDocument[], asked: readonly UsedOperation[]): UsedOperation[] {
  const registered = documents.map(({ name, document }): UsedOperation => {
    const known = asked.find((each) => each.document === document);
    return known ?? { name, document, variables: {}, count: 0, lastAt: '' };
  });
  return [...registered, ...asked.filter((each) => !registered.includes(each))];
}

export function createDraftBench({ federation, configuration, drafts, usage, documents, dependents }: DraftBenchOptions): DraftBench {
  // Several fields of one operation look at the same draft; it is composed once.
  const composed = new LRUCache<string, Promise<Validation>>({ max: 4 });
  const look = async (id: number, signal: AbortSignal): Promise<Validation> => {
    const { revision, base } = await drafts.get(id);
    const key = `${id} ${revision} ${base} ${federation.generation().number}`;
    const known = composed.get(key);
    if (known) return known;
    const made = drafts.files(id).then((files) => validateFiles(files, { federation, configuration, sample: 0, signal }));
    composed.set(key, made);
    made.catch(() => composed.delete(key));
    return made;
  };
  const sound = async (id: number, signal: AbortSignal): Promise<Required<Pick<Validation, 'release' | 'composition'>>> => {
    const { release, composition, problems } = await look(id, signal);
    if (release && composition) return { release, composition };
    throw new HubError('MAPPING_INVALID', problems.map(printProblem).join('\n'));
  };

  return {
    async validate(id, sample, signal) {
      if (sample < 0 || sample > SAMPLE_MAX) throw new HubError('BAD_USER_INPUT', `sample is at most ${SAMPLE_MAX} rows of each type`);
      const found = await look(id, signal);
      if (!found.release || sample === 0) return found;
      const { model } = found.release;
      const live = federation.release();
      const changed = new Set([...touchedFields(model, meaningChanges(live, found.release))].map((path) => path.split('.')[0]));
      const wanted = ({ type }: TypeBinding): boolean => changed.has(type) || !live.model.types.has(type);
      return validateFiles(await drafts.files(id), { federation, configuration, sample, signal, wanted });
    },
    async preview({ id, type, source, first, editor }, signal) {
      if (first < 0 || first > PREVIEW_MAX) throw new HubError('BAD_USER_INPUT', `first is at most ${PREVIEW_MAX}`);
      const { composition } = await sound(id, signal);
      const bindings = (composition.supergraph.bindings.get(type) ?? []).filter((binding) => source === undefined || binding.source === source);
      if (bindings.length === 0)
        throw new HubError(
          'BAD_USER_INPUT',
          `the draft maps no "${type}"${source === undefined ? '' : ` in ${source}`}; ${suggestion(type, [...composition.supergraph.bindings.keys()])}`,
        );
      for (const binding of bindings) requireMaySee(editor, binding.department);
      return Promise.all(
        bindings.map(async (binding): Promise<Preview> => {
          const sampled = await sampleRows(federation, composition.supergraph, binding, first, signal);
          return { type, source: binding.source, rows: sampled, quality: qualityOf(binding, sampled) };
        }),
      );
    },
    async lab(id, operations, rights, signal) {
      if (operations < 1 || operations > LAB_MAX) throw new HubError('BAD_USER_INPUT', `operations is from 1 to ${LAB_MAX}`);
      const { composition } = await sound(id, signal);
      return tryOut({ federation, composition, rights, operations: triedOperations(documents(), usage.operations()), count: operations }, signal);
    },
    async compare(id, signal) {
      const { release, composition } = await sound(id, signal);
      const live = { release: federation.release(), schema: federation.generation().schema, typeDefs: federation.generation().typeDefs() };
      return compareReleases(live, { release, schema: composition.schema, typeDefs: composition.typeDefs() }, await dependents());
    },
  };
}
