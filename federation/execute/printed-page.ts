import type { AnswerBytes } from './answer-bytes.ts';
import { giveBuffer } from './buffer-pool.ts';

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
    if (bytes && this.#length >= APART_MIN) return bytes.adopt(this.#bytes, this.#length);
    const text = this.#bytes.toString('utf8', 0, this.#length);
    giveBuffer(this.#bytes);
    return text;
  }
}

/** Shorter pages cost less as strings. */
const APART_MIN = 2_048;
