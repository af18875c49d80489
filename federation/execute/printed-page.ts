import type { PrintedRows, RowSink } from '../../connectors/spi/printed.ts';
import type { Row } from '../../connectors/spi/ir.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { OutputField, Plan, Ref, RootFetch } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { fieldOf } from './bind-keys.ts';
import { compileOutput, subjectKey, type Write } from './compile-output.ts';
import type { Execution } from './execution.ts';
import type { Layout } from './layout.ts';

/** Stands in an answer's text for a page that is kept apart as bytes; JSON has no such character. */
export const PAGE_MARK = '\0';

/** A page's rows as they stand in the answer, a JSON list in UTF-8. It is taken once. */
export class PrintedPage {
  /** There are more rows than are shown. */
  readonly more: boolean;
  readonly #bytes: Buffer;
  readonly #length: number;

  constructor(bytes: Buffer, length: number, more: boolean) {
    this.#bytes = bytes;
    this.#length = length;
    this.more = more;
  }

  /** Its text, or the mark of what is put among `pages`. */
  take(pages: Buffer[] | undefined): string {
    if (pages && this.#length >= APART_MIN) {
      pages.push(this.#bytes.subarray(0, this.#length));
      return PAGE_MARK;
    }
    const text = this.#bytes.toString('utf8', 0, this.#length);
    putBack(this.#bytes);
    return text;
  }
}

/** Shorter pages cost less as strings: buffers are memory outside the heap, which is collected at a higher price. */
const APART_MIN = 65_536;
const FIRST_BYTES = 32_768;
const SPARE_MAX = 64;
/** First buffers that nobody uses. */
const spare: Buffer[] = [];

function putBack(buffer: Buffer): void {
  if (buffer.length === FIRST_BYTES && spare.length < SPARE_MAX) spare.push(buffer);
}

/** Prints the rows of one fetch while they arrive, for one run. */
export interface PagePrinter {
  readonly sink: RowSink;
  /** When all have come. */
  finish(): PrintedPage;
}

export type CompiledPrinter = (execution: Execution, decode: PrintedRows['decode']) => PagePrinter;

type Connection = Extract<OutputField['output'], { kind: 'connection' }>;

/**
 * How the rows of a root fetch can be printed straight from what arrives; undefined where something else is read from them than the values of one list that
 * is shown in their order. It pays where most values stand in the answer as the source prints them.
 */
export function compilePrinter(supergraph: Supergraph, plan: Plan, index: number): CompiledPrinter | undefined {
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
  const [subject] = nodes.fields.flatMap(({ output }) =>
    output.kind === 'subject' ? [{ type: output.type, key: subjectKey(supergraph, layout, output) }] : [],
  );
  return (execution, decode) => new Printer({ cells, columns: shape.shape.columns, limit: list.limit, subject, execution, decode });
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

function mentions(part: unknown, index: number): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if ('via' in part && part.via === 'fetch' && 'index' in part) return part.index === index;
  if ('kind' in part && part.kind === 'nodes' && 'items' in part) return true; // entities by their ids name fetches in a way of their own
  return Object.values(part).some((inner) => mentions(inner, index));
}

type Form = 'written' | 'fixed' | 'text' | 'integer' | 'decimal' | 'date';

interface Cell {
  /** What stands before the value; of a fixed one, the value too. */
  readonly head: Uint8Array;
  readonly form: Form;
  readonly column: number;
  /** From the row, when the bytes cannot stand as they are. */
  readonly write: Write;
}

function compileCell(supergraph: Supergraph, layout: Layout, { key, output }: OutputField, isFirst: boolean): Cell {
  const head = `${isFirst ? '{' : ','}${JSON.stringify(key)}:`;
  const write = compileOutput(supergraph, layout, output, key);
  if (output.kind === 'text') return { head: Buffer.from(head + output.json), form: 'fixed', column: 0, write };
  const cell = { head: Buffer.from(head), column: 0, form: 'written', write } as const;
  if (output.kind !== 'value' || output.print.mask || output.print.money || output.value.kind !== 'field') return cell;
  const { columns, field } = output.value;
  const { verbatim } = fieldOf(supergraph, field);
  const [column] = columns;
  return verbatim && column !== undefined && columns.length === 1 ? { ...cell, column, form: verbatim } : cell;
}

interface PrinterParts {
  readonly cells: readonly Cell[];
  readonly columns: number;
  readonly limit: number;
  readonly subject: { readonly type: string; readonly key: (row: Row, execution: Execution) => string | undefined } | undefined;
  readonly execution: Execution;
  readonly decode: PrintedRows['decode'];
}

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const END = 125;
const NULL = Buffer.from('null');

/** A class, since its code is hot: closures made for each run would be slower. */
class Printer implements PagePrinter, RowSink {
  readonly #cells: readonly Cell[];
  readonly #columns: number;
  readonly #limit: number;
  readonly #subject: PrinterParts['subject'];
  readonly #execution: Execution;
  readonly #decode: PrintedRows['decode'];
  readonly #maxKeys: number;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  #out = spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;
  #rows = 0;
  #more = false;
  #keys: (string | undefined)[] = [];

  constructor({ cells, columns, limit, subject, execution, decode }: PrinterParts) {
    this.#cells = cells;
    this.#columns = columns;
    this.#limit = limit;
    this.#subject = subject;
    this.#execution = execution;
    this.#decode = decode;
    this.#maxKeys = (subject && execution.tally?.maxKeys) ?? 0;
    this.#starts = new Int32Array(columns);
    this.#lengths = new Int32Array(columns);
  }

  get sink(): RowSink {
    return this;
  }

  begin(): void {
    this.#at = 0;
    this.#rows = 0;
    this.#more = false;
    this.#keys = [];
  }

  row(bytes: Buffer, from: number): void {
    if (this.#rows === this.#limit) {
      this.#more = true;
      return;
    }
    this.#find(bytes, from);
    const cells = this.#cells;
    const lengths = this.#lengths;
    let row: Row | undefined;
    this.#need(1);
    this.#out[this.#at++] = this.#rows === 0 ? OPEN : COMMA;
    this.#rows += 1;
    for (let i = 0; i < cells.length; i++) {
      const { head, form, column, write } = cells[i] as Cell;
      const length = lengths[column] as number;
      this.#need(head.length + Math.max(length, NULL.length) + 2);
      this.#put(head);
      if (form === 'fixed' || (form !== 'written' && this.#copy(form, bytes, this.#starts[column] as number, length))) continue;
      const text = write((row ??= this.#read(bytes)), this.#execution);
      this.#need(text.length * 3);
      this.#at += this.#out.write(text, this.#at);
    }
    this.#need(1);
    this.#out[this.#at++] = END;
    if (this.#subject && this.#keys.length < this.#maxKeys) this.#keys.push(this.#subject.key(row ?? this.#read(bytes), this.#execution));
  }

  finish(): PrintedPage {
    this.#need(2);
    if (this.#rows === 0) this.#out[this.#at++] = OPEN;
    this.#out[this.#at++] = CLOSE;
    const { tally } = this.#execution;
    if (this.#subject && tally) for (let i = 0; i < this.#rows; i++) tally.addEntity(this.#subject.type, this.#keys[i]);
    return new PrintedPage(this.#out, this.#at, this.#more);
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#at + bytes));
    this.#out.copy(larger, 0, 0, this.#at);
    putBack(this.#out);
    this.#out = larger;
  }

  #put(bytes: Uint8Array): void {
    const out = this.#out;
    const at = this.#at;
    for (let i = 0; i < bytes.length; i++) out[at + i] = bytes[i] as number;
    this.#at = at + bytes.length;
  }

  /** Where the row's cells are. */
  #find(bytes: Buffer, from: number): void {
    const starts = this.#starts;
    const lengths = this.#lengths;
    let at = from;
    for (let c = 0; c < this.#columns; c++) {
      const length = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
      at += 4;
      starts[c] = at;
      lengths[c] = length;
      if (length > 0) at += length;
    }
  }

  /** The row as values. */
  #read(bytes: Buffer): Row {
    const row: WireValue[] = [];
    for (let c = 0; c < this.#columns; c++) {
      const length = this.#lengths[c] as number;
      const start = this.#starts[c] as number;
      const text = length < 0 ? null : bytes.toString('utf8', start, start + length);
      const read = this.#decode[c];
      row.push(text !== null && read ? read(text) : text);
    }
    return row;
  }

  /** Whether the bytes can stand as they are; then they do. */
  #copy(form: Form, bytes: Buffer, start: number, length: number): boolean {
    const out = this.#out;
    const at = this.#at;
    if (length < 0 || (length === 0 && form === 'text')) {
      this.#put(NULL);
      return true;
    }
    if (form === 'integer') {
      for (let i = 0; i < length; i++) out[at + i] = bytes[start + i] as number;
      this.#at = at + length;
      return true;
    }
    const end = form === 'decimal' ? endOfDecimal(bytes, start, length) : start + length;
    if (end < 0 || (form === 'date' && !isDate(bytes, start, length))) return false;
    let to = at + 1;
    for (let from = start; from < end; from++) {
      const code = bytes[from] as number;
      if (code < SPACE || code === QUOTE || code === BACKSLASH) return false;
      out[to++] = code;
    }
    out[at] = QUOTE;
    out[to] = QUOTE;
    this.#at = to + 1;
    return true;
  }
}

/** Where a decimal ends without superfluous zeros; -1 for one that is written otherwise. */
function endOfDecimal(bytes: Buffer, start: number, length: number): number {
  const end = start + length;
  const first = bytes[start] === MINUS ? start + 1 : start;
  let point = -1;
  for (let i = first; i < end; i++) {
    const code = bytes[i] as number;
    if (code === POINT && point < 0 && i > first) point = i;
    else if (code < ZERO || code > NINE) return -1;
  }
  const whole = (point < 0 ? end : point) - first;
  if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return -1;
  let last = end;
  if (point >= 0) {
    while (bytes[last - 1] === ZERO) last -= 1;
    if (last === point + 1) last = point;
  }
  const isNegativeZero = first > start && last === first + 1 && bytes[first] === ZERO;
  return isNegativeZero ? -1 : last;
}

const DATE_LENGTH = 10;

function isDate(bytes: Buffer, start: number, length: number): boolean {
  if (length !== DATE_LENGTH) return false;
  for (let i = 0; i < DATE_LENGTH; i++) {
    const code = bytes[start + i] as number;
    if (i === 4 || i === 7 ? code !== MINUS : code < ZERO || code > NINE) return false;
  }
  return true;
}
