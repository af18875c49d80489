import { normalizeDecimal } from '../../schema/model/decimal.ts';
import type { Expr } from '../../connectors/spi/ir.ts';
import { asText } from './as-text.ts';
import { fold } from './fold.ts';
import { escapePattern } from '../../schema/model/escape-pattern.ts';
import { isPresent } from './predicates.ts';
import { createScaler } from './scale.ts';
import { foldText } from './text.ts';
import { DECIMAL, exprFrom, MappingFault, type Value } from './value.ts';

/** What people put into amounts and what says nothing: commas, blanks, line ends, currency signs (`$` stands for its full-width form too). */
const NOISE = [',', ' ', '\t', '\r', '\n', '¥', '￥', '$', '€'];
const NOISE_CLASS = /[, \t\r\n¥￥$€]/g;
const NUMBER = '-?\\d+(?:\\.\\d+)?';

/** An amount in text with its unit behind it: '1,234.5万元' with `万元: 10000` → 12345000. Anything else is null and BAD_NUMBER. */
export function amount(input: Value, units: Readonly<Record<string, string>>): Value {
  const factors = new Map(Object.entries(units).map(([suffix, factor]) => [clean(suffix), { factor: checkedFactor(factor), scale: createScaler(factor) }]));
  if (factors.size === 0) throw new MappingFault('`amount` names no units', 'give at least one suffix and its factor; "" is for none');
  if ([...factors.keys()].some((suffix) => /^[\d.]/.test(suffix)))
    throw new MappingFault('a unit of `amount` begins like a number', 'write units as they stand behind the digits');
  const text = fold(asText(input));
  return {
    type: DECIMAL,
    rawText: input.rawText,
    decode: (raw, issues) => {
      const value = text.decode(raw, issues);
      if (value === null) return null;
      const cleaned = (value as string).replaceAll(NOISE_CLASS, '');
      if (cleaned === '') return null;
      const digits = /^-?\d+(?:\.\d+)?/.exec(cleaned)?.[0];
      const unit = digits === undefined ? undefined : factors.get(cleaned.slice(digits.length));
      if (digits !== undefined && unit !== undefined) return unit.scale(normalizeDecimal(digits) ?? '0');
      issues('BAD_NUMBER', input.rawText(raw));
      return null;
    },
    ...exprFrom(text, (value) => {
      const cleaned = NOISE.reduce<Expr>((current, from) => ({ kind: 'replace', value: current, from, to: '' }), value);
      return {
        kind: 'case',
        branches: [...factors].map(([suffix, { factor }]) => {
          const digits: Expr = { kind: 'extract', value: cleaned, pattern: `(${NUMBER})${escapePattern(suffix)}`, group: 1 };
          return { if: isPresent(digits), then: { kind: 'scale', value: { kind: 'cast', value: digits, type: DECIMAL }, factor } };
        }),
      };
    }),
  };
}

const clean = (suffix: string): string => foldText(suffix).replaceAll(NOISE_CLASS, '');

function checkedFactor(factor: string): string {
  const normal = normalizeDecimal(factor);
  if (normal === null || normal === '0') throw new MappingFault(`"${factor}" is no factor`, 'write a plain decimal such as "10000" or "0.01"');
  return normal;
}
