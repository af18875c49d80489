import type { Canonical } from '../../schema/model/canonical.ts';
import { mask } from '../../schema/model/mask.ts';
import { divideDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { Print } from '../plan/output.ts';
import { quote } from './quote.ts';

/** Places kept when an amount is printed in a larger unit; enough for 分 in 亿元. */
const UNIT_SCALE = 12;

/** Canonical value → JSON text. */
export function compilePrint(print: Print): (value: Canonical) => string {
  const { money, mask: kind } = print;
  if (kind) return (value) => (value === null ? 'null' : quote(mask(kind, String(value))));
  if (money) {
    const { factor, decimals } = money;
    if (factor === '1') return (value) => (value === null ? 'null' : `"${normalizeDecimal(value as string, decimals) ?? '0'}"`);
    return (value) => (value === null ? 'null' : `"${normalizeDecimal(divideDecimal(value as string, factor, UNIT_SCALE) ?? '0', decimals) ?? '0'}"`);
  }
  switch (printedAs(print)) {
    case 'bare':
      return (value) => (value === null ? 'null' : `"${String(value)}"`);
    case 'string':
      return (value) => (typeof value === 'string' ? quote(value) : JSON.stringify(value));
    default:
      return (value) => (value === null ? 'null' : String(value));
  }
}

/** How a text stands in JSON when nothing is done to it but quoting: `bare` needs no escape. Undefined: some other way, or no text. */
export function printedAs({ money, mask: kind, scalar }: Print): 'bare' | 'string' | undefined {
  if (kind || money) return undefined;
  switch (scalar) {
    case 'Int':
    case 'Float':
    case 'Boolean':
      return undefined;
    case 'Decimal':
    case 'BigInt':
    case 'Date':
    case 'YearMonth':
    case 'DateTime':
      return 'bare';
    default:
      return 'string';
  }
}
