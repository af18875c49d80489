import { normalizeDecimal } from '../../schema/model/decimal.ts';
import type { Expr } from '../../connectors/spi/ir.ts';
import { asText } from './as-text.ts';
import { foldAndTrim } from './fold.ts';
import { compilePattern } from './pattern.ts';
import { DECIMAL, isNumber, MappingFault, readText, typeName, type Value } from './value.ts';

/** Commas only between thousands: `1,2` is no number rather than a guess. */
const PLAIN = '[+-]?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?';

/** A number in text: `plain` reads '1,234.50', `percent` also '58%' (→ 58). Numbers pass. Anything else is null and BAD_NUMBER. */
export function number(input: Value, form: 'plain' | 'percent'): Value {
  if (isNumber(input.type)) return input;
  const pattern = form === 'plain' ? PLAIN : `${PLAIN} *%?`;
  const noise = form === 'plain' ? [',', '+'] : [',', '+', '%', ' '];
  const { regex } = compilePattern(pattern);
  return readText(
    foldAndTrim(readable(input)),
    DECIMAL,
    'BAD_NUMBER',
    (text) => normalizeDecimal(text) ?? (regex.test(text) ? (normalizeDecimal(text.replaceAll(/[,+% ]/g, '')) ?? undefined) : undefined),
    (value) => ({
      kind: 'cast',
      value: noise.reduce<Expr>((current, from) => ({ kind: 'replace', value: current, from, to: '' }), { kind: 'matching', value, pattern }),
      type: DECIMAL,
    }),
  );
}

/** Text that is a plain number where a number is wanted; anything else is null and BAD_NUMBER. */
export function numberOf(input: Value): Value {
  if (isNumber(input.type)) return input;
  return readText(
    foldAndTrim(readable(input)),
    DECIMAL,
    'BAD_NUMBER',
    (text) => normalizeDecimal(text) ?? undefined,
    (value) => ({ kind: 'cast', value, type: DECIMAL }),
  );
}

/** Text may be a number; moments, truth values and documents never are. */
function readable(input: Value): Value {
  if (input.type.kind !== 'text' && input.type.kind !== 'other')
    throw new MappingFault(`the value holds ${typeName(input.type)}, the field a number`, 'map a column of numbers, or of text that holds them');
  return asText(input);
}
