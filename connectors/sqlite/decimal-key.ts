/**
 * Decimals as text that sorts bytewise as the numbers do, so that SQLite can order and index-compare them exactly.
 * Positive: `1`, the count of integer digits in three digits, the digits. Negative: `0`, then the same with every digit complemented and `~` at the end.
 */

/** Key of a normalised decimal with up to 999 integer digits. */
export function decimalKey(decimal: string): string {
  const negative = decimal.startsWith('-');
  const plain = negative ? decimal.slice(1) : decimal;
  const point = plain.indexOf('.');
  const whole = point < 0 ? plain : plain.slice(0, point);
  const integer = whole === '0' ? '' : whole;
  const digits = String(integer.length).padStart(3, '0') + integer + (point < 0 ? '' : plain.slice(point + 1));
  return negative ? `0${complement(digits)}~` : `1${digits}`;
}

/** The decimal that a key was made of. */
export function decimalOfKey(key: string): string {
  const negative = key.startsWith('0');
  const digits = negative ? complement(key.slice(1, -1)) : key.slice(1);
  const fractionAt = 3 + Number(digits.slice(0, 3));
  const integer = digits.slice(3, fractionAt) || '0';
  const fraction = digits.slice(fractionAt);
  return `${negative ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}`;
}

function complement(digits: string): string {
  let complemented = '';
  for (let index = 0; index < digits.length; index += 1) complemented += String.fromCharCode(105 - digits.charCodeAt(index));
  return complemented;
}
