import { unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Dropped } from './record.ts';
import { firstRecord } from './read-segment.ts';
import { segmentName, segmentNumbers, syncFolder } from './segment-files.ts';

/** Files of a chain of which every record is older than the retention. */
export interface Expired {
  readonly numbers: readonly number[];
  /** What the log says of them before they go. */
  readonly statement: Dropped;
}

const DAY_MS = 86_400_000;

/** Undefined when there are none. @param keepDays records younger than this stay */
export async function findExpired(folder: string, keepDays: number, now: Date): Promise<Expired | undefined> {
  const before = new Date(now.getTime() - keepDays * DAY_MS).toISOString();
  const all = await segmentNumbers(folder);
  const firsts = await Promise.all(all.map((number) => firstRecord(path.join(folder, segmentName(number)))));
  // All records of a file are older than the first of the next one.
  const kept = all.findIndex((_number, i) => (firsts[i + 1]?.record.at ?? '9') >= before);
  const numbers = all.slice(0, Math.max(0, kept));
  const next = firsts[numbers.length]?.record;
  const [oldest] = firsts;
  if (numbers.length === 0 || !oldest || next?.kind !== 'segment') return undefined;
  return {
    numbers,
    statement: {
      kind: 'dropped',
      files: numbers.map(segmentName),
      firstSeq: oldest.record.seq,
      lastSeq: next.seq - 1,
      lastHash: next.previous,
      from: oldest.record.at,
      to: next.at,
    },
  };
}

export async function dropFiles(folder: string, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await unlink(path.join(folder, segmentName(number)));
  await syncFolder(folder);
}
