import path from 'node:path';
import { LINE_FEED } from './chain.ts';
import { readSegmentBytes } from './read-segment.ts';
import { segmentName, segmentNumbers } from './segment-files.ts';

/** A record's place among all chains, and its line. */
export interface PlacedLine {
  readonly at: string;
  readonly chain: string;
  readonly seq: number;
  readonly text: string;
}

export type LinePlace = Pick<PlacedLine, 'at' | 'chain' | 'seq'>;

/** One chain's lines, newest first. */
export interface BackwardsReader {
  /** The newest line not yet passed; undefined when there is none. */
  line(): PlacedLine | undefined;
  /** Passes it. */
  advance(): Promise<void>;
}

const HEAD = /^[0-9a-f]{64} \{"seq":(\d{1,15}),"at":"([^"]{20,30})"/;

/** True when `a` comes before `b`, newest first. */
export function isNewer(a: LinePlace, b: LinePlace): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.chain === b.chain ? a.seq > b.seq : a.chain > b.chain;
}

/** @param after lines up to and including this place are skipped */
export async function readBackwards(folder: string, chain: string, after: LinePlace | undefined): Promise<BackwardsReader> {
  const numbers = await segmentNumbers(path.join(folder, chain));
  let bytes: Buffer = Buffer.alloc(0);
  let end = 0;
  let current: PlacedLine | undefined;

  const previousLine = (): PlacedLine | undefined => {
    while (end > 0) {
      const start = end < 2 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 2) + 1;
      const text = bytes.toString('utf8', start, end - 1);
      end = start;
      const [, seq, at = ''] = HEAD.exec(text) ?? [];
      if (seq !== undefined) return { at, chain, seq: Number(seq), text };
    }
    return undefined;
  };
  const advance = async (): Promise<void> => {
    for (;;) {
      current = previousLine();
      if (current && (!after || isNewer(after, current))) return;
      if (current) continue;
      const number = numbers.pop();
      if (number === undefined) return;
      bytes = await readSegmentBytes(path.join(folder, chain, segmentName(number)));
      // What follows the last end of line is still being written. A file that begins after the place holds nothing wanted.
      end = after && (HEAD.exec(bytes.toString('utf8', 0, 200))?.[2] ?? '') > after.at ? 0 : bytes.lastIndexOf(LINE_FEED) + 1;
    }
  };
  await advance();
  return { line: () => current, advance };
}
