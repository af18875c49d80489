import type { Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { ConnectionField, EdgeField, ListPlan, Output, OutputField } from '../plan/output.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { compileValue } from './compile-value.ts';
import { decodeWire } from '../values/decode-wire.ts';
import { decodeNaive, NAIVE } from '../values/naive.ts';
import { compileObject, fail, within, writeEach, type Write } from './compile-output.ts';
import type { Execution } from './execution.ts';
import { compileRows } from './compile-rows.ts';
import { FetchFailure } from './fetch-failure.ts';
import { slotReader, VALUES_ONLY, type Layout } from './layout.ts';
import { PrintedPage } from './printed-page.ts';

/** The rows of a page as they are shown, and whether there are more. */
interface Page {
  readonly rows: readonly Row[];
  readonly more: boolean;
  /** The list of nodes, when the rows were printed as they came. */
  readonly printed?: PrintedPage;
}

/** Undefined: the connection is null, since the part may not be. */
type WritePart = (row: Row, page: Page, execution: Execution) => string | undefined;

/** A connection is null, with one error, when any of its parts failed. */
export function compileConnection(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'connection' }>): Write {
  const { list } = output;
  const readList = list && slotReader(layout, list.ref);
  const parts = output.refs.map((ref) => slotReader(layout, ref));
  const fields = output.fields.map((field, i) => ({
    head: `${i === 0 ? '{' : ','}${JSON.stringify(field.key)}:`,
    key: field.key,
    write: compileField(supergraph, layout, readList?.layout ?? VALUES_ONLY, list, field),
  }));
  const bare = output.bare ? fields[output.fields.findIndex((f) => f.kind === 'nodes')] : undefined;
  return (row, execution) => {
    for (const part of parts) {
      const found = part.read(row);
      if (found instanceof FetchFailure) return fail(execution, found);
    }
    const page = list && readList ? pageOf(list, readList.read(row) as Row[] | PrintedPage) : NO_PAGE;
    if (bare) return bare.write(row, page, execution) ?? 'null';
    let text = '';
    for (const { head, key, write } of fields) {
      execution.path.push(key);
      const part = write(row, page, execution);
      execution.path.pop();
      if (part === undefined) return 'null';
      text += head + part;
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

const NO_PAGE: Page = { rows: [], more: false };

function pageOf(list: ListPlan, rows: Row[] | PrintedPage): Page {
  if (rows instanceof PrintedPage) return { rows: [], more: rows.more, printed: rows };
  const more = rows.length > list.limit;
  const shown = more ? rows.slice(0, list.limit) : rows;
  return { rows: list.reversed ? shown.toReversed() : shown, more };
}

function compileField(supergraph: Supergraph, layout: Layout, rowLayout: Layout, list: ListPlan | undefined, field: ConnectionField): WritePart {
  switch (field.kind) {
    case 'text':
      return () => field.json;
    case 'error': {
      const failure = new FetchFailure(field.error);
      return (_row, _page, execution) => fail(execution, failure);
    }
    case 'nodes': {
      const write = compileRows(supergraph, rowLayout, field.fields);
      return (_row, { rows, printed }, execution) => printed?.take(execution.bytes) ?? write(rows, execution);
    }
    case 'edges': {
      const write = compileEdge(supergraph, rowLayout, list, field.fields);
      const cursor = field.fields.find(({ kind }) => kind === 'cursor');
      const placeOf = compilePlace(supergraph, rowLayout, list);
      return (_row, { rows }, execution) => {
        // Known beforehand, since a cursor may not be null.
        for (const [i, row] of cursor ? rows.entries() : []) {
          const place = placeOf(row, execution);
          if (!(place instanceof FetchFailure)) continue;
          within(i, () => fail(execution, place, cursor?.key))(row, execution);
          return undefined;
        }
        return writeEach(rows, write, execution);
      };
    }
    case 'pageInfo':
      return compilePageInfo(supergraph, rowLayout, list, field.fields);
    case 'count': {
      const slot = slotReader(layout, field.ref);
      const tooFew = field.tooFew && new FetchFailure(field.tooFew);
      return (row, _page, execution) => {
        const count = Number(aggregateRow(slot.read(row))?.[field.column] ?? 0);
        return tooFew && count === 0 ? fail(execution, tooFew) : String(count);
      };
    }
    case 'aggregate': {
      const slot = slotReader(layout, field.ref);
      const write = compileObject(supergraph, VALUES_ONLY, field.fields);
      const { tooFew } = field;
      const failure = tooFew && new FetchFailure(tooFew.error);
      return (row, _page, execution) => {
        const found = aggregateRow(slot.read(row)) ?? [];
        return failure && Number(found[tooFew.column] ?? 0) === 0 ? fail(execution, failure) : write(found, execution);
      };
    }
    case 'groups': {
      const slot = slotReader(layout, field.ref);
      const write = compileObject(supergraph, VALUES_ONLY, field.fields);
      const tooMany = new FetchFailure(new HubError('LIMIT_PAGE', `there are more than ${field.max} groups; narrow the filter, or ask for the first ones`));
      return (row, _page, execution) => {
        const groups = slot.read(row) as Row[];
        if (groups.length > field.max) return fail(execution, tooMany);
        return writeEach(groups, write, execution);
      };
    }
  }
}

/** At the root a total is the only row of its fetch; below it is the row itself. */
function aggregateRow(found: Row | Row[] | null | FetchFailure): Row | undefined {
  if (!Array.isArray(found)) return undefined;
  return Array.isArray(found[0]) ? (found[0] as Row) : (found as Row);
}

function compileEdge(supergraph: Supergraph, layout: Layout, list: ListPlan | undefined, fields: readonly EdgeField[]): Write {
  const cursor = compileCursor(supergraph, layout, list);
  const writers = fields.map((field): Write => {
    const head = `${JSON.stringify(field.key)}:`;
    if (field.kind === 'text') return () => head + field.json;
    if (field.kind === 'cursor') return (row, execution) => head + cursor(row, execution, field.key);
    const write = within(field.key, compileObject(supergraph, layout, field.fields as readonly OutputField[]));
    return (row, execution) => head + write(row, execution);
  });
  return (row, execution) => `{${writers.map((write) => write(row, execution)).join(',')}}`;
}

/** @returns the cursor of a row as JSON text; null, with an error at `key`, where none can be made */
function compileCursor(supergraph: Supergraph, layout: Layout, list: ListPlan | undefined): (row: Row, execution: Execution, key: string) => string {
  const placeOf = compilePlace(supergraph, layout, list);
  return (row, execution, key) => {
    const place = placeOf(row, execution);
    if (place instanceof FetchFailure) return fail(execution, place, key);
    return place === undefined ? 'null' : JSON.stringify(execution.cursors.encode(list?.cursor?.fingerprint ?? '', place));
  };
}

/** Where a row stands in its list's order: what a cursor is made of; undefined in a list without one. */
function compilePlace(
  supergraph: Supergraph,
  layout: Layout,
  list: ListPlan | undefined,
): (row: Row, execution: Execution) => readonly Canonical[] | FetchFailure | undefined {
  const plan = list?.cursor;
  if (!plan) return () => undefined;
  if (plan.values) {
    const read = plan.values.map((value) => compileValue(supergraph, layout, value));
    return (row, execution) => read.map((value) => value(row, execution) as Canonical);
  }
  const decoders = plan.scalars.map((scalar) => (scalar === NAIVE ? decodeNaive(supergraph.timeZone) : decodeWire(scalar)));
  return (row) => {
    const wires = plan.columns.map((column) => row[column] as WireValue);
    const values = wires.map((wire, i) => decoders[i]?.(wire) ?? null);
    const odd = values.findIndex((value, i) => value === null && wires[i] !== null);
    // From such a place nobody could go on: rows would be passed over in silence.
    return odd < 0 ? values : noPlace(plan.scalars[odd] ?? '', String(wires[odd]));
  };
}

const noPlace = (scalar: string, text: string): FetchFailure =>
  new FetchFailure(
    new HubError(
      'BAD_USER_INPUT',
      `no cursor can be made of a row that is ordered by ${JSON.stringify(text)}, which is no ${scalar}; order by another field, or filter by a range that leaves such rows out`,
    ),
  );

function compilePageInfo(
  supergraph: Supergraph,
  layout: Layout,
  list: ListPlan | undefined,
  fields: readonly { readonly key: string; readonly name: string }[],
): WritePart {
  const cursor = compileCursor(supergraph, layout, list);
  return (_row, page, execution) => {
    const value = (name: string, key: string): string => {
      const [first, last] = [page.rows[0], page.rows.at(-1)];
      switch (name) {
        case 'hasNextPage':
          return String(list?.reversed ? list.paged.before : page.more);
        case 'hasPreviousPage':
          return String(list?.reversed ? page.more : list !== undefined && (list.paged.after || list.paged.offset > 0));
        case 'startCursor':
          return first ? cursor(first, execution, key) : 'null';
        case 'endCursor':
          return last ? cursor(last, execution, key) : 'null';
        default:
          return '"PageInfo"';
      }
    };
    return `{${fields.map((f) => `${JSON.stringify(f.key)}:${value(f.name, f.key)}`).join(',')}}`;
  };
}
