import { SHARES } from './distributions.ts';
import type { Random } from './random.ts';
import { dateText } from './day.ts';

/** A project code as people write it: mostly the official way, the rest in the spellings that departments are known for. */
export function spellCode(code: string, random: Random): string {
  if (!random.chance(SHARES.irregularCode)) return code;
  return random.pick([
    digits,
    (text: string) => ` ${text.replaceAll('-', ' ')}`,
    wide,
    (text: string) => text.replaceAll('-', '–'),
    (text: string) => `${text} `,
  ])(code);
}

export const digits = (code: string): string => code.replaceAll('-', '');

/** Full-width, as Chinese input methods leave it. */
export const wide = (text: string): string => text.replaceAll(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

/** A day as an auditor types it; now and then no day at all. */
export function spellDate(day: number, random: Random): string {
  if (random.chance(SHARES.unreadable)) return random.pick(['00000000', '20230231', '2023年底前', '待定', '']);
  const [year, month, date] = dateText(day).split('-').map(Number) as [number, number, number];
  const two = (value: number): string => String(value).padStart(2, '0');
  return random.pick([
    `${year}-${two(month)}-${two(date)}`,
    `${year}.${two(month)}.${two(date)}`,
    `${year}/${month}/${date}`,
    `${year}年${month}月${date}日`,
    `${year}${two(month)}${two(date)}`,
  ]);
}

/** An amount (in 元) as an auditor types it; now and then no amount at all. */
export function spellAmount(yuan: number, random: Random): string {
  if (random.chance(SHARES.unreadable)) return random.pick(['约300万', '2-3万元', '不详', '']);
  const wan = (yuan / 10_000).toFixed(2);
  return random.pick([`${wan}万元`, `${wan} 万元`, `${grouped(wan)}万`, `${yuan.toFixed(2)}元`, wide(wan).replaceAll('．', '.') + '万元']);
}

const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** What a national credit code ends in, GB 32100-2015. */
export function creditCode(first17: string): string {
  const set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  let weight = 1;
  let sum = 0;
  for (const character of first17) {
    sum += set.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return first17 + set[(31 - (sum % 31)) % 31]!;
}
