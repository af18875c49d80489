import type { Expr } from '../../connectors/spi/ir.ts';
import type { Normalizer } from '../../schema/model/mapping.ts';
import { compilePattern } from './pattern.ts';
import { foldText, keepText, trimText, upperText } from './text.ts';
import { exprFrom, MappingFault, TEXT, textLiteral, type Value } from './value.ts';

interface Step {
  readonly change: (text: string) => string;
  readonly make: (value: Expr) => Expr;
}

/** One spelling of a key out of many. What is no key is null and reported as `code`; blank text is missing. */
export function normalize(input: Value, normalizer: Normalizer, code: 'BAD_KEY' | 'BAD_FORMAT' = 'BAD_KEY'): Value {
  const steps = stepsOf(normalizer);
  const rebuild = rebuilder(normalizer);
  return {
    type: TEXT,
    ...(rebuild.neverEmpty ? { neverEmpty: true } : {}),
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = input.decode(raw, issues) as string | null;
      if (value === null) return null;
      let text = value;
      for (const { change } of steps) text = change(text);
      const key = rebuild.read(text);
      if (key === null && trimText(foldText(value)) !== '') issues(code, input.rawText(raw));
      return key;
    },
    ...exprFrom(input, (value) => rebuild.make(steps.reduce((expr, { make }) => make(expr), value))),
  };
}

function stepsOf({ fold, trim, upper, remove, keep }: Normalizer): Step[] {
  const steps: Step[] = [];
  if (fold) steps.push({ change: foldText, make: (value) => ({ kind: 'fold', value }) });
  if (trim) steps.push({ change: trimText, make: (value) => ({ kind: 'trim', value }) });
  if (upper) steps.push({ change: upperText, make: (value) => ({ kind: 'upper', value }) });
  for (const from of remove) {
    if (from !== '')
      steps.push({ change: (text) => (text.includes(from) ? text.replaceAll(from, '') : text), make: (value) => ({ kind: 'replace', value, from, to: '' }) });
  }
  if (keep !== undefined) steps.push({ change: (text) => keepText(text, keep), make: (value) => ({ kind: 'keep', value, set: keep }) });
  return steps;
}

interface Rebuilder {
  readonly neverEmpty: boolean;
  readonly read: (text: string) => string | null;
  readonly make: (value: Expr) => Expr;
}

function rebuilder({ match, format }: Normalizer): Rebuilder {
  if (match === undefined) return { neverEmpty: false, read: (text) => text || null, make: (value) => value };
  const { regex, groups } = compilePattern(match);
  if (format === undefined) {
    return {
      neverEmpty: !regex.test(''),
      read: (text) => (regex.test(text) ? text || null : null),
      make: (value) => ({ kind: 'matching', value, pattern: match }),
    };
  }
  const pieces = piecesOf(format, groups);
  return {
    neverEmpty: pieces.some((piece) => typeof piece === 'string'),
    read: (text) => {
      const found = regex.exec(text);
      if (found === null) return null;
      let key = '';
      for (const piece of pieces) {
        const value = typeof piece === 'string' ? piece : found[piece];
        if (value === undefined) return null;
        key += value;
      }
      return key || null;
    },
    make: (value) =>
      everyGroupMatches(match) && pieces.every((piece) => typeof piece === 'string' || piece < 10)
        ? { kind: 'rewrite', value, pattern: match, pieces }
        : {
            kind: 'concat',
            values: pieces.map((piece) => (typeof piece === 'string' ? textLiteral(piece) : { kind: 'extract', value, pattern: match, group: piece })),
          },
  };
}

/** Does every group take part in every match? True when none is optional or inside an alternative; groups within groups are not looked into. */
function everyGroupMatches(pattern: string): boolean {
  let depth = 0;
  const kinds: boolean[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') i++;
    else if (character === '[') i = pattern.indexOf(']', i + 2);
    else if (character === '(') {
      const captures = pattern[i + 1] !== '?';
      if (captures && depth > 0) return false;
      kinds[depth++] = captures;
    } else if (character === ')') {
      if (kinds[--depth] && /[?*{]/.test(pattern[i + 1] ?? '')) return false;
    } else if (character === '|' && depth === 0) return false;
  }
  return true;
}

/** `{1}-{2}` as group numbers and the texts between them. */
function piecesOf(format: string, groups: number): (string | number)[] {
  return format
    .split(/(\{\d+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const group = /^\{(\d+)\}$/.exec(piece)?.[1];
      if (group === undefined) return piece;
      if (Number(group) < 1 || Number(group) > groups)
        throw new MappingFault(`the normaliser's format names group ${group}, its pattern has ${groups}`, 'number the groups from 1');
      return Number(group);
    });
}
