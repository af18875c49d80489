import { suggestion } from '../../schema/parse/suggest.ts';
import { invalid, type Expression } from './expression.ts';
import { BOOLEAN, DECIMAL, INT, kindOf, nameOfKind, NULL, TEXT, type ExpressionType, type ExpressionTypes, type Kind } from './types.ts';

const INT_MAX = 2 ** 31 - 1;

export function literalType(e: Extract<Expression, { op: 'literal' }>): ExpressionType {
  if (e.value === null) return NULL;
  if (typeof e.value === 'boolean') return BOOLEAN;
  if (!e.numeric) return TEXT;
  return !e.value.includes('.') && Math.abs(Number(e.value)) <= INT_MAX ? INT : DECIMAL;
}

export function named(name: string, names: ExpressionTypes): ExpressionType {
  const type = Object.hasOwn(names, name) ? names[name] : undefined;
  if (!type) throw invalid(`there is no value "${name}"; ${suggestion(name, Object.keys(names))}`);
  return type;
}

export function comparable(kinds: readonly Kind[], op: string): void {
  const whole = kinds.find((k) => k === 'object' || k === 'list' || k === 'json');
  if (whole) throw invalid(`${op} compares single values, not ${nameOfKind(whole)}`);
}

export function mismatch(rule: string, a: ExpressionType, b: ExpressionType): Error {
  const [x, y] = [kindOf(a), kindOf(b)];
  const hint = [x, y].includes('date') && [x, y].some((k) => k === 'moment' || k === 'naive') ? '; date(x) is the day of a time' : '';
  return invalid(`${rule}, not ${nameOfKind(x)} and ${nameOfKind(y)}${hint}`);
}
