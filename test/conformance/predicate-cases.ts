/** Which rows predicates select: the traps of comparing. */
import type { Expr, Predicate, RowSet } from '../../connectors/spi/ir.ts';
import { col, compare, DATE, DECIMAL, INT, isNull, lit, LONG, on, TEXT, text, ZONED } from './builders.ts';
import { peopleWhere, type Case } from './case.ts';

const eq = (left: Expr, right: Expr): Predicate => compare('eq', left, right);

/** The rows of `orders` without what engines type differently. */
const ORDERS: RowSet = {
  kind: 'table',
  table: 'orders',
  columns: [
    { name: 'id', type: INT },
    { name: 'person_id', type: INT },
    { name: 'tag', type: TEXT },
  ],
};

export const PREDICATE_CASES: readonly Case[] = [
  peopleWhere('equality of text minds case, trailing blanks and leading blanks', (p) => eq(p('name'), lit('Alice')), [1]),
  peopleWhere('a trailing blank makes another text', (p) => eq(p('name'), lit('Alice ')), [3]),
  peopleWhere('inequality leaves null out', (p) => compare('ne', p('kind'), lit('N')), [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24]),
  peopleWhere('text with U+0000 is any other text', (p) => compare('ne', p('kind'), lit('N\0')), [
    1,
    2,
    3,
    4,
    5,
    ...Array.from({ length: 18 }, (_, i) => i + 7),
  ]),
  peopleWhere(
    'text with U+0000 comes right after what stands before it',
    (p) => ({ kind: 'and', predicates: [compare('gte', p('kind'), lit('N')), compare('lt', p('kind'), lit('N\0x'))] }),
    [15, 16, 17, 18, 19],
  ),
  peopleWhere(
    'text with U+0000 is in no text without',
    (p) => ({ kind: 'and', predicates: [text('contains', p('kind'), 'N\0', true), text('iContains', p('kind'), 'n\0', true)] }),
    [1, 2, 3, 4, 5, ...Array.from({ length: 18 }, (_, i) => i + 7)],
  ),
  peopleWhere('the empty text is not null', (p) => eq(p('name'), lit('')), [5]),
  peopleWhere('sharp s is not ss, ligatures are not letters', (p) => ({ kind: 'in', value: p('raw'), values: [lit('ss'), lit('ﬀ')], negated: false }), []),
  peopleWhere('a letter with a combining accent is not the precomposed letter', (p) => eq(p('raw'), lit('é')), []),
  peopleWhere('an emoji equals only itself', (p) => eq(p('code'), lit('😀')), [8]),
  peopleWhere('padding of fixed-length text is no part of the value', (p) => eq(p('code'), lit('AB')), [1, 3]),
  peopleWhere(
    'blanks that are asked for are no padding',
    (p) => ({ kind: 'in', value: p('code'), values: [lit(' '), lit('AB '), lit('😀')], negated: false }),
    [8],
  ),
  peopleWhere('a blank that is asked for is not the empty text', (p) => eq(p('code'), lit(' ')), []),
  peopleWhere('fixed-length text minds case', (p) => eq(p('code'), lit('ab')), [2]),
  peopleWhere('text is ordered by code point: full-width before emoji', (p) => compare('gt', p('kind'), lit('\uff5d')), [8, 23]),
  peopleWhere(
    'upper case comes before lower case',
    (p) => ({ kind: 'and', predicates: [compare('gte', p('kind'), lit('Z')), compare('lt', p('kind'), lit('b'))] }),
    [2, 12, 24],
  ),
  peopleWhere('64-bit integers compare exactly', (p) => eq(p('serial'), lit('9007199254740993', LONG)), [3]),
  peopleWhere(
    'the largest and smallest integers are themselves',
    (p) => ({ kind: 'in', value: p('serial'), values: [lit('9223372036854775807', LONG), lit('-9223372036854775808', LONG)], negated: false }),
    [1, 2],
  ),
  peopleWhere('30-digit decimals compare exactly', (p) => compare('gt', p('wealth'), lit('123456789012345678901234567890.12345677', DECIMAL)), [1]),
  peopleWhere('decimals are equal whatever their trailing zeros', (p) => eq(p('wealth'), lit('0.100', DECIMAL)), [7, 8]),
  peopleWhere('decimals are ordered as numbers, negative ones too', (p) => compare('lt', p('fee'), lit('-0.005', DECIMAL)), [2, 8, 24]),
  peopleWhere('a decimal is compared with an integer', (p) => eq(p('fee'), lit(10)), [9, 17]),
  peopleWhere('booleans are values', (p) => eq(p('active'), lit(false)), [2, 5, 8, 12, 24]),
  peopleWhere(
    'a negated list leaves null out and ignores null inside',
    (p) => ({ kind: 'in', value: p('rank'), values: [lit(1), lit(null, INT), lit(2)], negated: true }),
    [4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('an empty list holds nobody', (p) => ({ kind: 'in', value: p('rank'), values: [], negated: false }), []),
  peopleWhere(
    'not in an empty list holds for every value but null',
    (p) => ({ kind: 'in', value: p('fee'), values: [], negated: true }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('a bound list is compared exactly', (p) => ({ kind: 'inList', value: p('name'), list: 'names', negated: false }), [1, 8], {
    lists: { names: ['Alice', '😀 smile', null, 'nobody'] },
  }),
  peopleWhere('a bound list may hold many thousands', (p) => ({ kind: 'inList', value: p('serial'), list: 'serials', negated: false }), [7, 8, 9], {
    lists: { serials: ['2', '3', '10', ...Array.from({ length: 20_000 }, (_, i) => String(i + 1_000_000))] },
  }),
  peopleWhere('not in a bound list leaves null out', (p) => ({ kind: 'inList', value: p('rank'), list: 'ranks', negated: true }), [4, 24], {
    lists: { ranks: [1, 2, 32767, 0, ...Array.from({ length: 15 }, (_, i) => i + 3), null].filter((rank) => rank !== 18) },
  }),
  peopleWhere('an empty bound list holds nobody', (p) => ({ kind: 'inList', value: p('rank'), list: 'ranks', negated: false }), [], { lists: { ranks: [] } }),
  peopleWhere(
    'not in an empty bound list holds for every value but null',
    (p) => ({ kind: 'inList', value: p('code'), list: 'codes', negated: true }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
    { lists: { codes: [] } },
  ),
  peopleWhere('a bound list of decimals ignores trailing zeros', (p) => ({ kind: 'inList', value: p('fee'), list: 'fees', negated: false }), [1, 9, 17], {
    lists: { fees: ['12.5', '10'] },
  }),
  peopleWhere('a bound list of dates', (p) => ({ kind: 'inList', value: p('born'), list: 'days', negated: false }), [1, 5, 7], {
    lists: { days: ['2024-03-05', '2024-02-29'] },
  }),
  peopleWhere('a variable is a value', (p) => eq(p('name'), { kind: 'variable', name: 'name', type: TEXT }), [11], {
    variables: { name: "O'Brien; DROP TABLE people; --" },
  }),
  peopleWhere('a variable that is null equals nothing', (p) => eq(p('name'), { kind: 'variable', name: 'name', type: TEXT }), [], {
    variables: { name: null },
  }),
  peopleWhere(
    'the same variable may stand twice',
    (p) => ({ kind: 'or', predicates: [eq(p('rank'), { kind: 'variable', name: 'n', type: INT }), eq(p('id'), { kind: 'variable', name: 'n', type: INT })] }),
    [7, 8],
    { variables: { n: 7 } },
  ),
  peopleWhere('contains minds case', (p) => text('contains', p('name'), 'lice'), [1, 2, 3, 4]),
  peopleWhere(
    'per cent, underscore and backslash stand for themselves',
    (p) => ({ kind: 'or', predicates: [text('contains', p('name'), '0%_'), text('endsWith', p('raw'), '\\d+')] }),
    [12],
  ),
  peopleWhere('startsWith minds case and blanks', (p) => text('startsWith', p('name'), 'A'), [1, 3]),
  peopleWhere('endsWith minds trailing blanks', (p) => text('endsWith', p('name'), 'e'), [1, 2, 4, 8, 10]),
  peopleWhere('iContains folds ASCII letters only', (p) => text('iContains', p('name'), 'ALICE'), [1, 2, 3, 4]),
  peopleWhere('iContains does not fold other letters', (p) => text('iContains', p('name'), 'É'), []),
  peopleWhere('every text contains the empty text', (p) => text('contains', p('name'), ''), [1, 2, 3, 4, 5, ...Array.from({ length: 18 }, (_, i) => i + 7)]),
  peopleWhere(
    'a negated text test leaves null out',
    (p) => text('contains', p('kind'), 'N', true),
    [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24],
  ),
  peopleWhere(
    'a text test with a null pattern never holds',
    (p) => ({ kind: 'or', predicates: [text('contains', p('name'), lit(null, TEXT)), text('contains', p('name'), lit(null, TEXT), true)] }),
    [],
  ),
  peopleWhere(
    'null does not end with the empty text',
    (p) => ({ kind: 'or', predicates: [text('endsWith', p('code'), ''), text('startsWith', p('code'), '', true)] }),
    [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  ),
  peopleWhere('null is found by isNull alone', (p) => isNull(p('kind')), [6]),
  peopleWhere(
    'an empty and holds, an empty or does not',
    (p) => ({
      kind: 'and',
      predicates: [{ kind: 'and', predicates: [] }, eq(p('id'), lit(1)), { kind: 'or', predicates: [{ kind: 'or', predicates: [] }, eq(p('id'), lit(1))] }],
    }),
    [1],
  ),
  peopleWhere(
    'naive timestamps compare with microseconds',
    (p) => compare('gte', p('seen'), lit('2023-12-31 23:59:59.999999', { kind: 'timestamp', zoned: false })),
    [1, 2, 5, 7, 8],
  ),
  peopleWhere('zoned timestamps compare as instants', (p) => eq(p('synced'), lit('2024-03-05 02:11:12+00:00', ZONED)), [1, 7]),
  peopleWhere('dates compare', (p) => compare('lt', p('born'), lit('1992-01-01', DATE)), [4, 6]),
  peopleWhere(
    'exists finds related rows',
    (p) => ({ kind: 'exists', on: on(p('id'), col('person_id', INT)), rows: ORDERS, negated: false }),
    [1, 2, 3, 4, 5, 6, 7],
  ),
];
