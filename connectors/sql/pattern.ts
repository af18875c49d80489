/**
 * A portable pattern of the IR between an engine's anchors of the whole text. `\d` becomes `0-9`, which no engine's locale or Unicode mode widens.
 * What engines read differently within `[…]` is escaped there.
 */
export function anchorPattern(pattern: string, start: string, end: string): string {
  return `${start}(?:${portable(pattern)})${end}`;
}

function portable(pattern: string): string {
  let inClass = false;
  return pattern.replaceAll(/\\[^]|[[\]]/gu, (token) => {
    if (token === '\\d') return inClass ? '0-9' : '[0-9]';
    if (token === '[') {
      const nested = inClass;
      inClass = true;
      return nested ? '\\[' : token;
    }
    if (token === ']') inClass = false;
    return token;
  });
}

/** Groups and the texts between them as Postgres and MariaDB write a replacement: `\1`, with a backslash of the text doubled. */
export function replacementOf(pieces: readonly (string | number)[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece.replaceAll('\\', '\\\\') : `\\${piece}`)).join('');
}
