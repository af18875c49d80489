import type { FormattedExecutionResult } from 'graphql';
import { PART_MARK, type AnswerBytes } from '../federation/execute/answer-bytes.ts';
import { giveBuffer, takeBuffer } from '../federation/execute/buffer-pool.ts';
import type { ClientError } from './format-error.ts';

/** `data` whose JSON text is already there. Its text is dropped once it is in the answer, since the answer's own objects live on for a while. */
class JsonData {
  text: string;
  /** Parts of it; the text has their numbers, each between two PART_MARKs. */
  readonly bytes: AnswerBytes | undefined;

  constructor(text: string, bytes: AnswerBytes | undefined) {
    this.text = text;
    this.bytes = bytes;
  }
}

/** A result that is written without parsing or building `data`. */
export function jsonAnswer(
  data: string,
  errors: readonly ClientError[],
  extensions?: Readonly<Record<string, unknown>>,
  bytes?: AnswerBytes,
): FormattedExecutionResult {
  return {
    data: new JsonData(data, bytes) as unknown as Record<string, unknown>,
    ...(errors.length > 0 ? { errors } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** The body of an answer as bytes, which are used again once they are released. */
export interface AnswerBody {
  readonly bytes: Buffer;
  /** When they have been sent, or nobody takes them. At most once. */
  readonly release: () => void;
}

/** The body of an answer. */
export function stringifyAnswer(result: FormattedExecutionResult): string {
  const answer = printAnswer(result);
  if (typeof answer === 'string') return answer;
  const text = answer.bytes.toString();
  answer.release();
  return text;
}

/** The same, as bytes where parts of it are bytes already; `errors` first, as GraphQL recommends. */
export function printAnswer(result: FormattedExecutionResult): string | AnswerBody {
  const { data } = result as { readonly data?: unknown };
  if (!(data instanceof JsonData)) return `${JSON.stringify(result)}\n`;
  const { text, bytes } = data;
  data.text = '';
  const errors = result.errors && result.errors.length > 0 ? `"errors":${JSON.stringify(result.errors)},` : '';
  const extensions = result.extensions ? `,"extensions":${JSON.stringify(result.extensions)}` : '';
  const whole = `{${errors}"data":${text}${extensions}}\n`;
  if (bytes && bytes.parts.length > 0) return joinParts(whole, bytes);
  return whole.length < LONG ? whole : encode(whole);
}

/** Of a shorter text the server finds out its length as fast as this writes it. */
const LONG = 2_048;
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const UNIT_BYTES = 3;

function encode(text: string): AnswerBody {
  const out = takeBuffer(text.length * UNIT_BYTES);
  const length = out.write(text);
  return { bytes: out.subarray(0, length), release: () => giveBuffer(out) };
}

/** Releases the parts. */
function joinParts(text: string, bytes: AnswerBytes): AnswerBody {
  const { parts } = bytes;
  const out = takeBuffer(text.length * UNIT_BYTES + bytes.length);
  let at = 0;
  text.split(PART_MARK).forEach((piece, i) => {
    at += i % 2 === 0 ? out.write(piece, at) : (parts[Number(piece)] as Buffer).copy(out, at);
  });
  bytes.release();
  return { bytes: out.subarray(0, at), release: () => giveBuffer(out) };
}
