import { asText } from './as-text.ts';
import { allOf, anyOf, NEVER } from './predicates.ts';
import { presentText } from './present-text.ts';
import { hubOnly, type Sargable, TEXT, textLiteral, type Value } from './value.ts';

/** More ways than this to cut a constant into parts, and no index is asked. */
const WAYS = 8;

/** Literal text, or a value. */
export type ConcatPart = string | Value;

/** Texts put together; null when any part is missing. */
export function concat(parts: readonly ConcatPart[]): Value {
  const texts = parts.map((part) => (typeof part === 'string' ? part : presentText(asText(part))));
  const values = texts.filter((part): part is Value => typeof part !== 'string');
  const joined: Value = {
    type: TEXT,
    neverEmpty: true,
    rawText: (raw) => texts.map((part) => (typeof part === 'string' ? part : part.rawText(raw))).join(''),
    decode: (raw, issues) => {
      let text = '';
      for (const part of texts) {
        const piece = typeof part === 'string' ? part : part.decode(raw, issues);
        if (piece === null) return null;
        text += piece as string;
      }
      return text;
    },
  };
  const opaque = values.find((value) => value.expr === undefined);
  if (opaque !== undefined) return hubOnly(joined, opaque.reason ?? 'a part cannot be computed by the database');
  const sargable = sargableOf(texts);
  return {
    ...joined,
    expr: { kind: 'concat', values: texts.flatMap((part) => (typeof part === 'string' ? textLiteral(part) : (part.expr ?? []))) },
    ...(sargable === undefined ? {} : { sargable }),
  };
}

/** Equality: the constant is cut at the literal texts in every possible way. Two values side by side have no such cut. */
function sargableOf(texts: readonly ConcatPart[]): Sargable | undefined {
  const merged = texts.filter((part) => part !== '');
  const isCut = merged.every((part, index) => typeof part === 'string' || index === 0 || typeof merged[index - 1] === 'string');
  if (!isCut || merged.every((part) => typeof part === 'string' || part.sargable === undefined)) return undefined;
  return (op, constant) => {
    if (op !== 'eq') return undefined;
    const ways: string[][] = [];
    if (!cut(String(constant), merged, [], ways)) return undefined;
    const values = merged.filter((part): part is Value => typeof part !== 'string');
    const options = ways.filter((way) => !way.includes('')).map((way) => allOf(values.map((value, index) => value.sargable?.('eq', way[index] ?? ''))));
    return options.length === 0 ? NEVER : anyOf(options);
  };
}

/** Collects every way to cut; false when there are too many. */
function cut(text: string, parts: readonly ConcatPart[], pieces: readonly string[], ways: string[][]): boolean {
  const [part, next] = parts;
  if (part === undefined) {
    if (text === '') ways.push([...pieces]);
    return ways.length <= WAYS;
  }
  if (typeof part === 'string') return !text.startsWith(part) || cut(text.slice(part.length), parts.slice(1), pieces, ways);
  if (next === undefined) return cut('', [], [...pieces, text], ways);
  for (let at = text.indexOf(next as string); at >= 0; at = text.indexOf(next as string, at + 1)) {
    if (!cut(text.slice(at), parts.slice(1), [...pieces, text.slice(0, at)], ways)) return false;
  }
  return true;
}
