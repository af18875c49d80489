import { decimalOfNumber } from '../../schema/model/decimal.ts';
import { suggestion } from '../../schema/parse/suggest.ts';
import type { Normalizer, ValueMapping } from '../../schema/model/mapping.ts';
import { amount } from '../transforms/amount.ts';
import { asText } from '../transforms/as-text.ts';
import { boolean } from '../transforms/boolean.ts';
import { codes } from '../transforms/codes.ts';
import { constantValue, rawValue, type Reads } from '../transforms/column.ts';
import { concat, type ConcatPart } from '../transforms/concat.ts';
import { date } from '../transforms/date.ts';
import { epochMillis } from '../transforms/epoch-millis.ts';
import { expression } from '../transforms/expression.ts';
import { extract } from '../transforms/extract.ts';
import { firstValid } from '../transforms/first-valid.ts';
import { fold } from '../transforms/fold.ts';
import { jsonPath } from '../transforms/json-path.ts';
import { normalize } from '../transforms/normalize.ts';
import { number } from '../transforms/number.ts';
import { part } from '../transforms/part.ts';
import { codeTarget, plain, type Target } from '../transforms/plain.ts';
import { presentText } from '../transforms/present-text.ts';
import { replace } from '../transforms/replace.ts';
import { scale } from '../transforms/scale.ts';
import { BOOLEAN, DECIMAL, MappingFault, TEXT, type TransformContext, type Value, within } from '../transforms/value.ts';
import { Reported, type Problems } from './bind-problems.ts';
import type { Rows } from './bind-rows.ts';

export interface ValueContext extends TransformContext {
  readonly rows: Rows;
  readonly reads: Reads;
  readonly normalizers: ReadonlyMap<string, Normalizer>;
  readonly problems: Problems;
}

const STEPS = ['fold', 'part', 'replace', 'extract', 'normalize', 'date', 'time', 'codes', 'boolean', 'number', 'amount', 'scale'] as const;
/** Readings of a text that exclude one another. */
const READINGS = ['date', 'time', 'codes', 'boolean', 'number', 'amount'] as const;

/** The value of a field in the natural form of its target; without a target, as its last step leaves it. @throws {MappingFault} | {Reported} */
export function bindValue(mapping: ValueMapping, target: Target | undefined, context: ValueContext): Value {
  const origin = originOf(mapping, target, context);
  return finish(applySteps(origin, mapping, target, context), mapping, target, context);
}

/** Brings a value that went through a mapping's steps to its target. */
export function finish(value: Value, mapping: ValueMapping, target: Target | undefined, context: TransformContext): Value {
  if (target === undefined) return value.type.kind === 'text' ? presentText(value) : value;
  return plain(value, target, { timeZone: context.timeZone, isNormalized: mapping.normalize !== undefined });
}

export const hasSteps = (mapping: ValueMapping): boolean => STEPS.some((step) => mapping[step] !== undefined && mapping[step] !== false);

function originOf(mapping: ValueMapping, target: Target | undefined, context: ValueContext): Value {
  const { column, constant, json, path, concat: parts, firstValid: alternatives, expression: text } = mapping;
  if (column !== undefined) return within('column', () => columnValue(column, context));
  if (constant !== undefined) return constantOf(constant);
  if (json !== undefined) {
    if (path === undefined || path.length === 0)
      throw new MappingFault(`"${json}" is read as JSON, but no path is given`, 'give `path: a.b`, or make the field JSON');
    return within('json', () => jsonPath(columnValue(json, context), path, context.reads));
  }
  if (parts !== undefined) return concat(bindAll(parts, context, (each) => bindPart(each, context)));
  if (alternatives !== undefined) return bindAlternatives(mapping, alternatives, target, context);
  if (text !== undefined) return within('expression', () => expression(text, context.rows, context.reads, context));
  throw new MappingFault('the value has no origin', 'give one of column, constant, json, concat, firstValid, expression');
}

export function columnValue(name: string, { rows, reads }: Pick<ValueContext, 'rows' | 'reads'>): Value {
  const { def, expr, width } = rows.column(name);
  return rawValue(expr, def.type, reads, width);
}

function constantOf(constant: string | number | boolean): Value {
  if (typeof constant === 'boolean') return constantValue(constant, BOOLEAN);
  return typeof constant === 'number' ? constantValue(decimalOfNumber(constant), DECIMAL) : constantValue(constant, TEXT);
}

/** Binds each, so that every fault is reported; then gives up when there was one. */
function bindAll<T>(mappings: readonly ValueMapping[], { problems }: ValueContext, bind: (mapping: ValueMapping) => T): T[] {
  const bound = mappings.map((mapping) => problems.attempt(mapping, () => ({ value: bind(mapping) })));
  return bound.map((each) => {
    if (each === undefined) throw new Reported();
    return each.value;
  });
}

function bindPart(mapping: ValueMapping, context: ValueContext): ConcatPart {
  return mapping.constant !== undefined && !hasSteps(mapping) ? String(mapping.constant) : bindValue(mapping, undefined, context);
}

/** With steps behind them, alternatives meet as text; without, each becomes the target's kind before one is chosen, so that an unreadable one is passed over. */
function bindAlternatives(mapping: ValueMapping, alternatives: readonly ValueMapping[], target: Target | undefined, context: ValueContext): Value {
  const isLast = target !== undefined && !hasSteps(mapping);
  const bound = bindAll(alternatives, context, (each) => bindValue(each, isLast ? target : undefined, context));
  const [first] = bound;
  if (first === undefined) throw new MappingFault('`firstValid` names no values', 'list the values in the order in which they count');
  if (isLast) return firstValid(bound.map((value) => ({ ...value, finished: true })));
  return firstValid(bound.every((value) => value.type.kind === first.type.kind) ? bound : bound.map((value) => presentText(asText(value))));
}

/** The steps in the order of the mapping format. @throws {MappingFault} when one cannot work. */
export function applySteps(origin: Value, mapping: ValueMapping, target: Target | undefined, context: Pick<ValueContext, 'timeZone' | 'normalizers'>): Value {
  const readings = READINGS.filter((step) => mapping[step] !== undefined);
  if (readings.length > 1)
    throw new MappingFault(`a value is read in one way, not by ${readings.map((step) => `\`${step}\``).join(' and ')}`, 'keep one of them');
  let value = origin;
  const step = <K extends (typeof STEPS)[number]>(key: K, change: (value: Value, option: NonNullable<ValueMapping[K]>) => Value): void => {
    const option = mapping[key];
    if (option !== undefined && option !== false) value = within(key, () => change(value, option));
  };
  step('fold', (input) => fold(asText(input)));
  step('part', (input, option) => part(asText(input), option));
  step('replace', (input, pairs) => replace(asText(input), pairs));
  step('extract', (input, option) => extract(asText(input), option));
  step('normalize', (input, name) => normalize(asText(input), normalizerOf(name, context.normalizers)));
  step('date', date);
  step('time', (input) => epochMillis(input, context));
  step('codes', (input, list) => codes(input, list, codeTarget(target, context)));
  step('boolean', boolean);
  step('number', number);
  step('amount', amount);
  step('scale', scale);
  return value;
}

export function normalizerOf(name: string, normalizers: ReadonlyMap<string, Normalizer>): Normalizer {
  const normalizer = normalizers.get(name);
  if (normalizer === undefined)
    throw new MappingFault(`unknown normaliser "${name}"`, suggestion(name, [...normalizers.keys()], 'define it in normalizers.yaml'));
  return normalizer;
}
