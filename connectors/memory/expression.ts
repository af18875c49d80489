import { epochMillisToZoned, parseDateByFormat, truncateDate } from '../../schema/model/date.ts';
import { addDecimal, multiplyDecimal, subtractDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { Expr } from '../spi/ir.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { castValue, decimalOf, momentIn, textOf } from '../values/cast.ts';
import { jsonTextAt } from '../values/json.ts';
import { measureRows } from './measure.ts';
import { orderRows } from './order.ts';
import { holds } from './predicate.ts';
import { relatedRows } from './related.ts';
import type { MemoryRow, Scope } from './scope.ts';
import { variableOf } from './scope.ts';
import { foldText, keepText, matchWhole, partOfText, rewriteText, sliceText, trimText, upperText } from '../values/text.ts';

const ARITHMETIC = { '+': addDecimal, '-': subtractDecimal, '*': multiplyDecimal } as const;

/** The value of an expression for a row, in the wire form of `typeOfExpr`. Never throws for what a row holds: null instead. */
export function evaluate(expr: Expr, row: MemoryRow, scope: Scope): WireValue {
  switch (expr.kind) {
    case 'column': {
      const value = row.get(expr.column);
      if (value === undefined) throw new Error(`expected one of the columns ${[...row.keys()].join(', ')}, got ${expr.column}`);
      return value;
    }
    case 'literal':
      return expr.value;
    case 'variable':
      return variableOf(scope, expr);
    case 'jsonText':
      return mapText(expr.value, row, scope, (text) => jsonTextAt(text, expr.path));
    case 'fold':
      return mapText(expr.value, row, scope, foldText);
    case 'trim':
      return mapText(expr.value, row, scope, trimText);
    case 'upper':
      return mapText(expr.value, row, scope, upperText);
    case 'keep':
      return mapText(expr.value, row, scope, (text) => keepText(text, expr.set));
    case 'replace':
      return mapText(expr.value, row, scope, (text) => (expr.from === '' ? text : text.replaceAll(expr.from, () => expr.to)));
    case 'slice':
      return mapText(expr.value, row, scope, (text) => sliceText(text, expr.start, expr.length));
    case 'part':
      return mapText(expr.value, row, scope, (text) => partOfText(text, expr.separator, expr.index));
    case 'matching':
      return mapText(expr.value, row, scope, (text) => (matchWhole(text, expr.pattern) === null ? null : text));
    case 'extract':
      return mapText(expr.value, row, scope, (text) => matchWhole(text, expr.pattern)?.[expr.group] ?? null);
    case 'rewrite':
      return mapText(expr.value, row, scope, (text) => rewriteText(text, expr.pattern, expr.pieces));
    case 'concat': {
      const parts = expr.values.map((value) => evaluateText(value, row, scope));
      return parts.includes(null) ? null : parts.join('');
    }
    case 'coalesce': {
      const found = expr.values.find((value) => evaluate(value, row, scope) !== null);
      return found === undefined ? null : evaluateAs(expr, found, row, scope);
    }
    case 'case': {
      const then = expr.branches.find((branch) => holds(branch.if, row, scope))?.then ?? expr.else;
      return then === undefined ? null : evaluateAs(expr, then, row, scope);
    }
    case 'cast':
      return castValue(evaluate(expr.value, row, scope), typeOfExpr(expr.value), expr.type, scope.timeZone);
    case 'scale': {
      const digits = decimalOf(evaluate(expr.value, row, scope));
      return digits === null ? null : multiplyDecimal(digits, expr.factor);
    }
    case 'arithmetic': {
      const left = decimalOf(evaluate(expr.left, row, scope));
      const right = decimalOf(evaluate(expr.right, row, scope));
      return left === null || right === null ? null : ARITHMETIC[expr.op](left, right);
    }
    case 'parseDate':
      return mapText(expr.value, row, scope, (text) => firstDate(text, expr.formats));
    case 'epochMillis': {
      const value = evaluate(expr.value, row, scope);
      const millis = value === null ? -1 : Number(value);
      return millis >= 0 ? epochMillisToZoned(millis, scope.timeZone) : null;
    }
    case 'truncate': {
      const value = evaluate(expr.value, row, scope);
      return value === null ? null : truncateDate(momentIn(String(value), typeOfExpr(expr.value), scope.timeZone), expr.unit);
    }
    case 'related': {
      const rows = relatedRows(expr, [row], scope);
      if ('fn' in expr.value) return measureRows(expr.value, rows, scope);
      const first = orderRows(rows, expr.orderBy ?? [], scope)[0];
      return first === undefined ? null : evaluate(expr.value, first, scope);
    }
  }
}

/** The value as text, decimals without superfluous zeros; null stays null. */
export function evaluateText(expr: Expr, row: MemoryRow, scope: Scope): string | null {
  return textOf(evaluate(expr, row, scope), typeOfExpr(expr));
}

function mapText(expr: Expr, row: MemoryRow, scope: Scope, change: (text: string) => string | null): string | null {
  const text = evaluateText(expr, row, scope);
  return text === null ? null : change(text);
}

/** One of several alternatives, in the wire form of the whole expression. */
function evaluateAs(whole: Expr, chosen: Expr, row: MemoryRow, scope: Scope): WireValue {
  return castIfUnlike(evaluate(chosen, row, scope), chosen, whole, scope);
}

function castIfUnlike(value: WireValue, from: Expr, to: Expr, scope: Scope): WireValue {
  const source = typeOfExpr(from);
  const target = typeOfExpr(to);
  return source.kind === target.kind && source.kind !== 'integer' ? value : castValue(value, source, target, scope.timeZone);
}

function firstDate(text: string, formats: readonly string[]): string | null {
  for (const format of formats) {
    const date = parseDateByFormat(text, format);
    if (date !== null) return date;
  }
  return null;
}
