import { addDecimal, roundDecimal } from '../../schema/model/decimal.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { BOOLEAN, DATE, DECIMAL, INT, TEXT, type ExpressionType, type Kind } from './types.ts';
import { decimalOf } from './values.ts';

/** One value of a function: the kinds it may have, a list of numbers, or a number of places written out. */
export type Parameter = readonly Kind[] | 'numbers' | 'places';

export interface ExpressionFunction {
  /** For methods the receiver is the first. */
  readonly parameters: readonly Parameter[];
  readonly result: ExpressionType;
  /** Never sees null: a function of an unknown value is unknown. Numbers come as plain decimals. */
  readonly run: (...args: readonly NonNullable<unknown>[]) => Canonical;
}

const DAYS: readonly Kind[] = ['date', 'month', 'moment', 'naive'];
const WRITABLE: readonly Kind[] = ['text', 'number', 'boolean', ...DAYS];
const DAY_MS = 86_400_000;

/** Places that `round` can keep. */
export const MAX_PLACES = 12;

/** Only `has` answers for null: it tests for it. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map<string, ExpressionFunction>([
  ['has', { parameters: [[...WRITABLE, 'json', 'object', 'list', 'null']], result: BOOLEAN, run: () => true }],
  ['size', { parameters: [['text', 'list']], result: INT, run: (value) => (Array.isArray(value) ? value.length : [...(value as string)].length) }],
  ['contains', textTest((text, part) => text.includes(part))],
  ['startsWith', textTest((text, part) => text.startsWith(part))],
  ['endsWith', textTest((text, part) => text.endsWith(part))],
  ['lowerAscii', { parameters: [['text']], result: TEXT, run: (text) => (text as string).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) }],
  ['upperAscii', { parameters: [['text']], result: TEXT, run: (text) => (text as string).replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()) }],
  ['string', { parameters: [WRITABLE], result: TEXT, run: String }],
  ['date', { parameters: [DAYS], result: DATE, run: dayOf }],
  ['days', { parameters: [DAYS, DAYS], result: INT, run: (from, to) => Math.round((Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / DAY_MS) }],
  [
    'sum',
    {
      parameters: ['numbers'],
      result: DECIMAL,
      run: (list) => (list as unknown[]).reduce<string>((total, value) => addDecimal(total, decimalOf(value) ?? '0'), '0'),
    },
  ],
  ['round', { parameters: [['number'], 'places'], result: DECIMAL, run: (value, places) => roundDecimal(value as string, Number(places)) }],
]);

function textTest(run: (text: string, part: string) => boolean): ExpressionFunction {
  return { parameters: [['text'], ['text']], result: BOOLEAN, run: (text, part) => run(text as string, part as string) };
}

/** Times are in the hub's zone, so that their day is what they begin with; a month's is its first. */
function dayOf(value: NonNullable<unknown>): string {
  const text = value as string;
  return text.length === 7 ? `${text}-01` : text.slice(0, 10);
}
