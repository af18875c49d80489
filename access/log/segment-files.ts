import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

const NAME = /^(\d{8})\.log$/;

export const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.log`;

/** The numbers of a chain's files, ascending; none when there is no such folder. */
export async function segmentNumbers(folder: string): Promise<number[]> {
  return (await namesIn(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
}

/** The chains in a log's folder, by name, which begins with the time of their making. */
export async function chainNames(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  const numbers = await Promise.all(names.map((name) => segmentNumbers(path.join(folder, name))));
  return names.filter((_name, i) => (numbers[i]?.length ?? 0) > 0);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** Makes what was created in a folder outlive a crash of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
