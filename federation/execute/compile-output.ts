import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { Output, OutputField } from '../plan/output.ts';
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
import { tallyKey } from './tally.ts';

/** Writes the JSON text of one field, or of an object, from its row. Where in the response it stands is `execution.path`. */
export type Write = (row: Row, execution: Execution) => string;

/** Compiles outputs to writers once per plan: the final JSON is put together row by row, without a tree of objects in between. */
export function compileObject(supergraph: Supergraph, layout: Layout, fields: readonly OutputField[]): Write {
  const visible = fields.filter(({ output }) => output.kind !== 'subject');
  const write = compileVisible(supergraph, layout, visible);
  const [note] = fields.flatMap(({ output }) => (output.kind === 'subject' ? [compileSubject(supergraph, layout, output)] : []));
  if (!note) return write;
  return (row, execution) => {
    note(row, execution);
    return write(row, execution);
  };
}

type Subject = Extract<Output, { kind: 'subject' }>;

/** Counts the entity that the row is of. */
export function compileSubject(supergraph: Supergraph, layout: Layout, subject: Subject): (row: Row, execution: Execution) => void {
  const read = subjectKey(supergraph, layout, subject);
  return (row, execution) => execution.tally?.addEntity(subject.type, read(row, execution));
}

/** How the entity of a row is counted; undefined when its key is not known. */
export function subjectKey(supergraph: Supergraph, layout: Layout, { key }: Subject): (row: Row, execution: Execution) => string | undefined {
  const read = key.map((value) => compileValue(supergraph, layout, value));
  const [only] = read;
  if (only && read.length === 1)
    return (row, execution) => {
      const value = only(row, execution);
      return value === null || value instanceof FetchFailure ? undefined : String(value);
    };
  return (row, execution) => {
    const values = read.map((each) => each(row, execution));
    return values.some((value) => value instanceof FetchFailure) ? undefined : tallyKey(values as Canonical[]);
  };
}

function compileVisible(supergraph: Supergraph, layout: Layout, fields: readonly OutputField[]): Write {
  const heads = fields.map(({ key }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`);
  const writers = fields.map(({ key, output }) => {
    const write = compileOutput(supergraph, layout, output, key);
    return LEAVES.includes(output.kind) ? write : within(key, write);
  });
  const count = writers.length;
  if (count === 0) return () => '{}';
  return (row, execution) => {
    let text = '';
    for (let i = 0; i < count; i++) text += (heads[i] as string) + (writers[i] as Write)(row, execution);
    return `${text}}`;
  };
}

/** Fields with nothing below them need no place of their own while all goes well. */
const LEAVES: readonly Output['kind'][] = ['text', 'value', 'foreign', 'error'];

/** What is written by `write` stands at `key`. */
export function within(key: string | number, write: Write): Write {
  return (row, execution) => {
    execution.path.push(key);
    const text = write(row, execution);
    execution.path.pop();
    return text;
  };
}

/** A list of objects, each at its index. */
export function writeEach(rows: readonly Row[], write: Write, execution: Execution): string {
  const { path } = execution;
  const depth = path.length;
  let text = '[';
  for (let i = 0; i < rows.length; i++) {
    path[depth] = i;
    text += (i === 0 ? '' : ',') + write(rows[i] as Row, execution);
  }
  path.length = depth;
  return `${text}]`;
}

/** Null, and the error at this place, or at `key` within it. */
export function fail({ errors, path }: Execution, failure: FetchFailure, key?: string): 'null' {
  errors.push({ error: failure.error, path: key === undefined ? [...path] : [...path, key] });
  return 'null';
}

/** @param key of a leaf, which stands at no place of its own */
export function compileOutput(supergraph: Supergraph, layout: Layout, output: Output, key: string): Write {
  switch (output.kind) {
    case 'text':
      return () => output.json;
    case 'error': {
      const failure = new FetchFailure(output.error);
      return (_row, execution) => fail(execution, failure, key);
    }
    case 'foreign':
      return (_row, execution) => execution.foreign.get(output.key) ?? 'null';
    case 'value': {
      const read = compileValue(supergraph, layout, output.value);
      const print = compilePrint(output.print);
      return (row, execution) => {
        const value = read(row, execution);
        return value instanceof FetchFailure ? fail(execution, value, key) : print(value);
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
      return (row, execution) => {
        const related = slot.read(row);
        if (related instanceof FetchFailure) return fail(execution, related);
        const target = first ? (related as Row[])[0] : (related as Row | null);
        return target ? write(target, execution) : 'null';
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
    if (item && 'error' in item) return new FetchFailure(item.error);
    const child = item && layout.kind === 'root' ? layout.shapes[item.fetch] : undefined;
    return item && { ...item, write: compileObject(supergraph, child ? { kind: 'row', shape: child.shape } : VALUES_ONLY, item.fields) };
  });
  const write = (row: Row, execution: Execution, item: (typeof items)[number]): string => {
    if (!item) return 'null';
    if (item instanceof FetchFailure) return fail(execution, item);
    const batch = row[item.fetch] as Row[] | FetchFailure;
    if (batch instanceof FetchFailure) return fail(execution, batch);
    const entity = batch[item.ordinal]?.[0] as Row | null | undefined;
    return entity ? item.write(entity, execution) : 'null';
  };
  if (output.single) return (row, execution) => write(row, execution, items[0] ?? null);
  const writers = items.map((item, i) => within(i, (row, execution) => write(row, execution, item)));
  return (row, execution) => `[${writers.map((each) => each(row, execution)).join(',')}]`;
}

function compilePoint(supergraph: Supergraph, layout: Layout, output: Extract<Output, { kind: 'point' }>): Write {
  const [longitude, latitude, datum] = [output.longitude, output.latitude, output.datum].map((v) => compileValue(supergraph, layout, v));
  const print = compilePrint({ scalar: 'Float' });
  return (row, execution) => {
    const values = [longitude, latitude, datum].map((read) => read?.(row, execution) ?? null);
    const failure = values.find((v) => v instanceof FetchFailure);
    if (failure instanceof FetchFailure) return fail(execution, failure);
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
