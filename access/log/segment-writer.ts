import { constants, statSync, write } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { nextLine } from './chain.ts';
import { openSegment, type OpenChain, type Place } from './open-chain.ts';
import { segmentName, syncFolder } from './segment-files.ts';

/** Writes on one chain. Nothing counts until `write` has resolved. */
export interface SegmentWriter {
  readonly place: Place;
  /** Lines as bytes on the disk. When it rejects, the writer is of no more use: open another at `place`. */
  write(lines: readonly string[], head: Place['head']): Promise<void>;
  /** A record that opens the next file, when this one is full. Its head is what the next line follows. */
  nextOpening(clock: string): { readonly line: string; readonly head: Place['head'] } | undefined;
  /** Closes a file to which nothing more is to be written. */
  finish(): Promise<void>;
  /** Leaves it to another writer, which may be at it already. */
  close(): Promise<void>;
}

const { O_CREAT, O_EXCL, O_WRONLY, O_DSYNC } = constants;
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Written ahead as blank lines while many records come: what lies within a file comes to the disk at a third to a half of what growing it costs. */
const RESERVE_BYTES = 256 * 1024;
const MANY_LINES = 8;

export async function openSegmentWriter(chain: Pick<OpenChain, 'name' | 'folder' | 'hash'>, from: Place): Promise<SegmentWriter> {
  let handle: FileHandle = await openSegment(chain.folder, from);
  let place = from;
  let opening = false;
  /** Up to where the file reaches. */
  let reserved = from.size;
  let inode = (await handle.stat()).ino;
  /** A file that was deleted or replaced can still be written, and nobody would ever read it. */
  const checkPresence = (): void => {
    const file = path.join(chain.folder, segmentName(place.segment));
    if (statSync(file, { throwIfNoEntry: false })?.ino !== inode) throw Object.assign(new Error(`${file} is gone`), { code: 'ENOENT' });
  };
  return {
    get place() {
      return place;
    },
    nextOpening(clock) {
      opening = place.size >= SEGMENT_BYTES;
      if (!opening) return undefined;
      const { name, hash } = chain;
      return nextLine(hash, place.head, JSON.stringify({ kind: 'segment', chain: name, hash, number: place.segment + 1, previous: place.head.hash }), clock);
    },
    async write(lines, head) {
      checkPresence();
      const bytes = Buffer.from(lines.join(''));
      if (opening) {
        const segment = place.segment + 1;
        const next = await open(path.join(chain.folder, segmentName(segment)), O_CREAT | O_EXCL | O_WRONLY | O_DSYNC, 0o600);
        const full = handle;
        handle = next;
        inode = (await next.stat()).ino;
        await giveBack(full);
        await full.close();
        await writeAll(next, bytes, 0);
        await syncFolder(chain.folder);
        place = { segment, size: bytes.length, head };
        reserved = bytes.length;
        opening = false;
        return;
      }
      const size = place.size + bytes.length;
      const reserve = size > reserved && lines.length >= MANY_LINES ? RESERVE_BYTES : 0;
      await writeAll(handle, reserve === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(reserve, '\n')]), place.size);
      reserved = Math.max(reserved, size + reserve);
      place = { ...place, size, head };
    },
    finish: () => giveBack(handle).finally(() => handle.close()),
    close: () => handle.close(),
  };

  /** Nothing depends on it: blank lines at the end are none of the log. */
  async function giveBack(file: FileHandle): Promise<void> {
    if (reserved > place.size) await file.truncate(place.size);
  }
}

// A third of the time goes to what a handle does about each call.
const writeTo = promisify(write);

/** The file is open with O_DSYNC. */
async function writeAll({ fd }: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await writeTo(fd, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
