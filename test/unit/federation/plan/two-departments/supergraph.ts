/** Two departments with a crosswalk between them, small enough to read a plan over them. */
import { readFileSync } from 'node:fs';
import { getOperationAST, getVariableValues, Kind, parse, validate, type FragmentDefinitionNode } from 'graphql';
import { planOperation } from '../../../../../federation/plan/plan-operation.ts';
import type { Plan } from '../../../../../federation/plan/plan.ts';
import { compose, type Composition } from '../../../../../federation/supergraph/compose.ts';
import { createCursorCodec } from '../../../../../federation/values/cursor.ts';
import type { Catalog, CatalogTable } from '../../../../../schema/model/catalog.ts';
import type { HubConfiguration } from '../../../../../schema/model/configuration.ts';
import type { PhysicalType } from '../../../../../schema/model/physical-type.ts';
import { parseChecks } from '../../../../../schema/parse/checks.ts';
import { parseConfiguration } from '../../../../../schema/parse/configuration.ts';
import { parseMapping } from '../../../../../schema/parse/mapping.ts';
import { parseSdl } from '../../../../../schema/parse/sdl.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const TEXT: PhysicalType = { kind: 'text' };
const LONG: PhysicalType = { kind: 'integer', bits: 64 };
const DECIMAL: PhysicalType = { kind: 'decimal' };

function table(name: string, key: string, columns: Readonly<Record<string, PhysicalType>>): CatalogTable {
  return {
    name,
    kind: 'table',
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nativeType: type.kind, nullable: column !== key })),
    primaryKey: [key],
    uniqueKeys: [],
    foreignKeys: [],
    indexedColumns: [key],
  };
}

const CATALOGS = new Map<string, Catalog>([
  [
    'development',
    {
      tables: [
        table('xm', 'id', { id: LONG, dm: TEXT, mc: TEXT, xzqh: TEXT, zt: TEXT, pfje: DECIMAL, jhwg: TEXT, jd: DECIMAL, wd: DECIMAL }),
        table('jd', 'id', { id: LONG, xmid: LONG, mc: TEXT, wcrq: { kind: 'date' } }),
      ],
    },
  ],
  [
    'finance',
    { tables: [table('zf', 'pzh', { pzh: TEXT, xmbh: TEXT, je: LONG, rq: TEXT, zt: TEXT, skr: TEXT }), table('xmdz', 'xmbh', { xmbh: TEXT, dm: TEXT })] },
  ],
]);

const HUB = `
departments: { development: { en: Development }, finance: { en: Finance } }
sources:
  development: { department: development, kind: sqlite, url: 'sqlite:source.sqlite' }
  finance: { department: finance, kind: sqlite, url: 'sqlite:source.sqlite' }
`;

function must<T>(value: T | undefined, problems: unknown): T {
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}

function composeTwoDepartments(): Composition {
  const { configuration, problems } = parseConfiguration(HUB, '/hub.yaml', {});
  const sdl = parseSdl([{ text: read('unified.graphql'), file: 'unified.graphql' }]);
  const mappings = ['development.yaml', 'finance.yaml'].map((file) => parseMapping(read(file), file)).map((found) => must(found.mapping, found.problems));
  const checks = parseChecks(read('checks.yaml'), 'checks.yaml');
  const release = {
    version: 1,
    model: must(sdl.model, sdl.problems),
    mappings,
    normalizers: new Map(),
    checks: must(checks.checks, checks.problems),
    rules: [],
    policies: [],
    departments: new Map(),
    sources: new Map(),
  };
  const composed = compose(must<HubConfiguration>(configuration, problems), release, CATALOGS, {
    document: parse('extend type Query { hub: String }'),
    resolvers: {},
    actions: new Map(),
  });
  return must(composed.composition, composed.problems);
}

export const TWO_DEPARTMENTS = composeTwoDepartments();
export const CURSORS = createCursorCodec('secret');

/** The plan of a document's only operation, with the variables whose values it depends on. @param view whose; default: everything's */
export function planOf(
  text: string,
  given: Readonly<Record<string, unknown>> = {},
  { schema, supergraph }: Pick<Composition, 'schema' | 'supergraph'> = TWO_DEPARTMENTS,
): Plan & { readonly structural: readonly string[] } {
  const document = parse(text);
  const faults = validate(schema, document);
  const operation = getOperationAST(document);
  if (faults.length > 0 || !operation) throw new Error(faults.map((fault) => fault.message).join('; '));
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...given });
  if (!coerced) throw new Error(errors.map((error) => error.message).join('; '));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const structural = new Set<string>();
  const read = (name: string): unknown => {
    structural.add(name);
    return coerced[name];
  };
  const plan = planOperation(
    { supergraph, document: { schema, fragments, variables: coerced, structural: read }, cursors: CURSORS, asOf: '2024-06-30', parameters: [] },
    operation,
  );
  return { ...plan, structural: [...structural] };
}
