import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression, type ExpressionOptions } from '../../../../federation/expression/compile.ts';
import { MAX_VISITS } from '../../../../federation/expression/operators.ts';
import { parseExpression } from '../../../../federation/expression/parse.ts';
import { scalarType, type ExpressionTypes } from '../../../../federation/expression/types.ts';
import type { Canonical } from '../../../../schema/model/canonical.ts';

const CLOCK = { asOf: '2024-03-01', now: '2024-03-01T10:00:00+08:00' };
const ITEM = { kind: 'object', fields: { price: scalarType('Decimal'), kind: scalarType('String') } } as const;
const TYPES: ExpressionTypes = {
  amount: scalarType('Decimal'),
  paid: scalarType('Decimal'),
  count: scalarType('Int'),
  ratio: scalarType('Float'),
  big: scalarType('BigInt'),
  name: scalarType('String'),
  code: scalarType('ProjectCode'),
  status: { kind: 'scalar', scalar: 'PaymentStatus', values: ['ENTERED', 'APPROVED', 'PAID'] },
  done: scalarType('Boolean'),
  dueOn: scalarType('Date'),
  month: scalarType('YearMonth'),
  paidAt: scalarType('DateTime'),
  missing: scalarType('Decimal'),
  maybe: scalarType('Boolean'),
  document: scalarType('JSON'),
  'location.longitude': scalarType('Float'),
  items: { kind: 'list', of: ITEM },
  none: { kind: 'list', of: ITEM },
  owner: { kind: 'object', fields: { name: scalarType('String') } },
  nobody: { kind: 'object', fields: { name: scalarType('String') } },
};
const VALUES = {
  amount: '120.5',
  paid: '100',
  count: 3,
  ratio: 0.1,
  big: '9007199254740993',
  name: '市政道路',
  code: '2301-320500',
  status: 'PAID',
  done: true,
  dueOn: '2024-02-28',
  month: '2024-02',
  paidAt: '2024-02-29T07:30:00+08:00',
  missing: null,
  maybe: null,
  document: { a: 1 },
  'location.longitude': 120.5,
  none: null,
  owner: { name: '王' },
  nobody: null,
  items: [
    { price: '10', kind: 'A' },
    { price: '20.50', kind: 'B' },
    { price: null, kind: 'B' },
  ],
};

const compile = (text: string, options: Partial<ExpressionOptions> = {}) =>
  compileExpression(parseExpression(text), TYPES, { timeZone: 'Asia/Shanghai', ...options });
const value = (text: string, options: Partial<ExpressionOptions> = {}): Canonical => compile(text, options)(VALUES, CLOCK);

