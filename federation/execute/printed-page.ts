import type { AnswerBytes } from './answer-bytes.ts';

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

  /** Its text, or what stands there for a part of `bytes`. */
  take(bytes: AnswerBytes | undefined): string {
    if (bytes && this.#length >= APART_MIN) return bytes.add(this.#bytes.subarray(0, this.#length));
    const text = this.#bytes.toString('utf8', 0, this.#length);
    giveBuffer(this.#bytes);
    return text;
  }
}

/** Shorter pages cost less as strings: buffers are memory outside the heap, which is collected at a higher price. */
const APART_MIN = 65_536;
const FIRST_BYTES = 32_768;
const SPARE_MAX = 64;
/** First buffers that nobody uses; the same price is why they are used again. */
const spare: Buffer[] = [];

/** To print into. @param bytes that it must have room for */
export function takeBuffer(bytes = FIRST_BYTES): Buffer {
  return (bytes <= FIRST_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_BYTES));
}

/** With the first `length` bytes of the one before, and room for so many more. */
export function growBuffer(buffer: Buffer, length: number, more: number): Buffer {
  const larger = takeBuffer(Math.max(buffer.length * 2, length + more));
  buffer.copy(larger, 0, 0, length);
  giveBuffer(buffer);
  return larger;
}

/** Nobody uses it any more. */
export function giveBuffer(buffer: Buffer): void {
  if (buffer.length === FIRST_BYTES && spare.length < SPARE_MAX) spare.push(buffer);
}
