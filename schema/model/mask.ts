/** How personal data look to those who may know only that they are there. */
export type MaskKind = 'NAME' | 'ID_NUMBER' | 'PHONE' | 'BANK_ACCOUNT' | 'ADDRESS';

interface Shown {
  readonly head: number;
  readonly tail: number;
}

const SHOWN: Readonly<Record<MaskKind, Shown>> = {
  NAME: { head: 1, tail: 0 },
  ID_NUMBER: { head: 6, tail: 4 },
  PHONE: { head: 3, tail: 4 },
  BANK_ACCOUNT: { head: 0, tail: 4 },
  ADDRESS: { head: 6, tail: 0 },
};

/** Stars of a name or address: fewer or more would tell how long it is. */
const FIXED_STARS: Readonly<Partial<Record<MaskKind, string>>> = { NAME: '*', ADDRESS: '****' };

/**
 * A text with its middle starred: `张*`, `110105********002X`, `138****5678`, `************5678`. What is too short to keep half of itself hidden is
 * starred whole.
 */
export function mask(kind: MaskKind, text: string): string {
  const characters = [...text];
  const { head, tail } = SHOWN[kind];
  if (characters.length < 2 || (kind !== 'NAME' && head + tail > characters.length * 0.64)) return FIXED_STARS[kind] ?? '****';
  const stars = FIXED_STARS[kind] ?? '*'.repeat(characters.length - head - tail);
  return `${characters.slice(0, head).join('')}${stars}${tail === 0 ? '' : characters.slice(-tail).join('')}`;
}
