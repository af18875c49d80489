import { isRealDate } from '../model/date.ts';
import type { LeafType, UnifiedModel } from '../model/unified.ts';
import { suggestion } from './suggest.ts';

const FORMS: Readonly<Record<string, { readonly test: (text: string) => boolean; readonly example: string }>> = {
  Int: { test: (text) => /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31, example: '12' },
  BigInt: { test: (text) => /^-?\d+$/.test(text), example: '12' },
  Decimal: { test: (text) => /^-?\d+(\.\d+)?$/.test(text), example: '12.50' },
  Float: { test: (text) => text.trim() !== '' && Number.isFinite(Number(text)), example: '12.5' },
  Boolean: { test: (text) => text === 'true' || text === 'false', example: 'true' },
  Date: { test: isDate, example: '2024-01-31' },
  YearMonth: { test: (text) => isDate(`${text}-01`), example: '2024-01' },
  DateTime: { test: (text) => isDate(text.slice(0, 10)) && /^.{10}T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text), example: '2024-01-31T08:00:00+08:00' },
};

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return match !== null && isRealDate(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** Why a text that a mapping writes down cannot be a value of a leaf (`message` completes "…, "), or undefined when it can. */
export function canonicalFault(text: string, { kind, name }: LeafType, model: UnifiedModel): { readonly message: string; readonly remedy: string } | undefined {
  if (kind === 'enum') {
    const values = model.enums.get(name)?.values.map((value) => value.name) ?? [];
    return values.includes(text) ? undefined : { message: `which is no value of ${name}`, remedy: suggestion(text, values) };
  }
  const form = FORMS[name];
  if (form !== undefined) return form.test(text) ? undefined : { message: `which is no ${name}`, remedy: `write it as ${form.example}` };
  const pattern = model.scalars.get(name)?.pattern;
  if (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text)) return undefined;
  return { message: `which is no ${name}`, remedy: `it must match ${pattern}` };
}
