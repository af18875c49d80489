import type { ValueMapping } from '../model/mapping.ts';
import type { Place } from '../model/unified.ts';
import { celFault } from './cel-syntax.ts';
import { placeWithin } from './origin.ts';
import { inspectPattern, PATTERN_REMEDY } from './portable-pattern.ts';
import type { Report } from './report.ts';

const ORIGINS = ['column', 'constant', 'json', 'concat', 'firstValid', 'expression'] as const;
const TEXT_STEPS = ['fold', 'part', 'replace', 'extract', 'normalize'] as const;
/** Each makes something else of the text, so that no two fit together; `number` may go before `scale`. */
const CONVERSIONS = ['scale', 'date', 'time', 'codes', 'boolean', 'number', 'amount', 'crosswalk'] as const;

/** What a value is for decides whether it can be this source's key of an entity. */
type Use = 'field' | 'canonical' | 'part';

export function checkValue(where: string, value: ValueMapping, report: Report, use: Use): void {
  const at = (...path: (string | number)[]): Place => placeWithin(value, path, value.place);
  checkOrigin(where, value, at, report);
  const conversions = CONVERSIONS.filter((key) => value[key] !== undefined);
  const [first, second] = conversions;
  if (first !== undefined && second !== undefined && !(conversions.length === 2 && value.scale !== undefined && value.number !== undefined)) {
    const clash = conversions[1] === 'number' && first === 'scale' ? (conversions[2] ?? second) : second;
    report.error(
      at(clash),
      `${where} has both "${first}" and "${clash}"`,
      clash === 'amount' || first === 'amount' ? 'remove one of them; the factors of "amount" already scale' : 'remove one of them; a value is converted once',
    );
  }
  if (value.crosswalk !== undefined && use !== 'field')
    report.error(at('crosswalk'), `${where} cannot go through a crosswalk`, 'only a field as a whole can: { column: …, crosswalk: … }');
  checkSteps(where, value, at, report);
  for (const key of ['concat', 'firstValid'] as const) {
    for (const [index, part] of (value[key] ?? []).entries()) checkValue(`${where}.${key}.${index}`, part, report, 'part');
  }
}

function checkOrigin(where: string, value: ValueMapping, at: (...path: string[]) => Place, report: Report): void {
  const origins = ORIGINS.filter((key) => value[key] !== undefined);
  if (origins.length === 0) report.error(value.place, `${where} does not say where the value comes from`, `add one of ${ORIGINS.join(', ')}`);
  for (const second of origins.slice(1))
    report.error(at(second), `${where} has both "${origins[0]}" and "${second}"`, 'keep one origin; "firstValid" or "concat" take several values');
  if (value.path !== undefined && value.json === undefined) report.error(at('path'), `${where} has "path" but no "json"`, 'name the JSON column with "json"');
  checkPath(`the path of ${where}`, value.path, at('path'), report);
  if (value.constant !== undefined) {
    const step = [...TEXT_STEPS, ...CONVERSIONS].find((key) => value[key] !== undefined);
    if (step !== undefined)
      report.error(at(step), `${where} is a constant and has the step "${step}"`, 'write the constant as clients shall see it, without steps');
  }
  const fault = value.expression === undefined ? undefined : celFault(value.expression);
  if (fault !== undefined)
    report.error(
      at('expression'),
      `the expression of ${where} is not valid CEL: ${fault}`,
      'check brackets, quotes and operators; columns whose name is no identifier are written cols["…"]',
    );
}

function checkSteps(where: string, value: ValueMapping, at: (...path: (string | number)[]) => Place, report: Report): void {
  for (const { from } of value.replace ?? []) {
    if (from === '') report.error(at('replace', ''), `${where} replaces the empty text`, 'name the text that is to be replaced');
  }
  if (value.extract !== undefined) {
    const { pattern, group } = value.extract;
    const { groups, fault } = inspectPattern(pattern);
    if (fault !== undefined) report.error(at('extract'), `the pattern of ${where} ${fault}`, PATTERN_REMEDY);
    else if (group > groups)
      report.error(
        at('extract'),
        `${where} takes group ${group} of a pattern with ${groups === 0 ? 'no group' : groups === 1 ? 'one group' : `${groups} groups`}`,
        groups === 0 ? 'put what is wanted in ( )' : `use a group from 1 to ${groups}`,
      );
  }
  if (value.scale !== undefined && isZero(value.scale))
    report.error(at('scale'), `${where} is scaled by zero`, 'write the factor from stored to canonical, e.g. "0.01"');
  for (const [index, format] of (value.date ?? []).entries()) {
    const fault = dateFormatFault(format);
    if (fault !== undefined)
      report.error(
        at('date', index),
        `the date format "${format}" of ${where} ${fault}`,
        'use yyyy, MM or M, dd or d, once each, e.g. yyyyMMdd, yyyy-M-d, yyyy年M月d日',
      );
  }
  const codes = Object.keys(value.codes ?? {});
  for (const code of codes) {
    if (code !== code.trim())
      report.error(
        at('codes', code),
        `the code "${code}" of ${where} begins or ends with a blank`,
        `write "${code.trim()}"; stored codes are trimmed before they are compared`,
      );
  }
  if (value.boolean !== undefined) {
    const both = value.boolean.true.find((text) => value.boolean?.false.includes(text));
    if (both !== undefined) report.error(at('boolean'), `"${both}" means both true and false in ${where}`, 'remove it from one of the lists');
    for (const meaning of ['true', 'false'] as const) {
      for (const [index, text] of value.boolean[meaning].entries()) {
        if (text !== text.trim())
          report.error(
            at('boolean', meaning, index),
            `the text "${text}" of ${where} begins or ends with a blank`,
            `write "${text.trim()}"; stored texts are trimmed before they are compared`,
          );
      }
    }
  }
  for (const [suffix, factor] of Object.entries(value.amount ?? {})) {
    if (isZero(factor))
      report.error(at('amount', suffix), `the unit "${suffix}" of ${where} has the factor zero`, 'write how many base units it is, e.g. "10000"');
  }
}

/** A dotted path with a dot too many. */
export function checkPath(what: string, path: readonly string[] | undefined, place: Place, report: Report): void {
  if (path?.includes(''))
    report.error(
      place,
      `${what} has an empty step`,
      `remove the dot that nothing stands before or behind${path.some((step) => step !== '') ? `, e.g. ${path.filter((step) => step !== '').join('.')}` : ''}`,
    );
}

const isZero = (decimal: string): boolean => /^-?[0.]*$/.test(decimal);

/** What is wrong with a date format, to complete "the date format …"; undefined when it is usable. */
export function dateFormatFault(format: string): string | undefined {
  const parts = format.match(/yyyy|MM|dd|M|d/g) ?? [];
  const rest = format.replaceAll(/yyyy|MM|dd|M|d/g, '');
  const letter = /[A-Za-z]/.exec(rest)?.[0];
  if (letter !== undefined) return `holds "${letter}", which stands for nothing`;
  const [year, month, day] = [/^yyyy$/, /^MM?$/, /^dd?$/].map((kind) => parts.filter((part) => kind.test(part)).length) as [number, number, number];
  if (year !== 1 || month > 1 || day > 1) return year === 0 ? 'has no year' : 'names a part twice';
  if (day === 1 && month === 0) return 'has a day but no month';
  // `yyyyMd` would read 2023111 in two ways.
  if (/Md|dM/.test(format.replaceAll(/MM|dd/g, '#'))) return 'has no separator between parts of one or two digits';
  return undefined;
}
