import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readAnchor, type Anchor } from './anchor-file.ts';
import { GENESIS, nextLine, parseLine, type Head } from './chain.ts';
import { lockChain } from './chain-lock.ts';
import { readSegment, type SegmentReading } from './read-segment.ts';
import type { HashName, PublicKey } from './record.ts';
import { chainNames, segmentName, segmentNumbers, syncFolder } from './segment-files.ts';
import { readCheckpoint } from './signing.ts';

/** A chain that this process alone writes. */
export interface OpenChain {
  readonly name: string;
  readonly folder: string;
  readonly hash: HashName;
  readonly lock: Disposable;
  /** Bytes that were found after the last whole record. */
  readonly torn: number;
  /** An older chain whose anchor is gone. */
  readonly anchorMissing: boolean;
  readonly place: Place;
}

/** Up to where the log is known to be on the disk. */
export interface Place {
  readonly segment: number;
  readonly size: number;
  readonly head: Head;
}

export interface ChainOptions {
  readonly folder: string;
  readonly anchorFolder: string;
  /** Of a new chain; an older one keeps its own. */
  readonly hash: HashName;
  readonly key: PublicKey;
}

/**
 * The first chain that has this key and no other writer, ready to be written on, or a new one. What an interrupted write left behind is moved aside.
 * @throws {Error} when a file cannot be used, or when a chain does not reach as far as its anchor: somebody cut it, or put an older copy in its place
 */
export async function openChain(options: ChainOptions): Promise<OpenChain> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  for (const name of await chainNames(options.folder)) {
    const folder = path.join(options.folder, name);
    const lock = lockChain(folder);
    if (!lock) continue;
    try {
      const found = await resume(options, name, folder);
      if (found) return { ...found, lock };
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
    lock[Symbol.dispose]();
  }
  return await createChain(options);
}

async function createChain({ folder: root, hash, key }: ChainOptions): Promise<OpenChain> {
  const clock = new Date().toISOString();
  const name = `${clock.replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
  const folder = path.join(root, name);
  const lock = lockChain(folder);
  if (!lock) throw new Error('a new chain has another writer');
  try {
    const { line, head } = nextLine(hash, GENESIS, JSON.stringify({ kind: 'chain', chain: name, hash, key, format: 1 }), clock);
    await writeFile(path.join(folder, segmentName(1)), line, { flag: 'wx', mode: 0o600, flush: true });
    await syncFolder(folder);
    await syncFolder(root);
    return { name, folder, hash, lock, torn: 0, anchorMissing: false, place: { segment: 1, size: Buffer.byteLength(line), head } };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Undefined when it is the chain of another key. */
async function resume({ anchorFolder, key }: ChainOptions, name: string, folder: string): Promise<Omit<OpenChain, 'lock'> | undefined> {
  const { segment, reading } = await lastSegment(folder, name);
  const anchor = await readAnchor(anchorFolder, name);
  const ownKey = anchor?.key ?? (await keyOf(folder));
  if (ownKey && ownKey.kid !== key.kid) return undefined;
  if (anchor) await checkAgainst(anchor, name, folder, reading);
  if (reading.rest.length > 0) {
    await writeFile(path.join(folder, `${segmentName(segment)}.${reading.size}.torn`), reading.rest, { mode: 0o600 });
    await truncate(path.join(folder, segmentName(segment)), reading.size);
  }
  const hash = 'hash' in reading.first ? (reading.first.hash as HashName) : 'sha256';
  return { name, folder, hash, torn: reading.rest.length, anchorMissing: !anchor, place: { segment, size: reading.size, head: reading.head } };
}

async function lastSegment(folder: string, name: string): Promise<{ readonly segment: number; readonly reading: SegmentReading }> {
  const numbers = await segmentNumbers(folder);
  for (const segment of numbers.toReversed()) {
    const file = path.join(folder, segmentName(segment));
    const reading = await readSegment(file);
    if (reading) return { segment, reading };
    // A new file whose first record did not get to the disk: nothing in it was acknowledged.
    if (segment !== numbers.at(-1) || numbers.length === 1) break;
    await unlink(file);
  }
  throw new Error(`the chain ${name} cannot be read; keep its folder as evidence, move it away, and run yiwang audit verify on it`);
}

async function keyOf(folder: string): Promise<PublicKey | undefined> {
  const [first] = await segmentNumbers(folder);
  const record = first === undefined ? undefined : (await readSegment(path.join(folder, segmentName(first))))?.first;
  return record?.kind === 'chain' ? record.key : undefined;
}

/** The newest checkpoint of the anchor must be in the chain. */
async function checkAgainst(anchor: Anchor, name: string, folder: string, { head }: SegmentReading): Promise<void> {
  const jws = anchor.checkpoints.at(-1);
  if (jws === undefined) return;
  const checkpoint = await readCheckpoint(jws, anchor.key);
  const evidence = 'keep both as evidence, move the chain’s folder away, and run yiwang audit verify on it';
  if ('fault' in checkpoint) throw new Error(`the anchor of chain ${name} cannot be trusted: ${checkpoint.fault}; ${evidence}`);
  if (head.seq < checkpoint.seq)
    throw new Error(
      `the chain ${name} ends at record ${head.seq}, but its anchor knows record ${checkpoint.seq}: it was cut, or an older copy took its place; ${evidence}`,
    );
  const anchored = head.seq === checkpoint.seq ? head.hash : await hashOf(folder, checkpoint.seq);
  if (anchored !== checkpoint.hash)
    throw new Error(`record ${checkpoint.seq} of the chain ${name} is not the one that its anchor knows: the log was rewritten; ${evidence}`);
}

async function hashOf(folder: string, seq: number): Promise<string | undefined> {
  for (const number of (await segmentNumbers(folder)).toReversed()) {
    await using handle = await open(path.join(folder, segmentName(number)));
    let isLater = true;
    for await (const line of handle.readLines()) {
      const parsed = parseLine(line);
      if (!parsed || parsed.record.seq > seq) break;
      isLater = false;
      if (parsed.record.seq === seq) return parsed.hash;
    }
    if (!isLater) return undefined;
  }
  return undefined;
}

async function truncate(file: string, size: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.truncate(size);
  await handle.sync();
}

/** Opens a chain's last file for writing, each write of it on the disk when it is over (`O_DSYNC`); whatever lies past the place was never acknowledged and is cut off. */
export async function openSegment(folder: string, { segment, size }: Place): Promise<FileHandle> {
  for (const number of await segmentNumbers(folder)) if (number > segment) await unlink(path.join(folder, segmentName(number)));
  const handle = await open(path.join(folder, segmentName(segment)), constants.O_RDWR | constants.O_DSYNC);
  try {
    await handle.truncate(size);
    await handle.sync();
    return handle;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}
