import { catalogueCsv as csvOf, catalogueOf, catalogueRows } from '../mappings/catalogue.ts';
import type { StudyRequest } from '../mappings/study.ts';
import type { HubContext } from './context.ts';
import type { QueryResolvers } from './generated/hub-resolvers.ts';

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
  return all(context)
    .filter(({ name }) => !types || types.includes(name))
    .map((type) => ({
      ...type,
      fields: type.fields.map((field) => ({
        ...field,
        usedBy: [...field.usedBy],
        lineage: field.lineage.map((line) => ({ ...line, tables: [...line.tables], columns: [...line.columns] })),
      })),
    }));
};

const catalogueCsv: NonNullable<QueryResolvers['catalogueCsv']> = async (_parent, _args, context) => {
  context.authorize('drafts:read');
  const live = await context.mappings.releases.live();
  return csvOf(catalogueRows(all(context), context.federation.configuration(), live.at));
};

export const studyQueries = { sourceProfile, suggestMapping, catalogue, catalogueCsv };
