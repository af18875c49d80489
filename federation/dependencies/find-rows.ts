import { getOperationAST, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { leafAt } from '../../schema/api/leaves.ts';
import { whereName } from '../../schema/api/names.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { normalizeDecimal } from '../../schema/model/decimal.ts';
import { LRUCache } from 'lru-cache';
import type { OperationRequest, OperationResult } from '../execute/execute-operation.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { RelationStep } from './dependencies.ts';
import type { View } from '../supergraph/view.ts';

/** Finds rows of a type as they stand now. @throws {HubError} what the sources answer when they cannot be asked */
export interface RowFinder {
  /** The wanted fields of all rows whose fields `by` equal one of the tuples; undefined when no source can search by these fields. */
  find(type: string, by: readonly string[], tuples: readonly Tuple[], wanted: readonly string[]): Promise<readonly FoundRow[] | undefined>;
  /** The same for rows that a relation leads from: those whose `fields` equal one of the tuples, searched by the relation itself where the fields cannot be. */
  findFrom(step: RelationStep, tuples: readonly Tuple[], wanted: readonly string[]): Promise<readonly FoundRow[] | undefined>;
}

export type Tuple = readonly Canonical[];
export interface FoundRow {
  readonly by: Tuple;
  readonly wanted: Tuple;
}

export interface FinderOptions {
  readonly execute: (request: OperationRequest) => Promise<OperationResult>;
  readonly view: View;
  readonly signal: AbortSignal;
}

const documents = new LRUCache<string, { readonly document: DocumentNode; readonly operation: OperationDefinitionNode }>({ max: 500 });

/** Searches by the API's own filters, page by page; the same search is made once. */
export function createRowFinder({ execute, view, signal }: FinderOptions): RowFinder {
  const { supergraph } = view;
  const { inMax, pageMax } = supergraph.limits;
  const made = new Map<string, Promise<readonly FoundRow[]>>();

  const rowsOf = async (search: Search, tuples: readonly Tuple[]): Promise<readonly FoundRow[]> => {
    const rows: FoundRow[] = [];
    for (let start = 0; start < tuples.length; start += inMax) {
      const part = tuples.slice(start, start + inMax);
      let after: string | null = null;
      do {
        const page: Page = await ask(search.text, { ...search.variables(part), first: pageMax, after });
        for (const node of page.nodes) rows.push(...search.read(node));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
    }
    return rows;
  };

  const ask = async (text: string, variables: Readonly<Record<string, unknown>>): Promise<Page> => {
    const { document, operation } = parsed(text);
    const { data, errors } = await execute({ document, operation, text, variables, view, signal, foreign: NONE });
    const [first] = errors;
    if (first) throw first.error;
    return (JSON.parse(data) as { readonly rows: Page }).rows;
  };

  const run = (search: Search, tuples: readonly Tuple[]): Promise<readonly FoundRow[]> => {
    const key = JSON.stringify([search.text, tuples]);
    const known = made.get(key) ?? rowsOf(search, tuples);
    made.set(key, known);
    return known;
  };

  const find: RowFinder['find'] = async (type, by, tuples, wanted) => {
    if (tuples.length === 0) return [];
    if (!by.every((path) => supergraph.features.filterable(type, path))) return undefined;
    return run(searchBy(supergraph, type, by, wanted), tuples);
  };

  return {
    find,
    async findFrom(step, tuples, wanted) {
      const direct = await find(step.from, step.fields, tuples, wanted);
      if (direct) return direct;
      const [reference] = step.references;
      if (reference === undefined || step.references.length > 1) return undefined;
      if (supergraph.features.relationWhere(step.from, step.relation) !== 'all' || !supergraph.features.filterable(step.to, reference)) return undefined;
      return run(searchThrough(supergraph, step, reference, wanted, pageMax), tuples);
    },
  };
}

interface Search {
  readonly text: string;
  readonly variables: (tuples: readonly Tuple[]) => Readonly<Record<string, unknown>>;
  readonly read: (node: Node) => readonly FoundRow[];
}

type Node = Readonly<Record<string, unknown>>;

interface Page {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const NONE: ReadonlyMap<string, string> = new Map();

function parsed(text: string): { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } {
  const known = documents.get(text);
  if (known) return known;
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('unreachable: the document has one operation');
  const entry = { document, operation };
  documents.set(text, entry);
  return entry;
}

/** One field by a list, whose values the plan need not know; several by a filter of their own. */
function searchBy(supergraph: Supergraph, type: string, by: readonly string[], wanted: readonly string[]): Search {
  const [single] = by;
  const read = (node: Node): FoundRow[] => [
    { by: by.map((path) => readPath(supergraph, type, node, path)), wanted: wanted.map((path) => readPath(supergraph, type, node, path)) },
  ];
  const select = selected([...by, ...wanted]);
  if (by.length === 1 && single !== undefined)
    return listSearch(supergraph, type, { field: single, of: type, where: within(single, '{ in: $values }') }, select, read);
  return {
    text: documentText(supergraph, type, `$where: ${whereName(type)}`, '$where', select),
    variables: (tuples) => ({
      where: {
        or: tuples.map((tuple) => ({ and: by.map((path, i) => path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), { eq: tuple[i] })) })),
      },
    }),
    read,
  };
}

/** Rows by the field of what their relation leads to. */
function searchThrough(supergraph: Supergraph, step: RelationStep, reference: string, wanted: readonly string[], pageMax: number): Search {
  const relation = supergraph.model.types.get(step.from)?.fields.get(step.relation);
  const many = relation?.kind === 'relation' && relation.many;
  const test = within(reference, '{ in: $values }');
  const related = many ? `${step.relation}(first: ${pageMax}) { nodes { ${selected([reference])} } }` : `${step.relation} { ${selected([reference])} }`;
  const where = `{ ${step.relation}: ${many ? `{ some: ${test} }` : test} }`;
  return listSearch(supergraph, step.from, { field: reference, of: step.to, where }, `${selected(wanted)} related: ${related}`, (node) => {
    const found = node['related'] as { readonly nodes?: readonly Node[] } | Node | null;
    const nodes = many ? ((found as { readonly nodes: readonly Node[] } | null)?.nodes ?? []) : found === null ? [] : [found as Node];
    return nodes.map((one) => ({
      by: [readPath(supergraph, step.to, one, reference)],
      wanted: wanted.map((path) => readPath(supergraph, step.from, node, path)),
    }));
  });
}

function listSearch(
  supergraph: Supergraph,
  type: string,
  { field, of, where }: { readonly field: string; readonly of: string; readonly where: string },
  select: string,
  read: Search['read'],
): Search {
  const scalar = leafAt(supergraph.model, of, field)?.type.name ?? 'String';
  return {
    text: documentText(supergraph, type, `$values: [${scalar}!]`, where, select),
    variables: (tuples) => ({ values: tuples.map(([value]) => value) }),
    read,
  };
}

function documentText(supergraph: Supergraph, type: string, variable: string, where: string, select: string): string {
  const many = supergraph.model.types.get(type)?.names.many ?? '';
  return `query (${variable}, $first: Int, $after: String) { rows: ${many}(where: ${where}, first: $first, after: $after) { nodes { ${select} } pageInfo { hasNextPage endCursor } } }`;
}

const within = (path: string, text: string): string => path.split('.').reduceRight((inner, name) => `{ ${name}: ${inner} }`, text);
const selected = (fields: readonly string[]): string =>
  [...new Set(fields)].map((path) => path.split('.').reduceRight((inner, name) => (inner === '' ? name : `${name} { ${inner} }`), '')).join(' ');

function readPath(supergraph: Supergraph, type: string, node: Readonly<Record<string, unknown>>, path: string): Canonical {
  const value = path.split('.').reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[name], node) ?? null;
  return comparable(supergraph, type, path, value as Canonical);
}

/** Amounts are printed with their cents; as keys they are plain. */
export function comparable(supergraph: Supergraph, type: string, path: string, value: Canonical): Canonical {
  if (typeof value !== 'string' || leafAt(supergraph.model, type, path)?.type.name !== 'Decimal') return value;
  return normalizeDecimal(value) ?? value;
}
