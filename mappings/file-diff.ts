import type { ReleaseFile } from '../schema/model/release.ts';

export interface FileChange {
  readonly path: string;
  readonly part: ReleaseFile['part'];
  readonly kind: 'added' | 'removed' | 'changed';
  /** Lines taken out and put in, with what surrounds them left away. */
  readonly lines: readonly string[];
}

const LINES_MAX = 200;

/** Which files differ, and in which lines. */
export function fileChanges(before: readonly ReleaseFile[], after: readonly ReleaseFile[]): FileChange[] {
  const key = ({ part, path }: ReleaseFile): string => `${part} ${path}`;
  const old = new Map(before.map((file) => [key(file), file]));
  const now = new Map(after.map((file) => [key(file), file]));
  const changes: FileChange[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].toSorted()) {
    const [a, b] = [old.get(name), now.get(name)];
    const file = b ?? a;
    if (!file || a?.text === b?.text) continue;
    const kind = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed';
    changes.push({ path: file.path, part: file.part, kind, lines: lineChanges(a?.text ?? '', b?.text ?? '') });
  }
  return changes;
}

export function printFileDiff(before: readonly ReleaseFile[], after: readonly ReleaseFile[]): string {
  const changes = fileChanges(before, after);
  if (changes.length === 0) return 'the files are the same';
  return changes.map(({ path, kind, lines }) => [`${kind} ${path}`, ...lines].join('\n')).join('\n');
}

/** `-` and `+` lines by the longest common subsequence of what is between the common head and tail; a very long middle is given as a whole. */
function lineChanges(before: string, after: string): string[] {
  const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const b = after === '' ? [] : after.replace(/\n$/, '').split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const lines = x.length * y.length > 250_000 ? [...x.map((line) => `- ${line}`), ...y.map((line) => `+ ${line}`)] : byCommonLines(x, y);
  return lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX), `… and ${lines.length - LINES_MAX} lines more`] : lines;
}

function byCommonLines(x: readonly string[], y: readonly string[]): string[] {
  const width = y.length + 1;
  const common = new Uint32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--)
    for (let j = y.length - 1; j >= 0; j--)
      common[i * width + j] =
        x[i] === y[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const lines: string[] = [];
  for (let i = 0, j = 0; i < x.length || j < y.length;) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      i++;
      j++;
    } else if (j >= y.length || (i < x.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) lines.push(`- ${x[i++]}`);
    else lines.push(`+ ${y[j++]}`);
  }
  return lines;
}
