import { giveBuffer, takeBuffer } from './buffer-pool.ts';

/** Before and behind the number of a part that is kept apart as bytes, which stands for it in an answer's text; JSON has no such character. */
export const PART_MARK = '\0';

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const ASCII_END = 0x80;
const TWO_BYTES_END = 0x800;
const SURROGATES = 0xd800;
const SURROGATES_END = 0xe000;
/** Longer texts are left to the engine, which is faster there. */
const SHORT = 64;

/**
 * Parts of one answer in UTF-8; one whose field became null by another's error stands nowhere in it. Strings that are put together of thousands of pieces are flattened and encoded in the end; bytes are what is
 * sent. A class, since its code is hot.
 */
export class AnswerBytes {
  readonly parts: Buffer[] = [];
  #out: Buffer | undefined;
  /** Where the part that is being written begins, and where it goes on. */
  #start = 0;
  #at = 0;
  readonly #full: Buffer[] = [];

  /** How many bytes there are so far. */
  get length(): number {
    return this.parts.reduce((sum, { length }) => sum + length, 0);
  }

  /** @returns what stands for it in the text */
  add(part: Buffer): string {
    return `${PART_MARK}${this.parts.push(part) - 1}${PART_MARK}`;
  }

  /** The first bytes of a whole buffer from `takeBuffer`, which is used again with the others. @returns what stands for them in the text */
  adopt(buffer: Buffer, length: number): string {
    this.#full.push(buffer);
    return this.add(buffer.subarray(0, length));
  }

  /** A part that is written piece by piece, until `end`. Nothing else is written meanwhile. */
  begin(): void {
    this.#out ??= takeBuffer();
    this.#start = this.#at;
  }

  /** @returns what stands for the part in the text */
  end(): string {
    return this.add(this.#room(0).subarray(this.#start, this.#at));
  }

  put(bytes: Uint8Array): void {
    const { length } = bytes;
    const out = this.#room(length);
    const at = this.#at;
    for (let i = 0; i < length; i++) out[at + i] = bytes[i] as number;
    this.#at = at + length;
  }

  /** JSON text as it is. */
  text(text: string): void {
    this.#encode(text, false);
  }

  /** A JSON string whose characters need no escape. */
  bare(text: string): void {
    this.#byte(QUOTE);
    this.#encode(text, false);
    this.#byte(QUOTE);
  }

  /** A JSON string. */
  string(text: string): void {
    this.#byte(QUOTE);
    if (this.#encode(text, true)) this.#byte(QUOTE);
    else {
      this.#at -= 1;
      this.#encode(JSON.stringify(text), false);
    }
  }

  /** When the parts have been sent, or copied: their memory is used again. */
  release(): void {
    this.parts.length = 0;
    if (this.#out) giveBuffer(this.#out);
    for (const buffer of this.#full.splice(0)) giveBuffer(buffer);
    this.#out = undefined;
    this.#at = 0;
  }

  #byte(byte: number): void {
    this.#room(1)[this.#at++] = byte;
  }

  /** @param escaped whether it gives up, and writes nothing, at what JSON escapes @returns whether it wrote */
  #encode(text: string, escaped: boolean): boolean {
    const { length } = text;
    const out = this.#room(length * 3);
    if (length > SHORT) return !escaped && this.#native(out, text);
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < ASCII_END) {
        if (escaped && (code < SPACE || code === QUOTE || code === BACKSLASH)) return false;
        out[at++] = code;
      } else if (code < TWO_BYTES_END) {
        out[at++] = 0xc0 | (code >> 6);
        out[at++] = 0x80 | (code & 0x3f);
      } else if (code >= SURROGATES && code < SURROGATES_END) {
        return !escaped && this.#native(out, text); // halves of pairs, which may be alone
      } else {
        out[at++] = 0xe0 | (code >> 12);
        out[at++] = 0x80 | ((code >> 6) & 0x3f);
        out[at++] = 0x80 | (code & 0x3f);
      }
    }
    this.#at = at;
    return true;
  }

  #native(out: Buffer, text: string): true {
    this.#at += out.write(text, this.#at);
    return true;
  }

  /** Where there is room for so many more bytes of the part. */
  #room(bytes: number): Buffer {
    const out = this.#out as Buffer;
    if (this.#at + bytes <= out.length) return out;
    const begun = out.subarray(this.#start, this.#at);
    const next = takeBuffer((begun.length + bytes) * 2);
    next.set(begun);
    this.#full.push(out);
    this.#out = next;
    this.#start = 0;
    this.#at = begun.length;
    return next;
  }
}
