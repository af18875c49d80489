/** What the text nodes of the IR do to text; pure, and free of anything about rows. */

export function foldText(text: string): string {
  return text.replaceAll(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replaceAll(/[\u3000\u00a0]/g, ' ');
}

export function trimText(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

export function upperText(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function keepText(text: string, set: 'digits' | 'alphanumerics'): string {
  return text.replaceAll(set === 'digits' ? /[^0-9]+/g : /[^0-9A-Za-z]+/g, '');
}

/** By code points, so that an emoji is one. */
export function sliceText(text: string, start: number, length: number): string {
  return [...text].slice(start, start + length).join('');
}

export function partOfText(text: string, separator: string, index: number): string | null {
  return (separator === '' ? [text] : text.split(separator))[index] ?? null;
}

const patterns = new Map<string, RegExp>();

/** Groups of a match of the whole text by a portable pattern, the text itself first; null when it does not match. */
export function matchWhole(text: string, pattern: string): readonly (string | undefined)[] | null {
  let regex = patterns.get(pattern);
  if (regex === undefined) patterns.set(pattern, (regex = new RegExp(`^(?:${pattern})$`, 'u')));
  return regex.exec(text);
}

/** The text rebuilt from groups of a match of the whole text and the texts between them; null when it does not match. */
export function rewriteText(text: string, pattern: string, pieces: readonly (string | number)[]): string | null {
  const groups = matchWhole(text, pattern);
  return groups && pieces.map((piece) => (typeof piece === 'string' ? piece : (groups[piece] ?? ''))).join('');
}

/** All parts between any of the separators, in order; null in place of each blank one. */
export function splitText(text: string, separators: readonly string[]): (string | null)[] {
  let parts = [text];
  for (const separator of separators) parts = parts.flatMap((part) => part.split(separator));
  return parts.map((part) => (trimText(part) === '' ? null : part));
}

/** ASCII letters in lower case, everything else as it is. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
