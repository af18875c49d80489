import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { OutputField } from '../plan/output.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { AnswerBytes } from './answer-bytes.ts';
import { compileObject, compileSubject, fail, writeEach } from './compile-output.ts';
import { compilePrint, printedAs } from './compile-print.ts';
import { compileValue, type ReadValue } from './compile-value.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import type { Layout } from './layout.ts';

/** The JSON list of objects, one for each row: as text, or what stands for it there. */
export type WriteRows = (rows: readonly Row[], execution: Execution) => string;

/** Shorter lists cost less as text. */
const ROWS_MIN = 2;
const OPEN = Buffer.from('[');
const NEXT = Buffer.from(',');
const END = Buffer.from('}');
const CLOSE = Buffer.from(']');

/** A field of such an object. */
interface Cell {
  readonly key: string;
  /** What stands before the value; of a fixed one, the value too. */
  readonly head: Uint8Array;
  /** Absent: fixed. */
  readonly value?: { readonly read: ReadValue; readonly write: (value: Canonical, bytes: AnswerBytes) => void };
}

/** Lists whose rows hold nothing but values are most of a large answer: they are written as bytes, where the execution takes some. */
export function compileRows(supergraph: Supergraph, layout: Layout, fields: readonly OutputField[]): WriteRows {
  const write = compileObject(supergraph, layout, fields);
  const asText: WriteRows = (rows, execution) => writeEach(rows, write, execution);
  const visible = fields.filter(({ output }) => output.kind !== 'subject');
  if (visible.length === 0 || visible.some(({ output }) => output.kind !== 'text' && output.kind !== 'value')) return asText;
  const cells = visible.map((field, i) => compileCell(supergraph, layout, field, i === 0));
  const [note] = fields.flatMap(({ output }) => (output.kind === 'subject' ? [compileSubject(supergraph, layout, output)] : []));
  return (rows, execution) => {
    const { bytes, path } = execution;
    if (!bytes || rows.length < ROWS_MIN) return asText(rows, execution);
    const depth = path.length;
    bytes.begin();
    bytes.put(OPEN);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as Row;
      path[depth] = i;
      note?.(row, execution);
      if (i > 0) bytes.put(NEXT);
      for (let c = 0; c < cells.length; c++) {
        const { key, head, value } = cells[c] as Cell;
        bytes.put(head);
        if (!value) continue;
        const found = value.read(row, execution);
        if (found instanceof FetchFailure) bytes.text(fail(execution, found, key));
        else value.write(found, bytes);
      }
      bytes.put(END);
    }
    bytes.put(CLOSE);
    path.length = depth;
    return bytes.end();
  };
}

function compileCell(supergraph: Supergraph, layout: Layout, { key, output }: OutputField, isFirst: boolean): Cell {
  const head = `${isFirst ? '{' : ','}${JSON.stringify(key)}:`;
  if (output.kind === 'text') return { key, head: Buffer.from(head + output.json) };
  if (output.kind !== 'value') throw new Error(`unreachable: ${output.kind} is no value`);
  const print = compilePrint(output.print);
  const read = compileValue(supergraph, layout, output.value);
  const form = printedAs(output.print);
  const write = (value: Canonical, bytes: AnswerBytes): void => {
    if (value === null) bytes.text('null');
    else if (form === 'bare') bytes.bare(typeof value === 'string' ? value : String(value));
    else if (form === 'string' && typeof value === 'string') bytes.string(value);
    else bytes.text(print(value));
  };
  return { key, head: Buffer.from(head), value: { read, write } };
}