describe('the reference page of expressions', () => {
  const page = readFileSync(new URL('../../../../docs/reference/expressions.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(([, text = '', result = '']) => [text.replaceAll('\\|', '|'), result] as const);

  it('has examples', () => {
    expect(rows.length).toBeGreaterThan(45);
  });

  it.each(rows)('is right that %s is %s', (text, result) => {
    expect(value(text)).toEqual(JSON.parse(result));
  });
});

describe('an expression', () => {
  it.each<[string, Canonical]>([
    ['12345678901234567890.123 + 1', '12345678901234567891.123'],
    ['big + 1', '9007199254740994'],
    ['big == 9007199254740992', false],
    ['ratio == 0.1', true],
    ['ratio + 0.2', '0.3'],
    ['count * 2', '6'],
    ['count', 3],
    ['count == 3.00', true],
    ['1e3', 1000],
    ['0x10 + 0', '16'],
    ['--amount', '120.5'],
    ['amount - paid * 2', '-79.5'],
    ['missing == missing', null],
    ['null == null', true],
    ['has(null)', false],
    ['null + 1', null],
    ['null < 1', null],
    ['missing in [null, 1]', null],
    ['count in [null, 1]', false],
    ['count in []', false],
    ['"B" in items.map(i, i.kind)', true],
    ['count in none.map(i, i.price)', null],
    ['none.exists(i, true)', null],
    ['none.size()', null],
    ['sum(none.map(i, i.price))', null],
    ['sum([])', '0'],
    ['[].all(i, i == 1)', true],
    ['items.all(i, i.price > 5)', null],
    ['items.exists(i, items.exists(j, j.price > i.price))', true],
    ['items.map(i, items.filter(j, j.kind == i.kind).size())', [1, 2, 2]],
    ['items.map(name, name.kind)[0] + name', 'A市政道路'],
    ['items[count - 3].kind', 'A'],
    ['items[-1]', null],
    ['items[0.5]', null],
    ['owner.name', '王'],
    ['nobody.name', null],
    ['nobody == null', true],
    ['document == null', false],
    ['has(document)', true],
    ['location.longitude > 120', true],
    ['"😀" > "ﬁ"', true],
    ['size("😀")', 1],
    ['size("")', 0],
    ['dueOn in ["2024-02-28", "2024-02-29"]', true],
    ['["2024-02-28"].exists(d, d == string(dueOn))', true],
    ['dueOn > (done ? "2024-01-01" : "2025-01-01")', true],
    ['"2024-02-28T23:30:00Z" <= paidAt && paidAt <= "2024-02-29T07:30:00.000+08:00"', true],
    ['paidAt < now', true],
    ['done ? "2024-02-28T23:30:00Z" : paidAt', '2024-02-29T07:30:00+08:00'],
    ['days("2024-02-28", "2024-03-01")', 2],
    ['days(asOf, dueOn)', -2],
    ['days(dueOn, missing == null ? dueOn : null)', 0],
    ['true == !false', true],
    ['status == "PAID"', true],
    ['status != "PAID"', false],
    ['code < "3"', true],
    ['[1, 2.5, null]', ['1', '2.5', null]],
  ])('gives for %s %j', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each<[string, Partial<ExpressionOptions>, Canonical]>([
    ['done ? days(dueOn, asOf) : 0', { scalar: 'Int' }, 2],
    ['amount', { scalar: 'Int' }, null],
    ['amount * 2', { scalar: 'Int' }, 241],
    ['big', { scalar: 'Int' }, null],
    ['2147483647 + 0', { scalar: 'Int' }, 2147483647],
    ['2147483647 + 1', { scalar: 'Int' }, null],
    ['-2147483648', { scalar: 'Int' }, -2147483648],
    ['big + 1', { scalar: 'BigInt' }, '9007199254740994'],
    ['9223372036854775807 + 1', { scalar: 'BigInt' }, null],
    ['amount', { scalar: 'BigInt' }, null],
    ['count', { scalar: 'Decimal' }, '3'],
    ['amount / 7', { scalar: 'Float' }, 17.214285714286],
    ['amount / 7', { scalar: 'Decimal', scale: 2 }, '17.21'],
    ['-0.005', { scalar: 'Decimal', scale: 2 }, '-0.01'],
    ['amount > 0', { scalar: 'Boolean' }, true],
    ['"2024-01-01"', { scalar: 'Date' }, '2024-01-01'],
    ['done ? "A" : "B"', { scalar: 'Grade' }, 'A'],
    ['null', { scalar: 'Int' }, null],
  ])('gives for %s with %j %j', (text, options, expected) => {
    expect(value(text, options)).toEqual(expected);
  });

  it.each([
    ['amonut + 1', 'there is no value "amonut"; did you mean "amount"?'],
    ['owner.nmae', 'there is no field "nmae"; did you mean "name"?'],
    ['items.exists(i, i.prize > 1)', 'there is no field "prize"; did you mean "price"?'],
    ['location.latitude', 'there is no value "location.latitude"; did you mean "location.longitude"?'],
    ['amount.value', '.value is read of a number, which has no fields'],
    ['amount + name', '+ takes two numbers or two texts, not a number and text; string(x) makes text of a value'],
    ['asOf - dueOn', '- takes numbers, not a date and a date; days(a, b) counts the days between two dates'],
    ['name * 2', '* takes two numbers, not text and a number'],
    ['-name', '- takes a number, not text'],
    ['!amount', '! takes true or false, not a number'],
    ['done && amount', '&& takes true or false, not a number'],
    ['name || done', '|| takes true or false, not text'],
    ['amount ? 1 : 2', '? : takes true or false, not a number'],
    ['done ? 1 : "a"', 'both values of ? : have one kind, not a number and text'],
    ['amount == "1"', '== compares values of one kind, not a number and text'],
    ['name < 5', '< compares values of one kind, not a number and text'],
    ['dueOn < "2024-02-31"', '"2024-02-31" is not a date; write it as YYYY-MM-DD'],
    ['dueOn < "2024-2-3"', '"2024-2-3" is not a date; write it as YYYY-MM-DD'],
    ['dueOn < name', '< compares values of one kind, not a date and text'],
    ['month == "2024-13"', '"2024-13" is not a month; write it as YYYY-MM'],
    ['paidAt > "2024-02-29"', '"2024-02-29" is not a time with its zone; write it as YYYY-MM-DDThh:mm:ss+hh:mm'],
    ['paidAt > "2024-02-29T08:00:00"', '"2024-02-29T08:00:00" is not a time with its zone; write it as YYYY-MM-DDThh:mm:ss+hh:mm'],
    ['paidAt > dueOn', '> compares values of one kind, not a time with its zone and a date; date(x) is the day of a time'],
    ['done < true', '< has no meaning for true and false; use == or !='],
    ['owner == nobody', '== compares single values, not an object'],
    ['items == none', '== compares single values, not a list'],
    ['document == "x"', '== compares single values, not JSON'],
    ['status == "PIAD"', '"PIAD" is not one of the values; did you mean "PAID"?'],
    ['status in ["PAID", "DONE"]', '"DONE" is not one of the values; there are ENTERED, APPROVED, PAID'],
    ['count in amount', 'in takes a list, not a number'],
    ['count in ["a"]', 'in compares values of one kind, not a number and text'],
    ['[1, "a"]', 'a list holds values of one kind, not a number and text'],
    ['amount[0]', '[ ] takes a place of a list: list[0]'],
    ['items["a"]', '[ ] takes a place of a list: list[0]'],
    ['amount.exists(x, true)', 'exists goes over a list, not a number'],
    ['items.exists(i, i.price)', 'exists takes true or false, not a number'],
    ['size(amount)', 'size takes text or a list, not a number'],
    ['days(dueOn, amount)', 'days takes a date or a month or a time with its zone or a time without a zone, not a number'],
    ['days(dueOn, "soon")', '"soon" is not a date; write it as YYYY-MM-DD'],
    ['sum(amount)', 'sum takes a list of numbers, not a number'],
    ['sum(items.map(i, i.kind))', 'sum takes a list of numbers'],
    ['round(amount, count)', 'round takes the number of places, written from 0 to 12'],
    ['round(amount, 13)', 'round takes the number of places, written from 0 to 12'],
    ['round(amount, 1.5)', 'round takes the number of places, written from 0 to 12'],
    ['name.contains(1)', 'contains takes text, not a number'],
    ['toString', 'there is no value "toString"; '],
    ['owner.constructor', 'there is no field "constructor"; '],
  ])('refuses %s: %s', (text, message) => {
    expect(() => compile(text)).toThrow(expect.objectContaining({ code: 'MAPPING_INVALID', message: expect.stringContaining(message) }));
  });

  it.each([
    ['amount', 'Boolean', 'the expression gives a number, but true or false is wanted'],
    ['done', 'Int', 'the expression gives true or false, but a number is wanted'],
    ['name', 'Date', 'the expression gives text, but a date is wanted'],
    ['items', 'String', 'the expression gives a list, but text is wanted'],
    ['done ? "2024-02-30" : dueOn', 'Date', '"2024-02-30" is not a date'],
  ])('refuses %s for a field of type %s', (text, scalar, message) => {
    expect(() => compile(text, { scalar })).toThrow(message);
  });

  it(`looks at ${MAX_VISITS} elements of lists and no more`, () => {
    const list: ExpressionTypes[string] = { kind: 'list', of: scalarType('Int') };
    const compute = compileExpression(parseExpression('a.exists(x, b.exists(y, x == y))'), { a: list, b: list }, { timeZone: 'UTC' });
    const of = (length: number, item: number): number[] => Array.from({ length }, () => item);
    expect(compute({ a: of(100, 1), b: of(MAX_VISITS / 100 - 1, 2) }, CLOCK)).toBe(false);
    expect(() => compute({ a: of(100, 1), b: of(MAX_VISITS / 100, 2) }, CLOCK)).toThrow(expect.objectContaining({ code: 'LIMIT_COST' }));
    expect(compute({ a: of(100, 1), b: of(MAX_VISITS / 100 - 1, 2) }, CLOCK)).toBe(false);
  });

  it('leaves variables of macros no trace in later parts', () => {
    expect(value('items.map(count, count.kind).size() == count')).toBe(true);
  });
});
