import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HashName, PublicKey } from './record.ts';
import { syncFolder } from './segment-files.ts';

/** A chain's checkpoints in a second place. Whoever changes the log without changing this is found out. */
export interface Anchor {
  readonly chain: string;
  readonly hash: HashName;
  readonly key: PublicKey;
  /** Checkpoints in compact JWS form, oldest first. */
  readonly checkpoints: readonly string[];
}

type Opening = Omit<Anchor, 'checkpoints'>;

const fileOf = (folder: string, chain: string): string => path.join(folder, `${chain}.anchor`);

/** Undefined when this place has never heard of the chain. @throws {Error} when it cannot be read or understood */
export async function readAnchor(folder: string, chain: string): Promise<Anchor | undefined> {
  let text: string;
  try {
    text = await readFile(fileOf(folder, chain), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  // What follows the last end of line was being written when the machine stopped.
  const [opening = '', ...checkpoints] = text.split('\n').slice(0, -1);
  try {
    return { ...(JSON.parse(opening) as Opening), checkpoints };
  } catch {
    throw new Error(`the anchor of ${chain} does not begin as an anchor does`);
  }
}

/** Adds a checkpoint, durably; the first one comes after what tells the chain and its key. */
export async function appendAnchor(folder: string, opening: Opening, jws: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await using handle = await open(fileOf(folder, opening.chain), 'a', 0o600);
  const { size } = await handle.stat();
  const { chain, hash, key } = opening;
  await handle.appendFile(size === 0 ? `${JSON.stringify({ chain, hash, key } satisfies Opening)}\n${jws}\n` : `${jws}\n`);
  await handle.sync();
  if (size === 0) await syncFolder(folder);
}
