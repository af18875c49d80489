import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { Output, OutputField } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { convertDatum } from '../values/datum.ts';
import { compileChecks } from './compile-checks.ts';
import { compileConnection } from './compile-connection.ts';
import { compileMeta } from './compile-meta.ts';
import { compilePrint } from './compile-print.ts';
import { compileValue } from './compile-value.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { slotReader, VALUES_ONLY, type Layout } from './layout.ts';

/** A place in the response, innermost first. */
export interface Path {
  readonly up: Path | undefined;
  readonly key: string | number;
}

/** Writes the JSON text of one field from its row. */
export type Write = (row: Row, execution: Execution, path: Path) => string;

/** Compiles outputs to writers once per plan: the final JSON is put together row by row, without a tree of objects in between. */
export function compileObject(
  supergraph: Supergraph,
  layout: Layout,
  fields: readonly OutputField[],
): (row: Row, execution: Execution, path: Path | undefined) => string {
  const visible = fields.filter(({ output }) => output.kind !== 'subject');
  const write = compileVisible(supergraph, layout, visible);
  const [note] = fields.flatMap(({ output }) => (output.kind === 'subject' ? [compileSubject(supergraph, layout, output)] : []));
  if (!note) return write;
  return (row, execution, path) => {
    note(row, execution);
    return write(row, execution, path);
  };
}

/** Counts the entity that the row is of. */
function compileSubject(supergraph: Supergraph, layout: Layout, { type, key }: Extract<Output, { kind: 'subject' }>): (row: Row, execution: Execution) => void {
  const read = key.map((value) => compileValue(supergraph, layout, value));
  return (row, execution) => {
    if (!execution.tally) return;
    const values = read.map((each) => each(row, execution));
    execution.tally.addEntity(type, values.some((value) => value instanceof FetchFailure) ? [] : (values as Canonical[]));
  };
}

function compileVisible(
  supergraph: Supergraph,
  layout: Layout,
  fields: readonly OutputField[],
): (row: Row, execution: Execution, path: Path | undefined) => string {
  const writers = fields.map((field, i) => ({
    head: `${i === 0 ? '{' : ','}${JSON.stringify(field.key)}:`,
    key: field.key,
    write: compileOutput(supergraph, layout, field.output),
  }));
  if (writers.length === 0) return () => '{}';
  return (row, execution, path) => {
    let text = '';
    for (const { head, key, write } of writers) text += head + write(row, execution, { up: path, key });
    return `${text}}`;
  };
}

export function fail(execution: Execution, failure: FetchFailure, path: Path): 'null' {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.up) keys.unshift(at.key);
  execution.errors.push({ error: failure.error, path: keys });
  return 'null';
}

export function compileOutput(supergraph: Supergraph, layout: Layout, output: Output): Write {
  switch (output.kind) {
    case 'text':
      return () => output.json;
    case 'error': {
      const failure = new FetchFailure(output.error);
      return (_row, execution, path) => fail(execution, failure, path);
    }
    case 'foreign':
      return (_row, execution) => execution.foreign.get(output.key) ?? 'null';
    case 'value': {
      const read = compileValue(supergraph, layout, output.value);
      const print = compilePrint(output.print);
      return (row, execution, path) => {
        const value = read(row, execution);
        return value instanceof FetchFailure ? fail(execution, value, path) : print(value);
      };
    }
    case 'subject':
      return () => ''; // never among the visible
    case 'object':
      return compileObject(supergraph, layout, output.fields);
    case 'one':
    case 'first': {
      const slot = slotReader(layout, output.ref);
      const write = compileObject(supergraph, slot.layout, output.fields);
      const first = output.kind === 'first';
      return (row, execution, path) => {
        const related = slot.read(row);
        if (related instanceof FetchFailure) return fail(execution, related, path);
        const target = first ? (related as Row[])[0] : (related as Row | null);
        return target ? write(target, execution, path) : 'null';
      };
    }
    case 'connection':
      return compileConnection(supergraph, layout, output);
    case 'nodes':
      return compileNodes(supergraph, layout, output);
    case 'point':
      return compilePoint(supergraph, layout, output);
    case 'meta':
      return compileMeta(supergraph, layout, output.meta);
    case 'checks':
      return compileChecks(supergraph, layout, output);
  }
}

function compileNodes(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'nodes' }>): Write {
  const items = output.items.map((item) => {
    const child = item && layout.kind === 'root' ? layout.shapes[item.fetch] : undefined;
    return item && { ...item, write: compileObject(supergraph, child ? { kind: 'row', shape: child.shape } : VALUES_ONLY, item.fields) };
  });
  const write = (row: Row, execution: Execution, path: Path, item: (typeof items)[number]): string => {
    if (!item) return 'null';
    const batch = row[item.fetch] as Row[] | FetchFailure;
    if (batch instanceof FetchFailure) return fail(execution, batch, path);
    const entity = batch[item.ordinal]?.[0] as Row | null | undefined;
    return entity ? item.write(entity, execution, path) : 'null';
  };
  if (output.single) return (row, execution, path) => write(row, execution, path, items[0] ?? null);
  return (row, execution, path) => `[${items.map((item, i) => write(row, execution, { up: path, key: i }, item)).join(',')}]`;
}

function compilePoint(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'point' }>): Write {
  const [longitude, latitude, datum] = [output.longitude, output.latitude, output.datum].map((v) => compileValue(supergraph, layout, v));
  const print = compilePrint({ scalar: 'Float' });
  return (row, execution, path) => {
    const values = [longitude, latitude, datum].map((read) => read?.(row, execution) ?? null);
    const failure = values.find((v) => v instanceof FetchFailure);
    if (failure instanceof FetchFailure) return fail(execution, failure, path);
    const [lng, lat, crs] = values;
    if (lng === null || lat === null || lng === undefined || lat === undefined) return 'null';
    const point = convertDatum({ longitude: Number(lng), latitude: Number(lat), datum: typeof crs === 'string' ? crs : null }, output.to);
    if (!point) return 'null';
    const texts = output.fields.map((f) => {
      if (f.part === 'typename') return `${JSON.stringify(f.key)}:${JSON.stringify(f.text)}`;
      return `${JSON.stringify(f.key)}:${f.part === 'datum' ? JSON.stringify(point.datum) : print(point[f.part])}`;
    });
    return `{${texts.join(',')}}`;
  };
}
