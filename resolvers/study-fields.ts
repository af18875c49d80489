import { catalogueCsv as csvOf, catalogueRows, type CatalogueRow } from '../mappings/catalogue-rows.ts';
import { catalogueOf } from '../mappings/catalogue.ts';
import type { StudyRequest } from '../mappings/study.ts';
import type { HubContext } from './context.ts';
import { qualityOf, ratesOf } from '../mappings/quality.ts';
import { sampleRows } from '../mappings/sample-rows.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { CatalogueTypeResolvers, QueryResolvers } from './generated/hub-resolvers.ts';

const request = (source: string, tables: readonly string[] | null | undefined, editor: StudyRequest['editor']): StudyRequest => ({
  source,
  editor,
  ...(tables ? { tables } : {}),
});

const sourceProfile: NonNullable<QueryResolvers['sourceProfile']> = async (_parent, { source, tables }, { mappings, signal, authorize }) => {
  const profiles = await mappings.study.profile(request(source, tables, authorize('drafts:preview')), signal);
  return profiles.map(({ table, rows, columns }) => ({
    table: table.name,
    comment: table.comment ?? null,
    rows,
    columns: columns.map(({ column, personal, patterns, samples, ...profile }) => ({
      ...profile,
      name: column.name,
      type: column.nativeType,
      comment: column.comment ?? null,
      patterns: [...patterns],
      samples: [...samples] as NonNullable<unknown>[],
      personal: personal ?? null,
    })),
  }));
};

const suggestMapping: NonNullable<QueryResolvers['suggestMapping']> = async (_parent, { source, tables }, { mappings, signal, authorize }) => {
  const { sdl, mapping, reasons } = await mappings.study.suggest(request(source, tables, authorize('drafts:preview')), signal);
  return { schema: sdl, mapping, reasons: [...reasons] };
};

const all = ({ federation, mappings }: HubContext) => catalogueOf(federation.release(), federation.generation(), mappings.usage.operations());

const catalogue: NonNullable<QueryResolvers['catalogue']> = (_parent, { types }, context) => {
  context.authorize('drafts:read');
  return all(context).filter(({ name }) => !types || types.includes(name));
};

async function rowsOf(context: HubContext): Promise<CatalogueRow[]> {
  context.authorize('drafts:read');
  const since = await context.mappings.releases.since();
  return catalogueRows(all(context), context.federation.configuration(), (file) => since.get(file) ?? '');
}

const catalogueCsv: NonNullable<QueryResolvers['catalogueCsv']> = async (_parent, _args, context) => csvOf(await rowsOf(context));

const rowsAsJson: NonNullable<QueryResolvers['catalogueRows']> = async (_parent, _args, context) => rowsOf(context);

const SAMPLE_MAX = 1_000;

export const CatalogueType: CatalogueTypeResolvers = {
  quality: async ({ name }, { sample }, { federation, signal, authorize }) => {
    authorize('drafts:read');
    const limit = sample ?? 200;
    if (limit < 1 || limit > SAMPLE_MAX) throw new HubError('BAD_USER_INPUT', `sample is from 1 to ${SAMPLE_MAX} rows of each source`);
    const { supergraph } = federation.generation();
    const bindings = (supergraph.bindings.get(name) ?? []).filter(({ offline, drift }) => !offline && !drift);
    const sampled = await Promise.all(bindings.map(async (binding) => qualityOf(binding, await sampleRows(federation, supergraph, binding, limit, signal))));
    return sampled.flat().map(ratesOf);
  },
};

export const studyQueries = { sourceProfile, suggestMapping, catalogue, catalogueCsv, catalogueRows: rowsAsJson };
