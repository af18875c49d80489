import type { CodegenConfig } from '@graphql-codegen/cli';

// Shared by every target: what Node can run without a build, and TypeScript 7 can read.
const common = { enumsAsConst: true, useTypeImports: true, importExtension: '.ts', emitLegacyCommonJSImports: false } as const;
const scalars = { Date: 'string', DateTime: 'string', Decimal: 'string', BigInt: 'string', YearMonth: 'string', JSON: 'unknown', GeoJSON: 'unknown' };

const config: CodegenConfig = {
  generates: {
    // The hub's own fields, for resolvers/.
    'resolvers/generated/hub-resolvers.ts': {
      schema: ['schema/api/common.graphql', 'schema/hub/*.graphql'],
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        ...common,
        scalars,
        contextType: '../context.ts#HubContext',
        optionalResolveType: true,
        immutableTypes: true,
        mappers: {
          Source: '../../schema/model/configuration.ts#SourceConfiguration as SourceModel',
          CatalogueType: '../../mappings/catalogue.ts#CatalogueType as CatalogueTypeModel',
          CatalogueField: '../../mappings/catalogue.ts#CatalogueField as CatalogueFieldModel',
          Draft: '../../store/drafts-table.ts#DraftRow as DraftModel',
          Release: '../../store/releases-table.ts#ReleaseRow as ReleaseModel',
          Alert: '../../changes/alerts/alert.ts#Alert as AlertModel',
          AlertEvent: '../../changes/alerts/alert.ts#AlertEvent as AlertEventModel',
          AlertRule: '../../schema/model/alert-rule.ts#AlertRule as AlertRuleModel',
          AlertRuleTestResult: '../../changes/alerts/bench/bench-rule.ts#RuleBenchResult as RuleBenchResultModel',
          AlertRulePast: '../../changes/alerts/bench/bench-rule.ts#RuleBenchPast as RuleBenchPastModel',
          Webhook: '../../store/webhook-table.ts#WebhookRow as WebhookModel',
          UnresolvedPart: '../../federation/crosswalk/unresolved.ts#UnresolvedPart as UnresolvedPartModel',
        },
        noSchemaStitching: true,
        maybeValue: 'T | null | undefined',
      },
    },
    // The example of a departmental app.
    'docs/guides/app-client/generated/operations.ts': {
      schema: 'schema/generated/api.graphql',
      documents: 'docs/guides/app-client/*.graphql',
      plugins: ['typescript-operations', 'typed-document-node'],
      config: { ...common, scalars, onlyOperationTypes: true, defaultScalarType: 'string' },
    },
  },
};

export default config;
