/** What the text nodes of the IR do, for decoding in the hub; the fast path of each is text that needs no change. */

const WIDE = /[\uff01-\uff5e\u3000\u00a0]/;

/** Full-width forms to ASCII, U+3000 and U+00A0 to a blank. */
export function foldText(text: string): string {
  if (!WIDE.test(text)) return text;
  return text.replaceAll(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replaceAll(/[\u3000\u00a0]/g, ' ');
}

const isBlank = (unit: number): boolean => unit === 32 || unit === 9 || unit === 13 || unit === 10;

/** Without leading and trailing blanks, tabs, CR and LF. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export const upperText = (text: string): string => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());

export const keepText = (text: string, set: 'digits' | 'alphanumerics'): string => text.replaceAll(set === 'digits' ? /[^0-9]+/g : /[^0-9A-Za-z]+/g, '');

export const lengthOf = (text: string): number => [...text].length;

/** Non-blank parts between any of the separators. */
export function splitText(text: string, separators: readonly string[]): string[] {
  return separators.reduce((parts, separator) => parts.flatMap((part) => part.split(separator)), [text]).filter((part) => trimText(part) !== '');
}
