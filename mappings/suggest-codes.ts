import type { CatalogColumn } from '../schema/model/catalog.ts';
import type { WireValue } from '../schema/model/physical-type.ts';

/** What the codes of a column stand for, and how that is known. */
export interface CodeListSuggestion {
  /** In the order of the source. */
  readonly codes: readonly Code[];
  /** What of the comment is no code. */
  readonly title: string;
  readonly evidence: string;
  /** 0…1 */
  readonly confidence: number;
}

interface Code {
  /** As the column holds it. */
  readonly code: string;
  /** Of the enum. */
  readonly value: string;
  /** What people call it; absent where the code says it. */
  readonly label?: string;
}

/** `1=在建`, `2：竣工`, `A - Approved`; between them commas, semicolons, blanks before the next code. */
const PAIR =
  /(?<![\p{L}\p{N}])([A-Za-z0-9]{1,12})\s*(?:=>?|[:：＝]|[-－–—]{1,2}(?!\d)|(?<=\d)[.．](?!\d))\s*(.+?)(?=\s*(?:[,，;；、|/)）\]】\n]|$|\s+[A-Za-z0-9]{1,12}\s*[=:：＝]))/gu;
const CODES_MAX = 60;

/** From the list in its comment, or the values that its type allows. Undefined where neither says what its values are. Pure. */
export function suggestCodes({ type, comment = '', allowed }: CatalogColumn, sampled: readonly WireValue[]): CodeListSuggestion | undefined {
  if (type.kind !== 'text' && type.kind !== 'integer') return undefined;
  const values = [...new Set(sampled.filter((value) => value !== null && value !== '').map((value) => String(value).trim()))];
  const pairs = [...comment.matchAll(PAIR)];
  const labels = new Map(pairs.map(([, code = '', label = '']) => [code, label.trim()] as const));
  if (labels.size >= 2 && labels.size <= CODES_MAX) {
    const unexplained = values.filter((value) => !labels.has(value));
    if (values.length > unexplained.length)
      return {
        codes: named([...labels].map(([code, label]) => ({ code, label }))),
        title: comment
          .slice(0, pairs[0]?.index)
          .replace(/[\s(（[【:：,，]+$/u, '')
          .trim(),
        evidence:
          `its comment says ${[...labels].map(([code, label]) => `${code} = ${label}`).join(', ')}` +
          (unexplained.length === 0 ? `; all values that were seen are among them` : `; ${unexplained.slice(0, 5).join(', ')} is not explained`),
        confidence: unexplained.length === 0 ? 0.9 : 0.6,
      };
  }
  if (allowed === undefined || allowed.length === 0 || allowed.length > CODES_MAX) return undefined;
  return {
    codes: named(allowed.map((code) => (labels.has(code) ? { code, label: labels.get(code) ?? '' } : { code }))),
    title: comment.trim(),
    evidence: `its type allows ${allowed.join(', ')} alone`,
    confidence: 0.95,
  };
}

/** Names that an enum can have, each its own: of the label where it is English, else of the code. */
function named(codes: readonly { readonly code: string; readonly label?: string }[]): Code[] {
  const taken = new Set<string>();
  return codes.map(({ code, label }) => {
    const candidates = [label ?? code, code, `CODE_${code}`]
      .map(nameOf)
      .filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name) && !taken.has(name) && !/^(?:TRUE|FALSE|NULL)$/.test(name));
    let value = candidates[0] ?? `CODE_${taken.size + 1}`;
    while (taken.has(value)) value = `${value}_`;
    taken.add(value);
    return { code, value, ...(label === undefined || label === '' ? {} : { label }) };
  });
}

const nameOf = (label: string): string =>
  /[^\p{ASCII}]/u.test(label)
    ? ''
    : label
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]+/g, '_')
        .replaceAll(/^_+|_+$/g, '');
