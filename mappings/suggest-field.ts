import type { CatalogColumn } from '../schema/model/catalog.ts';
import type { WireValue } from '../schema/model/physical-type.ts';

/** How a column would become a field, and why. */
export interface FieldSuggestion {
  readonly scalar: string;
  /** YAML of the value beside its column, e.g. `date: yyyyMMdd`; none: the column as it is. */
  readonly steps: readonly string[];
  readonly evidence: string;
  /** 0…1 */
  readonly confidence: number;
}

const UNITS: readonly (readonly [RegExp, string, string])[] = [
  [/亿元/, '100000000', '亿元'],
  [/万元|\bwan ?yuan\b|_wy$|_wan$/i, '10000', '万元'],
  [/千元/, '1000', '千元'],
  [/(?:^|[（(:：，,\s])分(?:$|[）),，\s])|单位[:：]?\s*分|_fen$|_cents?$/i, '0.01', '分'],
];
const DATES: readonly (readonly [string, RegExp])[] = [
  ['yyyyMMdd', /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/],
  ['yyyy-MM-dd', /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/],
  ['yyyy/M/d', /^\d{4}\/(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])$/],
  ['yyyy.M.d', /^\d{4}\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])$/],
  ['yyyy年M月d日', /^\d{4}年(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日$/],
];
const TIMELIKE = /time|date|_at$|_ts$|ts$|时间|日期|sj$|rq$/i;
const SHARE = 0.9;

/** Undefined for what no field can be made of. Pure. */
export function suggestField({ name, type, comment = '', nativeType }: CatalogColumn, values: readonly WireValue[]): FieldSuggestion | undefined {
  const texts = values.filter((value) => value !== null && value !== '').map((value) => String(value).trim());
  const most = (test: (text: string) => boolean): boolean => texts.length >= 2 && texts.filter(test).length >= texts.length * SHARE;
  const plain = (scalar: string): FieldSuggestion => ({ scalar, steps: [], evidence: `the column is ${nativeType}`, confidence: 0.95 });
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'float': {
      const unit = UNITS.find(([pattern]) => pattern.test(comment) || pattern.test(name));
      if (unit)
        return { scalar: 'Decimal', steps: [`scale: "${unit[1]}"`], evidence: `its comment or name says ${unit[2]}`, confidence: comment === '' ? 0.6 : 0.85 };
      if (type.kind !== 'float' && TIMELIKE.test(name) && most((text) => /^1[0-9]{12}$/.test(text)))
        return { scalar: 'DateTime', steps: ['time: epochMillis'], evidence: 'thirteen digits, as milliseconds since 1970 have', confidence: 0.8 };
      if (type.kind !== 'float' && TIMELIKE.test(`${name} ${comment}`) && most((text) => DATES[0]![1].test(text)))
        return { scalar: 'Date', steps: ['date: yyyyMMdd'], evidence: 'eight digits that are days', confidence: 0.8 };
      if (type.kind === 'decimal') return plain('Decimal');
      if (type.kind === 'float') return plain('Float');
      return plain(type.bits === 64 ? 'BigInt' : 'Int');
    }
    case 'text': {
      const date = DATES.find(([, pattern]) => most((text) => pattern.test(text)));
      if (date) return { scalar: 'Date', steps: [`date: "${date[0]}"`], evidence: `its values are written as ${date[0]}`, confidence: 0.9 };
      if (most((text) => /^-?\d+(?:\.\d+)?%$/.test(text)))
        return { scalar: 'Decimal', steps: ['number: percent'], evidence: 'its values end in %', confidence: 0.85 };
      if (texts.some((text) => /(?:亿元|万元|元)$/.test(text)) && most((text) => /^[¥￥]?[\d,]+(?:\.\d+)?(?:亿元|万元|元)?$/.test(text)))
        return {
          scalar: 'Decimal',
          steps: ['amount: { "亿元": "100000000", "万元": "10000", "元": "1", "": "1" }'],
          evidence: 'its values are amounts with their unit',
          confidence: 0.8,
        };
      return plain('String');
    }
    case 'boolean':
      return plain('Boolean');
    case 'date':
      return plain('Date');
    case 'timestamp':
      return plain('DateTime');
    case 'json':
      return { ...plain('JSON'), steps: ['json'], evidence: `the column is ${nativeType}; what is in it was not looked at`, confidence: 0.7 };
    case 'uuid':
      return plain('String');
    case 'time':
    case 'other':
      return { ...plain('String'), evidence: `the column is ${nativeType}, which is given as its text; its values were not looked at`, confidence: 0.7 };
    default:
      return undefined;
  }
}
