import type { WireValue } from '../schema/model/physical-type.ts';

/** Kinds of personal data that can be told from values or names. */
export type PersonalKind = 'ID_NUMBER' | 'PHONE' | 'BANK_CARD' | 'NAME';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';
/** At least so many of a hundred values must look like it. */
const SHARE = 0.8;

/** A resident identity number: 18 characters, a day of birth that exists, and the check character of GB 11643. */
export function isIdNumber(text: string): boolean {
  const match = /^[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dXx]$/.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1850 || year > 2100 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return CHECK[sum % 11] === text[17]?.toUpperCase();
}

export const isPhone = (text: string): boolean => /^(?:\+?86[- ]?)?1[3-9]\d{9}$/.test(text);

/** 16 to 19 digits with the check digit of ISO/IEC 7812. */
export function isBankCard(text: string): boolean {
  const digits = text.replaceAll(' ', '');
  if (!/^[3-6]\d{15,18}$/.test(digits)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const NAMED = /姓名|联系人|负责人|经办人|户主|法定代表人|(?:^|_)(?:xm|lxr|fzr|jbr|full_?name|first_?name|last_?name|surname)(?:$|_)/i;
const SHORT_NAME = /^[\p{Script=Han}·]{2,8}$/u;

/** What a column seems to hold of persons, by its values first and its name and comment second. */
export function personalKind(name: string, comment: string | undefined, values: readonly WireValue[]): PersonalKind | undefined {
  const texts = values.filter((value) => value !== null && value !== '').map(String);
  const most = (test: (text: string) => boolean): boolean => texts.length > 0 && texts.filter(test).length >= texts.length * SHARE;
  if (most(isIdNumber)) return 'ID_NUMBER';
  if (most(isPhone)) return 'PHONE';
  if (most(isBankCard)) return 'BANK_CARD';
  const words = `${name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')} ${comment ?? ''}`;
  if (
    words.split(' ').some((word) => NAMED.test(word)) &&
    texts.every((text) => text.length <= 40) &&
    (texts.length === 0 || most((text) => SHORT_NAME.test(text) || /^[\p{Script=Latin} .'-]+$/u.test(text)))
  )
    return 'NAME';
  return undefined;
}

/** Enough to recognise the form, too little to know the person. */
export function maskPersonal(kind: PersonalKind, value: WireValue): WireValue {
  if (value === null || value === '') return value;
  const characters = [...String(value)];
  if (kind === 'NAME') return `${characters[0]}${'*'.repeat(Math.max(1, characters.length - 1))}`;
  const [head, tail] = kind === 'PHONE' ? [3, 2] : [4, 2];
  if (characters.length <= head + tail) return '*'.repeat(characters.length);
  return `${characters.slice(0, head).join('')}${'*'.repeat(characters.length - head - tail)}${characters.slice(-tail).join('')}`;
}
