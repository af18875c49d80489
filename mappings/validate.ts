import type { Composition } from '../federation/supergraph/compose.ts';
import type { TypeBinding } from '../federation/supergraph/binding.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Problem } from '../schema/errors/problem.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Release, ReleaseFile } from '../schema/model/release.ts';
import { runInSlices } from '../schema/parse/in-slices.ts';
import { placeWithin } from '../schema/parse/origin.ts';
import { parseReleaseSteps } from '../schema/parse/parse-release.ts';
import { unsaid } from '../schema/parse/unsaid.ts';
import { qualityOf, type FieldQuality } from './quality.ts';
import { sampleRows } from './sample-rows.ts';

export interface Validation {
  /** There when no problem is an error. */
  readonly release?: Release;
  readonly composition?: Composition;
  /** Everything that is wrong, by file and place: what the files say, what does not fit the sources, and values that could not be read. */
  readonly problems: readonly Problem[];
  /** Of every mapped field whose rows were sampled. */
  readonly quality: readonly FieldQuality[];
}

export interface ValidateOptions {
  readonly federation: Federation;
  readonly configuration: HubConfiguration;
  /** Rows of each type that are read and decoded. 0: none. */
  readonly sample: number;
  readonly signal: AbortSignal;
  /** Only these bindings are sampled. Default: all. */
  readonly wanted?: (binding: TypeBinding) => boolean;
}

/** Tests a release's files against one another, against the sources as they are, and against real rows. Nothing changes. */
export async function validateFiles(
  files: readonly ReleaseFile[],
  { federation, configuration, sample, signal, wanted = () => true }: ValidateOptions,
): Promise<Validation> {
  const reading = await runInSlices(parseReleaseSteps(files, configuration));
  const { partial, problems: first } = reading;
  if (!partial) return { problems: first, quality: [] };
  const candidate = { ...partial, version: 0 };
  const { composition, problems: second } = reading.release
    ? await federation.tryRelease(candidate)
    : { problems: await federation.bindingProblems(candidate) };
  const problems = [...first, ...unsaid(reading, second)];
  if (!composition) return { problems: sorted(problems), quality: [] };
  const quality: FieldQuality[] = [];
  if (sample > 0) {
    for (const binding of [...composition.supergraph.bindings.values()].flat().filter((each) => !each.offline && !each.drift && wanted(each))) {
      try {
        quality.push(...qualityOf(binding, await sampleRows(federation, composition.supergraph, binding, sample, signal)));
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        problems.push(unsampled(binding, partial, error));
      }
    }
    problems.push(...quality.flatMap((field) => qualityProblems(field, partial)));
  }
  return { release: candidate, composition, problems: sorted(problems), quality };
}

const sorted = (problems: readonly Problem[]): Problem[] =>
  problems.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));

type Parts = Pick<Release, 'mappings'>;

function typeMappingOf({ mappings }: Parts, { source, type }: { readonly source: string; readonly type: string }) {
  return mappings.find((mapping) => mapping.source === source && mapping.types.has(type))?.types.get(type);
}

function unsampled(binding: TypeBinding, parts: Parts, error: HubError): Problem {
  const place = typeMappingOf(parts, binding)?.place ?? { file: binding.source, line: 1, column: 1 };
  return {
    ...place,
    message: `rows of ${binding.type} could not be read for a test (${error.code}: ${error.message})`,
    remedy: 'validate again when the source answers',
    severity: 'warning',
  };
}

function qualityProblems(quality: FieldQuality, parts: Parts): Problem[] {
  const mapping = typeMappingOf(parts, quality);
  if (!mapping) return [];
  const place = mapping.fields.get(quality.field)?.place ?? mapping.place;
  const wrong = (code: string): string =>
    code === 'DUPLICATE_KEY' ? 'the key of another row, and clients find one of them alone' : `a ${quality.type}.${quality.field} that cannot be read`;
  return quality.issues.map(({ code, count, example }) => ({
    ...(code === 'DUPLICATE_KEY' ? placeWithin(mapping, ['key'], mapping.place) : place),
    message: `${count} of ${quality.rows} rows have ${wrong(code)} (${code}, e.g. ${JSON.stringify(example.slice(0, 60))})`,
    remedy: REMEDIES[code],
    severity: 'warning',
  }));
}

const REMEDIES: Readonly<Record<FieldQuality['issues'][number]['code'], string>> = {
  UNKNOWN_CODE: 'add the code to "codes", or "*" for all others',
  BAD_DATE: 'add the format to "date", or leave it: such a value is null and listed in dataIssues',
  BAD_NUMBER: 'correct "number" or "amount", or leave it: such a value is null and listed in dataIssues',
  BAD_KEY: 'correct the normaliser, or leave it: such a value is null and listed in dataIssues',
  BAD_JSON: 'correct "json" and "path", or leave it: such a value is null and listed in dataIssues',
  BAD_FORMAT: 'normalise the value, or leave it: such a value is null and listed in dataIssues',
  DUPLICATE_KEY: 'choose columns for `key`, and a @key of the type, that tell all rows apart',
  UNRESOLVED_KEY: 'decide on it in the crosswalk',
};
