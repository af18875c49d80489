import { hash } from 'node:crypto';
import type { AccessRecord, HashName } from './record.ts';

/** Where a chain stands: its last record, and when it was written. */
export interface Head {
  readonly seq: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly at: string;
}

/** What the first record of a chain is linked to. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64), at: '' };

/** A record's hash covers its text and the hash before it, so nothing earlier can change without every later hash. */
export function link(name: HashName, previous: string, json: string): string {
  return hash(name, `${previous} ${json}`);
}

/**
 * The next line of a chain, with its end of line, and the head after it. @param body the event as JSON text, an object with at least one member
 * @param clock now, RFC 3339 in UTC
 */
export function nextLine(name: HashName, head: Head, body: string, clock: string): { readonly line: string; readonly head: Head } {
  const back = clock < head.at;
  const at = back ? head.at : clock;
  const seq = head.seq + 1;
  const json = `{"seq":${seq},"at":"${at}",${back ? `"clock":"${clock}",` : ''}${body.slice(1)}`;
  const next = link(name, head.hash, json);
  return { line: `${next} ${json}\n`, head: { seq, hash: next, at } };
}

export interface ParsedLine {
  readonly hash: string;
  readonly json: string;
  readonly record: AccessRecord;
}

/** Ends each line. */
export const LINE_FEED = 10;

const LINE = /^([0-9a-f]{64}) (\{.*\})$/;

/** Undefined when it is no line of a log. */
export function parseLine(line: string): ParsedLine | undefined {
  const [, given, json] = LINE.exec(line) ?? [];
  if (given === undefined || json === undefined) return undefined;
  try {
    return { hash: given, json, record: JSON.parse(json) as AccessRecord };
  } catch {
    return undefined;
  }
}
