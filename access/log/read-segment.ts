import { readFile } from 'node:fs/promises';
import { LINE_FEED, link, parseLine, type Head, type ParsedLine } from './chain.ts';
import type { AccessRecord } from './record.ts';

/** How far a file holds together. */
export interface SegmentReading {
  readonly first: AccessRecord;
  readonly last: AccessRecord;
  /** Where the chain stands after its last whole record. */
  readonly head: Head;
  /** Bytes up to there. */
  readonly size: number;
  /** Bytes after that: a record that was being written, or one that was changed. */
  readonly rest: Buffer;
}

const CLOSING_BRACE = 125;

/** A file's bytes without the blank lines at its end, which its writer keeps for what comes next. */
export async function readSegmentBytes(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === LINE_FEED) end--;
  // What is not whole has no end of line of its own.
  return bytes.subarray(0, end < bytes.length && bytes[end - 1] === CLOSING_BRACE ? end + 1 : end);
}

/** Follows the chain through a file as far as it holds; undefined when not even its first record does. */
export async function readSegment(file: string): Promise<SegmentReading | undefined> {
  const bytes = await readSegmentBytes(file);
  const firstEnd = bytes.indexOf(LINE_FEED);
  const first = firstEnd < 0 ? undefined : parseLine(bytes.toString('utf8', 0, firstEnd))?.record;
  if (!first || !isOpening(first)) return undefined;
  let [hash, seq, size, lastAt] = [previousOf(first), first.seq - 1, 0, 0];
  for (let end = firstEnd; end >= 0; end = bytes.indexOf(LINE_FEED, size)) {
    // Only what the chain needs is looked at: a file is followed at every start.
    const line = bytes.toString('utf8', size, end);
    if (link(first.hash, hash, line.slice(HASH_LENGTH + 1)) !== line.slice(0, HASH_LENGTH) || !line.startsWith(`{"seq":${seq + 1},`, HASH_LENGTH + 1)) break;
    [hash, seq, lastAt, size] = [line.slice(0, HASH_LENGTH), seq + 1, size, end + 1];
  }
  const last = size === 0 ? undefined : parseLine(bytes.toString('utf8', lastAt, size - 1))?.record;
  return last && { first, last, head: { seq, hash, at: last.at }, size, rest: bytes.subarray(size) };
}

const HASH_LENGTH = 64;

/** What a file's first record is linked to, by its own word. */
export function previousOf(record: AccessRecord): string {
  return record.kind === 'segment' ? record.previous : '0'.repeat(64);
}

export function isOpening(record: AccessRecord): record is Extract<AccessRecord, { readonly kind: 'chain' | 'segment' }> {
  return record.kind === 'chain' || record.kind === 'segment';
}

/** The first record of a file, unverified. */
export async function firstRecord(file: string): Promise<ParsedLine | undefined> {
  const bytes = await readFile(file);
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? undefined : parseLine(bytes.toString('utf8', 0, end));
}
