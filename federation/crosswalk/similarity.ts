import { distance } from 'fastest-levenshtein';

/** How alike two values of different departments are. Only ever a hint for an officer. */

/** Upper bound on the weight of what generic suffixes hide: 有限公司 and 有限责任公司 are alike, yet not the same. */
const FULL_NAME_SHARE = 0.05;
const NUMBER = /^[-+]?[\d,]+(\.\d+)?$/;

export interface SimilarityOptions {
  /** Generic endings (有限公司, 工程 …) left out of account, longest first. */
  readonly suffixes: readonly string[];
}

/** NFKC, lower case, without blanks, brackets and punctuation. */
export function normalizeName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}\p{C}]/gu, '');
}

export function withoutSuffix(name: string, suffixes: readonly string[]): string {
  const suffix = suffixes.find((one) => name.length > one.length && name.endsWith(one));
  return suffix === undefined ? name : name.slice(0, -suffix.length);
}

/** The distinct pairs of neighbouring characters; a single character stands for itself. */
export function bigramsOf(text: string): string[] {
  const characters = [...text];
  if (characters.length < 2) return characters;
  return [...new Set(characters.slice(1).map((character, index) => `${characters[index]}${character}`))];
}

/** Sørensen–Dice coefficient of the bigrams of two normalised texts. */
export function diceOf(left: string, right: string): number {
  const [a, b] = [bigramsOf(left), new Set(bigramsOf(right))];
  if (a.length === 0 || b.size === 0) return 0;
  return (2 * a.filter((bigram) => b.has(bigram)).length) / (a.length + b.size);
}

/** Blends the likeness with and without generic endings. */
export function blendScores(withoutEndings: number, whole: number): number {
  return withoutEndings * (1 - FULL_NAME_SHARE) + whole * FULL_NAME_SHARE;
}

/**
 * 0…1. Numbers are alike when their digits are, whatever their unit (36600.00 万元, 36600000000 分), or by how near they are; texts by the bigrams of
 * their normalised forms or, where that says more, by the characters that it takes to make one of the other: in short names one mistake spoils most bigrams.
 */
export function similarityOf(left: string, right: string, { suffixes }: SimilarityOptions): number {
  if (NUMBER.test(left) && NUMBER.test(right)) return numberSimilarity(left, right);
  const [a, b] = [normalizeName(left), normalizeName(right)];
  return blendScores(likeness(withoutSuffix(a, suffixes), withoutSuffix(b, suffixes)), likeness(a, b));
}

function likeness(left: string, right: string): number {
  const length = Math.max(left.length, right.length);
  return length === 0 ? 0 : Math.max(diceOf(left, right), mistakes(left, right, length));
}

/** More than a third of it mistaken is another text. */
function mistakes(left: string, right: string, length: number): number {
  const count = distance(left, right);
  return count * 3 <= length ? 1 - count / length : 0;
}

function numberSimilarity(left: string, right: string): number {
  if (digitsOf(left) === digitsOf(right)) return 1;
  const [a, b] = [left, right].map((text) => Number(text.replaceAll(',', ''))) as [number, number];
  return Math.max(0, 1 - (Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))) * 10); // more than a tenth apart is not alike
}

/** Significant digits: without sign, point, and zeros at either end. */
export function digitsOf(text: string): string {
  return text.replace(/[^\d]/g, '').replace(/^0+|0+$/g, '');
}
