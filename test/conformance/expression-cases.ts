/** What expressions give: the traps of text, numbers, dates and JSON. */
import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Expr, Predicate } from '../../connectors/spi/ir.ts';
import { compare, DECIMAL, INT, isNull, lit, LONG, TEXT } from './builders.ts';
import { peopleValues, type Case } from './case.ts';

const eq = (left: Expr, right: Expr): Predicate => compare('eq', left, right);
const cast = (value: Expr, type: PhysicalType): Expr => ({ kind: 'cast', value, type });

/** An expression of constants alone. */
function constant(title: string, value: Expr, expected: unknown): Case {
  return peopleValues(title, [1], () => value, [expected]);
}

export const EXPRESSION_CASES: readonly Case[] = [
  peopleValues('fold turns full-width forms to ASCII', [9, 14], (p) => ({ kind: 'fold', value: p('name') }), ['ABC123', ' 全角 空格 ']),
  peopleValues('trim takes blanks, tabs and line ends, not full-width blanks', [3, 4, 13, 14], (p) => ({ kind: 'trim', value: p('name') }), [
    'Alice',
    'Alice',
    'tab\tnew\nline',
    '\u3000全角\u00a0空格\u3000',
  ]),
  peopleValues('upper changes ASCII letters only', [2, 10, 21], (p) => ({ kind: 'upper', value: p('name') }), ['ALICE', 'ﬀ LIGATURE', 'é']),
  peopleValues('keep digits leaves full-width digits out', [7, 9, 16], (p) => ({ kind: 'keep', value: p('raw'), set: 'digits' }), ['202435', '', '00123400']),
  peopleValues('keep alphanumerics', [12, 22], (p) => ({ kind: 'keep', value: { kind: 'concat', values: [p('name'), p('raw')] }, set: 'alphanumerics' }), [
    '100xd',
    'ZHANGsanSZ20240007',
  ]),
  peopleValues('replace minds case and takes every occurrence', [20, 22, 23], (p) => ({ kind: 'replace', value: p('raw'), from: 'S', to: '$&' }), [
    'a,b;c,,d',
    '$&Z-2024-0007',
    'sz-2024-0007',
  ]),
  peopleValues('replace by nothing', [20], (p) => ({ kind: 'replace', value: p('raw'), from: ',', to: '' }), ['ab;cd']),
  peopleValues('slice counts code points', [7, 8], (p) => ({ kind: 'slice', value: p('name'), start: 1, length: 3 }), ['州工业', ' sm']),
  peopleValues('slice past the end is empty', [8], (p) => ({ kind: 'slice', value: p('code'), start: 5, length: 2 }), ['']),
  peopleValues('part finds pieces, empty ones too', [20], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 2 }), ['']),
  peopleValues('part past the end is null', [20, 1], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 4 }), [null, null]),
  peopleValues('the first part of a text without the separator is the text', [1], (p) => ({ kind: 'part', value: p('raw'), separator: ',', index: 0 }), [
    '20240305',
  ]),
  peopleValues('part takes separators that are metacharacters', [7, 8], (p) => ({ kind: 'part', value: p('raw'), separator: '.', index: 1 }), [null, '3']),
  peopleValues('matching is of the whole text', [5, 22, 23], (p) => ({ kind: 'matching', value: p('raw'), pattern: '[A-Z]+-\\d{4}-\\d+' }), [
    null,
    'SZ-2024-0007',
    null,
  ]),
  peopleValues('a digit is an ASCII digit', [9, 18], (p) => ({ kind: 'matching', value: p('raw'), pattern: '\\d+' }), [null, '007']),
  peopleValues('line ends do not end the text', [13], (p) => ({ kind: 'matching', value: p('name'), pattern: 'tab' }), [null]),
  peopleValues('extract gives a group', [22], (p) => ({ kind: 'extract', value: p('raw'), pattern: '([A-Z]+)-(\\d{4})-(\\d+)', group: 2 }), ['2024']),
  peopleValues(
    'groups of alternatives that do not take part are null',
    [1, 22],
    (p) => ({ kind: 'extract', value: p('raw'), pattern: '(?:(\\d+)|([A-Z]{2})-[-\\d]+)', group: 2 }),
    [null, 'SZ'],
  ),
  peopleValues('escaped metacharacters stand for themselves', [20, 24], (p) => ({ kind: 'matching', value: p('raw'), pattern: '\\?\\$1:x|\\(a\\)' }), [
    null,
    '?$1:x',
  ]),
  peopleValues('classes may hold Chinese, dashes and blanks', [7], (p) => ({ kind: 'matching', value: p('raw'), pattern: '[0-9年月日-]+' }), ['2024年3月5日']),
  peopleValues('concat is null when a part is', [1, 4], (p) => ({ kind: 'concat', values: [p('code'), lit('-'), p('name')] }), ['AB-Alice', null]),
  peopleValues('concat prints integers and booleans', [1, 2], (p) => ({ kind: 'concat', values: [p('id'), lit('/'), p('serial'), lit('/'), p('active')] }), [
    '1/9223372036854775807/true',
    '2/-9223372036854775808/false',
  ]),
  peopleValues('concat prints dates', [1], (p) => ({ kind: 'concat', values: [p('born'), lit(' ')] }), ['2024-03-05 ']),
  peopleValues('coalesce takes the first that is not null', [4, 5, 6], (p) => ({ kind: 'coalesce', values: [p('code'), p('name'), lit('?')] }), [
    ' Alice',
    '',
    'X Y',
  ]),
  peopleValues(
    'case takes the first branch that holds',
    [1, 2, 6],
    (p) => ({
      kind: 'case',
      branches: [
        { if: eq(p('kind'), lit('A')), then: lit('one') },
        { if: isNull(p('kind')), then: lit(null, TEXT) },
      ],
      else: lit('other'),
    }),
    ['one', 'other', null],
  ),
  peopleValues('case without else is null', [1, 2], (p) => ({ kind: 'case', branches: [{ if: compare('gt', p('rank'), lit(1)), then: p('serial') }] }), [
    null,
    '-9223372036854775808',
  ]),
  peopleValues('text that is no number casts to null', [4, 5, 15, 16, 19], (p) => cast(p('raw'), DECIMAL), [null, null, null, '-12.34', null]),
  peopleValues('full-width digits and separators are no number', [7, 9, 15], (p) => cast(p('raw'), INT), [null, null, null]),
  peopleValues('text casts to integer when it is one and in range', [1, 16, 17, 18, 19], (p) => cast(p('raw'), LONG), ['20240305', null, null, '7', null]),
  peopleValues('text out of a smaller range is null', [1, 18], (p) => cast({ kind: 'concat', values: [p('raw'), lit('000')] }, INT), [null, 7000]),
  peopleValues('blanks around digits are not part of a number', [13], (p) => cast(p('raw'), INT), [null]),
  peopleValues('casting to text prints decimals without superfluous zeros', [1, 3, 5], (p) => cast(p('fee'), TEXT), ['12.5', '0', '100.1']),
  peopleValues('casting integers to text', [2], (p) => cast(p('serial'), TEXT), ['-9223372036854775808']),
  peopleValues('scale is exact on 30 digits', [1, 3], (p) => ({ kind: 'scale', value: p('wealth'), factor: '0.0001' }), [
    '12345678901234567890123456.789012345678',
    '0.000000000001',
  ]),
  peopleValues('scale makes decimals of integers', [1, 2], (p) => ({ kind: 'scale', value: p('serial'), factor: '0.01' }), [
    '92233720368547758.07',
    '-92233720368547758.08',
  ]),
  peopleValues('sums of decimals are exact', [7, 8], (p) => ({ kind: 'arithmetic', op: '+', left: p('wealth'), right: lit('0.2', DECIMAL) }), ['0.3', '0.3']),
  peopleValues('integers do not overflow in sums', [1], (p) => ({ kind: 'arithmetic', op: '+', left: p('serial'), right: p('serial') }), [
    '18446744073709551614',
  ]),
  peopleValues('products are exact', [2], (p) => ({ kind: 'arithmetic', op: '*', left: p('fee'), right: p('fee') }), ['156.25']),
  peopleValues('arithmetic with null is null', [3, 4], (p) => ({ kind: 'arithmetic', op: '-', left: p('rank'), right: p('fee') }), [null, null]),
  peopleValues('impossible dates are null', [1, 2, 3, 4], (p) => ({ kind: 'parseDate', value: p('raw'), formats: ['yyyyMMdd'] }), [
    '2024-03-05',
    null,
    null,
    null,
  ]),
  peopleValues(
    'the first format that fits counts',
    [5, 7, 8],
    (p) => ({ kind: 'parseDate', value: { kind: 'trim', value: p('raw') }, formats: ['yyyy年M月d日', 'yyyy.M.d', 'yyyyMMdd'] }),
    ['2024-01-01', '2024-03-05', '2024-03-05'],
  ),
  constant('a leap day exists only in leap years', { kind: 'parseDate', value: lit('29.2.1900'), formats: ['d.M.yyyy'] }, null),
  constant('a format without day means the first', { kind: 'parseDate', value: lit('202402'), formats: ['yyyyMM'] }, '2024-02-01'),
  constant('two-digit parts take no single digit', { kind: 'parseDate', value: lit('2024-3-05'), formats: ['yyyy-MM-dd'] }, null),
  constant('year 0 does not exist', { kind: 'parseDate', value: lit('00000101'), formats: ['yyyyMMdd'] }, null),
  peopleValues('epoch milliseconds become zoned timestamps, past 2038 too', [1, 2, 3, 4, 5, 7], (p) => ({ kind: 'epochMillis', value: p('stamp') }), [
    '2024-01-01 02:00:00.12 +08:00',
    '1970-01-01 00:00:00 +08:00',
    null,
    null,
    '2099-01-01 00:00:00 +08:00',
    '2024-01-01 01:59:59.999 +08:00',
  ]),
  peopleValues('truncating a timestamp to a day gives the local day', [2, 5], (p) => ({ kind: 'truncate', value: p('synced'), unit: 'DAY' }), [
    '2023-12-31',
    '2024-02-29',
  ]),
  peopleValues('truncating dates to month, quarter and year', [5, 9], (p) => ({ kind: 'truncate', value: p('born'), unit: 'QUARTER' }), [
    '2024-01-01',
    '2024-10-01',
  ]),
  peopleValues('truncating a naive timestamp', [2, 3], (p) => ({ kind: 'truncate', value: p('seen'), unit: 'MONTH' }), ['2023-12-01', null]),
  peopleValues('JSON numbers keep their digits', [1, 9], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'lng'] }), ['120.50', '1.50']),
  peopleValues('JSON integers beyond 64 bits keep their digits', [1], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['n'] }), ['12345678901234567890']),
  peopleValues('JSON text is unquoted and unescaped', [1, 7, 12], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'name'] }), [
    '苏州 "园区"',
    '😀',
    'a\\b\nc\td',
  ]),
  peopleValues('JSON booleans are true and false', [1, 7], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'ok'] }), ['true', 'false']),
  peopleValues('JSON null, objects, arrays and absence are null', [1, 2, 3, 4, 6], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site'] }), [
    null,
    null,
    null,
    null,
    'flat',
  ]),
  peopleValues('JSON null at a path is null', [2], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['site', 'lng'] }), [null]),
  peopleValues('a number in a path is an array index', [1, 5, 6], (p) => ({ kind: 'jsonText', value: p('extra'), path: ['tags', 1] }), ['b', null, null]),
  peopleValues('arrays of objects are walked', [5], (p) => ({ kind: 'jsonText', value: p('extra'), path: [0, 'v'] }), ['x']),
  peopleValues(
    'JSON keys with quotes, blanks, dots and dollar signs',
    [11],
    (p) => ({
      kind: 'concat',
      values: [
        { kind: 'jsonText', value: p('extra'), path: ['q\'uo"te', 'a b'] },
        { kind: 'jsonText', value: p('extra'), path: ['$'] },
        { kind: 'jsonText', value: p('extra'), path: ['a.b'] },
        { kind: 'jsonText', value: p('extra'), path: ['0'] },
      ],
    }),
    ['1dollardotzero'],
  ),
];
