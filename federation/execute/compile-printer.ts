import type { Output, OutputField, Ref, ValuePlan } from '../plan/output.ts';
import type { Plan, RootFetch } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { fieldOf } from './bind-keys.ts';
import { compileOutput, subjectKey } from './compile-output.ts';
import type { Layout } from './layout.ts';
import type { PrintedCell, PrintedForm, PrintedList, PrintedSubject } from './page-printer.ts';

type Connection = Extract<OutputField['output'], { kind: 'connection' }>;

/**
 * How the rows of a root fetch can be printed straight from what arrives; undefined where something else is read from them than the values of one list that
 * is shown in their order. It pays where most values stand in the answer as the source prints them.
 */
export function compilePrinter(supergraph: Supergraph, plan: Plan, index: number): PrintedList | undefined {
  const fetch = plan.fetches[index] as RootFetch;
  const [shape] = fetch.shapes;
  const connection = onlyReader(plan, index);
  const nodes = connection?.fields.find((field) => field.kind === 'nodes');
  const { list } = connection ?? {};
  if (!connection || !list || list.reversed || nodes?.kind !== 'nodes' || !connection.fields.every((field) => needsNoRow(field, index))) return undefined;
  if (fetch.keys || fetch.firstRows || fetch.request.kind !== 'rows' || !shape?.many || shape.stages) return undefined;
  if (shape.shape.children.length > 0 || shape.shape.externals.length > 0) return undefined;
  const layout: Layout = { kind: 'row', shape: shape.shape };
  const shown = nodes.fields.filter(({ output }) => output.kind !== 'subject');
  if (shown.some(({ output }) => output.kind !== 'text' && (output.kind !== 'value' || output.value.kind === 'check'))) return undefined;
  const cells = shown.map((field, i) => compileCell(supergraph, layout, field, i === 0));
  if (cells.length === 0 || cells.filter(({ form }) => form !== 'written').length * 2 < cells.length) return undefined;
  const [subject] = nodes.fields.flatMap(({ output }) => (output.kind === 'subject' ? [compileSubject(supergraph, layout, output)] : []));
  return { cells, columns: shape.shape.columns, limit: list.limit, subject };
}

/** Beside the nodes themselves: parts of a connection that are not made of its rows. */
function needsNoRow(field: Connection['fields'][number], index: number): boolean {
  switch (field.kind) {
    case 'pageInfo':
      return field.fields.every(({ name }) => name !== 'startCursor' && name !== 'endCursor');
    case 'edges':
      return false;
    case 'nodes':
    case 'text':
    case 'error':
      return true;
    default:
      return !isFetch(field.ref, index);
  }
}

const isFetch = (ref: Ref, index: number): boolean => ref.via === 'fetch' && ref.index === index;

/** The connection that alone reads a fetch, and its list alone. */
function onlyReader({ outputs }: Plan, index: number): Connection | undefined {
  const readers = outputs.filter(({ output }) => mentions(output, index));
  const [{ output } = {}] = readers;
  if (readers.length !== 1 || output?.kind !== 'connection' || !output.list || !isFetch(output.list.ref, index)) return undefined;
  const lists = output.fields.filter(({ kind }) => kind === 'nodes' || kind === 'edges');
  return lists.length === 1 ? output : undefined;
}

/** Whether a part of a plan reads a fetch. */
function mentions(part: unknown, index: number): boolean {
  if (typeof part !== 'object' || part === null || part instanceof Error) return false;
  if ('via' in part && part.via === 'fetch' && 'index' in part) return part.index === index;
  if ('kind' in part && part.kind === 'nodes' && 'items' in part) return true; // entities by their ids name fetches in a way of their own
  return Object.values(part).some((inner) => mentions(inner, index));
}

function compileCell(supergraph: Supergraph, layout: Layout, { key, output }: OutputField, isFirst: boolean): PrintedCell {
  const head = `${isFirst ? '{' : ','}${JSON.stringify(key)}:`;
  const write = compileOutput(supergraph, layout, output, key);
  if (output.kind === 'text') return { head: Buffer.from(head + output.json), form: 'fixed', column: 0, write };
  const cell = { head: Buffer.from(head), column: 0, form: 'written', write } as const;
  if (output.kind !== 'value' || output.print.mask || output.print.money) return cell;
  return { ...cell, ...verbatimColumn(supergraph, output.value) };
}

function compileSubject(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'subject' }>): PrintedSubject {
  const [only, ...more] = output.key;
  const found = only && more.length === 0 ? verbatimColumn(supergraph, only) : undefined;
  return { type: output.type, key: subjectKey(supergraph, layout, output), column: found?.form === 'text' ? found.column : undefined };
}

/** The column that a value is, unchanged. */
function verbatimColumn(supergraph: Supergraph, value: ValuePlan): { readonly column: number; readonly form: PrintedForm } | undefined {
  if (value.kind !== 'field') return undefined;
  const { verbatim } = fieldOf(supergraph, value.field);
  const [column] = value.columns;
  return verbatim && column !== undefined && value.columns.length === 1 ? { column, form: verbatim } : undefined;
}
