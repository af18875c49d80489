import { describe, expect, it } from 'vitest';
import { expressionNames } from '../../../../federation/expression/expression.ts';
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_LENGTH, parseExpression } from '../../../../federation/expression/parse.ts';

const refused = (message: string): unknown => expect.objectContaining({ code: 'MAPPING_INVALID', message: expect.stringContaining(message) });

describe('parsing an expression', () => {
  it.each([
    ['a +', 'the expression cannot be read'],
    ['a & b', 'the expression cannot be read'],
    ['项目 + 1', 'the expression cannot be read: Unexpected character: 项, at character 1'],
    ['1e999', 'the expression cannot be read: Invalid number: Infinity'],
    ['a % 2', '"%" is not supported in expressions'],
    ['{"a": 1}', '"map" is not supported in expressions'],
    ['1u', 'only numbers, texts, booleans and null can stand in an expression'],
    ['b"x"', 'only numbers, texts, booleans and null can stand in an expression'],
    ['a.matches("(a+)+")', 'there is no function "matches"; '],
    ['a.contians("x")', 'there is no function "contians"; did you mean "contains"?'],
    ['exists(a, b)', 'there is no function "exists"; exists follows a list: list.exists(x, …)'],
    ['a.all(x, y, z)', 'all takes a name and an expression: list.all(x, …)'],
    ['a.map(x, x > 1, x)', 'map takes a name and an expression: list.map(x, …)'],
    ['round(a)', 'round takes 2 values, not 1'],
    ['size(a, b)', 'size takes 1 value, not 2'],
    ['__proto__', 'the expression cannot be read: Reserved identifier: __proto__'],
    ['a.exists(__proto__, true)', 'the expression cannot be read: Reserved identifier: __proto__'],
  ])('refuses %s: %s', (text, message) => {
    expect(() => parseExpression(text)).toThrow(refused(message));
  });

  it('keeps the digits of a number as they are written', () => {
    expect(parseExpression('12345678901234567.8910')).toEqual({ op: 'literal', value: '12345678901234567.891', numeric: true });
  });

  it('takes as many characters as allowed and not one more', () => {
    const text = `"${'x'.repeat(MAX_EXPRESSION_LENGTH - 2)}"`;
    expect(parseExpression(text)).toMatchObject({ op: 'literal' });
    expect(() => parseExpression(`${text} `)).toThrow(refused(`has ${MAX_EXPRESSION_LENGTH + 1} characters`));
  });

  it.each<[string, (levels: number) => string]>([
    ['a chain', (levels) => `a${' + a'.repeat(levels - 1)}`],
    ['not', (levels) => `${'!'.repeat(levels - 1)}a`],
    ['members', (levels) => `a${'.a'.repeat(levels - 1)}`],
    ['choices', (levels) => `${'a ? a : '.repeat(levels - 1)}a`],
    ['lists', (levels) => `${'['.repeat(levels - 1)}a${']'.repeat(levels - 1)}`],
    ['macros', (levels) => `${'a.map(x, '.repeat(levels - 1)}a${')'.repeat(levels - 1)}`],
  ])('takes %s as deep as allowed and not one level more', (_, nested) => {
    expect(() => parseExpression(nested(MAX_EXPRESSION_DEPTH))).not.toThrow();
    expect(() => parseExpression(nested(MAX_EXPRESSION_DEPTH + 1))).toThrow(refused(`deeper than ${MAX_EXPRESSION_DEPTH} levels`));
  });

  it.each(['('.repeat(1_999) + 'a' + ')'.repeat(1_999), '!'.repeat(3_999) + 'a', '-'.repeat(3_999) + 'a', `a${'[a'.repeat(1_300)}${']'.repeat(1_300)}`])(
    'refuses what nests far too deep without a stack overflow (%#)',
    (text) => {
      expect(() => parseExpression(text)).toThrow(refused('deeper than'));
    },
  );

  it('lists the names that are read from outside, members with their path', () => {
    expect(
      expressionNames(parseExpression('amount > 1 && items.exists(i, i.price > limit && items.all(amount, amount > i)) && location.longitude > 1')),
    ).toEqual(['amount', 'items', 'limit', 'location.longitude']);
  });
});
