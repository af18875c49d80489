/** Stands in an answer's text for a page that is kept apart as bytes; JSON has no such character. */
export const PAGE_MARK = '\0';

/** A page's rows as they stand in the answer, a JSON list in UTF-8. It is taken once. */
export class PrintedPage {
  /** There are more rows than are shown. */
  readonly more: boolean;
  readonly #bytes: Buffer;
  readonly #length: number;

  /** @param bytes from `takeBuffer`, of which the first `length` are the page; whoever made it uses them no more */
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
/** First buffers that nobody uses; the same price is why they are used again. */
const spare: Buffer[] = [];

/** To print a page into. */
export function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
}

/** With the first `length` bytes of the one before, and room for so many more. */
export function growBuffer(buffer: Buffer, length: number, more: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + more));
  buffer.copy(larger, 0, 0, length);
  putBack(buffer);
  return larger;
}

function putBack(buffer: Buffer): void {
  if (buffer.length === FIRST_BYTES && spare.length < SPARE_MAX) spare.push(buffer);
}
