import type { Row } from '../../connectors/spi/ir.ts';
import type { PrintedRows, RowSink } from '../../connectors/spi/printed.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Write } from './compile-output.ts';
import type { Execution } from './execution.ts';
import { giveBuffer, growBuffer, takeBuffer } from './buffer-pool.ts';
import { PrintedPage } from './printed-page.ts';
import { KEY_END } from './tally.ts';
import { endOfDecimal, isDate } from './verbatim-bytes.ts';

/** `fixed`: the same in every row. `written`: made of the row's values. The others stand in the answer as the source prints them, where JSON allows it. */
export type PrintedForm = 'fixed' | 'written' | 'text' | 'integer' | 'decimal' | 'date';

export interface PrintedCell {
  /** What stands before the value; of a fixed one, the value too. */
  readonly head: Uint8Array;
  readonly form: PrintedForm;
  readonly column: number;
  /** From the row, when the bytes cannot stand as they are. */
  readonly write: Write;
}

/** How the entity of a row is counted. */
export interface PrintedSubject {
  readonly type: string;
  readonly key: (row: Row, execution: Execution) => string | undefined;
  /** The column whose text is the key, if it is one. */
  readonly column: number | undefined;
}

export interface PrintedList {
  readonly cells: readonly PrintedCell[];
  /** Of a row as it arrives. */
  readonly columns: number;
  /** Rows that are shown; what comes after only says that there are more. */
  readonly limit: number;
  readonly subject: PrintedSubject | undefined;
}

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const END = 125;
const NULL = Buffer.from('null');

/** Prints the rows of one fetch while they arrive, for one run. A class, since its code is hot: closures made for each run would be slower. */
export class PagePrinter implements RowSink {
  readonly #cells: readonly PrintedCell[];
  readonly #columns: number;
  readonly #limit: number;
  readonly #subject: PrintedSubject | undefined;
  readonly #execution: Execution;
  readonly #decode: PrintedRows['decode'];
  readonly #maxKeys: number;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  #out = takeBuffer();
  #at = 0;
  #rows = 0;
  #more = false;
  #keyed = 0;
  /** Keys of the rows so far: those whose text is the key as bytes, a KEY_END after each. */
  #keyBytes: Buffer | undefined;
  #keysEnd = 0;
  #keys = '';

  constructor({ cells, columns, limit, subject }: PrintedList, execution: Execution, decode: PrintedRows['decode']) {
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

  begin(): void {
    this.#at = 0;
    this.#rows = 0;
    this.#more = false;
    this.#keyed = 0;
    this.#keysEnd = 0;
    this.#keys = '';
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
      const { head, form, column, write } = cells[i] as PrintedCell;
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
    if (this.#subject && this.#keyed < this.#maxKeys) this.#note(this.#subject, bytes, row);
  }

  /** When all have come; then it is of no more use. */
  finish(): PrintedPage {
    this.#need(2);
    if (this.#rows === 0) this.#out[this.#at++] = OPEN;
    this.#out[this.#at++] = CLOSE;
    const { tally } = this.#execution;
    if (this.#subject && tally && this.#rows > 0)
      tally.addPage(this.#subject.type, this.#rows, this.#keys + (this.#keyBytes?.toString('utf8', 0, this.#keysEnd) ?? ''));
    if (this.#keyBytes) giveBuffer(this.#keyBytes);
    this.#keyBytes = undefined;
    return new PrintedPage(this.#out, this.#at, this.#more);
  }

  #note({ column, key }: PrintedSubject, bytes: Buffer, row: Row | undefined): void {
    this.#keyed += 1;
    if (column === undefined) {
      const found = key(row ?? this.#read(bytes), this.#execution);
      if (found !== undefined) this.#keys += found + KEY_END;
      return;
    }
    const start = this.#starts[column] as number;
    const length = this.#lengths[column] as number;
    if (length <= 0) return;
    let out = (this.#keyBytes ??= takeBuffer());
    let at = this.#keysEnd;
    if (at + length + 1 > out.length) this.#keyBytes = out = growBuffer(out, at, length + 1);
    for (let i = 0; i < length; i++) out[at++] = bytes[start + i] as number;
    out[at++] = 0; // KEY_END
    this.#keysEnd = at;
  }

  #need(bytes: number): void {
    if (this.#at + bytes > this.#out.length) this.#out = growBuffer(this.#out, this.#at, bytes);
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
  #copy(form: PrintedForm, bytes: Buffer, start: number, length: number): boolean {
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
