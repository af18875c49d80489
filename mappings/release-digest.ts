import { createHash } from 'node:crypto';
import { compareText } from '../schema/model/compare-text.ts';
import type { ReleaseFile } from '../schema/model/release.ts';

export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same for the same files, in whatever order. */
export function releaseDigest(files: readonly ReleaseFile[]): string {
  const lines = files.map(({ part, path, text }) => `${part} ${JSON.stringify(path)} ${textDigest(text)}`).toSorted(compareText);
  return textDigest(lines.join('\n'));
}
