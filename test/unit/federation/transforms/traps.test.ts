import { describe, expect, it } from 'vitest';
import type { Canonical } from '../../../../schema/model/canonical.ts';
import { type Column, field, type Written } from './binding-kit.ts';

const COLUMNS: Record<string, Column> = {
  t: { type: { kind: 'text' } },
  c1: { type: { kind: 'text', padded: true, maxLength: 1 } },
  c8: { type: { kind: 'text', padded: true, maxLength: 8 } },
  i: { type: { kind: 'integer', bits: 32 } },
  b: { type: { kind: 'integer', bits: 64 } },
  d: { type: { kind: 'decimal', scale: 4 } },
  day: { type: { kind: 'date' } },
  naive: { type: { kind: 'timestamp', zoned: false } },
  zoned: { type: { kind: 'timestamp', zoned: true } },
  j: { type: { kind: 'json' } },
};

const bind = (written: Written, scalar: string) => field(written, scalar, COLUMNS);
const AMOUNT = { 亿元: '100000000', 万元: '10000', 万: '10000', 元: '1', '': '1' };
const DATES = ['yyyyMMdd', 'yyyy-M-d', 'yyyy.M.d', 'yyyy/M/d', 'yyyy年M月d日'];

describe('what departments write', () => {
  it.each<[unknown, string, Written, Canonical, string[]]>([
    // Impossible and empty dates never raise and never become another day.
    ['20230231', 'Date', { column: 't', date: ['yyyyMMdd'] }, null, ['BAD_DATE']],
    ['00000000', 'Date', { column: 't', date: ['yyyyMMdd'] }, null, ['BAD_DATE']],
    ['20230401', 'Date', { column: 't', date: ['yyyyMMdd'] }, '2023-04-01', []],
    [' 20230401 ', 'Date', { column: 't', date: ['yyyyMMdd'] }, '2023-04-01', []],
    ['２０２３０４０１', 'Date', { column: 't', date: ['yyyyMMdd'] }, '2023-04-01', []],
    ['', 'Date', { column: 't', date: ['yyyyMMdd'] }, null, []],
    ['  ', 'Date', { column: 't', date: DATES }, null, []],
    ['2024年5月10日', 'Date', { column: 't', date: DATES }, '2024-05-10', []],
    ['２０２４．０８．０１', 'Date', { column: 't', date: DATES }, '2024-08-01', []],
    ['2023/12/31', 'Date', { column: 't', date: DATES }, '2023-12-31', []],
    ['2024-02-30', 'Date', { column: 't', date: DATES }, null, ['BAD_DATE']],
    ['202404', 'YearMonth', { column: 't', date: ['yyyyMM'] }, '2024-04', []],
    ['202413', 'YearMonth', { column: 't', date: ['yyyyMM'] }, null, ['BAD_DATE']],
    // Amounts and numbers in text: what is not one is not guessed at.
    ['123.45万元', 'Decimal', { column: 't', amount: AMOUNT }, '1234500', []],
    ['5600 万元', 'Decimal', { column: 't', amount: AMOUNT }, '56000000', []],
    ['1,200万', 'Decimal', { column: 't', amount: AMOUNT }, '12000000', []],
    ['３.８亿元', 'Decimal', { column: 't', amount: AMOUNT }, '380000000', []],
    ['￥12 345', 'Decimal', { column: 't', amount: AMOUNT }, '12345', []],
    ['-5元', 'Decimal', { column: 't', amount: AMOUNT }, '-5', []],
    ['0', 'Decimal', { column: 't', amount: AMOUNT }, '0', []],
    ['约300万', 'Decimal', { column: 't', amount: AMOUNT }, null, ['BAD_NUMBER']],
    ['2-3万元', 'Decimal', { column: 't', amount: AMOUNT }, null, ['BAD_NUMBER']],
    ['300美元', 'Decimal', { column: 't', amount: AMOUNT }, null, ['BAD_NUMBER']],
    ['', 'Decimal', { column: 't', amount: AMOUNT }, null, []],
    ['1,234.50', 'Decimal', { column: 't', number: 'plain' }, '1234.5', []],
    ['1,23', 'Decimal', { column: 't', number: 'plain' }, null, ['BAD_NUMBER']],
    ['58%', 'Decimal', { column: 't', number: 'percent' }, '58', []],
    ['58 ％', 'Decimal', { column: 't', number: 'percent' }, '58', []],
    ['58', 'Decimal', { column: 't', number: 'percent' }, '58', []],
    ['30%', 'Decimal', { column: 't', number: 'percent', scale: '0.01' }, '0.3', []],
    ['12.50', 'Decimal', { column: 't' }, '12.5', []],
    ['12.50元', 'Decimal', { column: 't' }, null, ['BAD_NUMBER']],
    // Money stays exact far beyond doubles.
    ['9007199254740993', 'Decimal', { column: 'b', scale: '0.01' }, '90071992547409.93', []],
    ['-100000000', 'Decimal', { column: 'b', scale: '0.01' }, '-1000000', []],
    ['39650.5000', 'Decimal', { column: 'd', scale: '10000' }, '396505000', []],
    // Codes: blanks around them do not count, anything else does.
    ['未整改 ', 'Stage', { column: 't', codes: { 未整改: 'PREPARATION', 已整改: 'IMPLEMENTATION' } }, 'PREPARATION', []],
    ['未整改　', 'Stage', { column: 't', codes: { 未整改: 'PREPARATION' } }, null, ['UNKNOWN_CODE']],
    ['COMPLETION', 'Stage', { column: 't', codes: { PREPARATION: 'PREPARATION' } }, null, ['UNKNOWN_CODE']],
    ['whatever', 'Stage', { column: 't', codes: { '*': 'PREPARATION' } }, 'PREPARATION', []],
    [' ', 'Stage', { column: 't', codes: { '*': 'PREPARATION' } }, null, []],
    ['preparation', 'Stage', { column: 't' }, null, ['UNKNOWN_CODE']],
    ['PREPARATION', 'Stage', { column: 't' }, 'PREPARATION', []],
    ['1.00', 'Status', { column: 'd', codes: { '1': 'PAID' } }, 'PAID', []],
    [2, 'Status', { column: 'i', codes: { '2': 'PAID' } }, 'PAID', []],
    ['否', 'Boolean', { column: 't', boolean: { true: ['是'], false: ['否'] } }, false, []],
    ['未知', 'Boolean', { column: 't', boolean: { true: ['是'], false: ['否'] } }, null, ['UNKNOWN_CODE']],
    // Keys in any spelling; what is none is reported, a blank is missing.
    ['2205－320508－04－01－654321 ', 'String', { column: 't', normalize: 'projectCode' }, '2205-320508-04-01-654321', []],
    [' 2301 320500 04 01 123456', 'String', { column: 't', normalize: 'projectCode' }, '2301-320500-04-01-123456', []],
    ['某项目', 'String', { column: 't', normalize: 'projectCode' }, null, ['BAD_KEY']],
    ['　', 'String', { column: 't', normalize: 'projectCode' }, null, []],
    ['91320500ma99x001x7', 'Uscc', { column: 't' }, '91320500MA99X001X7', []],
    ['不详', 'Uscc', { column: 't' }, null, ['BAD_FORMAT']],
    ['32050', 'RegionCode', { column: 't' }, null, ['BAD_FORMAT']],
    [320500, 'RegionCode', { column: 'i' }, '320500', []],
    // Moments: milliseconds, naive local time, days of both.
    ['1699142400000', 'DateTime', { column: 'b', time: 'epochMillis' }, '2023-11-05T08:00:00+08:00', []],
    ['-1', 'DateTime', { column: 'b', time: 'epochMillis' }, null, []],
    ['9223372036854775807', 'DateTime', { column: 'b', time: 'epochMillis' }, null, ['BAD_DATE']],
    ['2023-04-01 16:02:11.500000', 'DateTime', { column: 'naive' }, '2023-04-01T16:02:11.5+08:00', []],
    ['2023-04-01 23:59:59', 'Date', { column: 'naive' }, '2023-04-01', []],
    ['2023-04-01 16:02:11.500000', 'String', { column: 'naive' }, '2023-04-01 16:02:11.5', []],
    ['2023-04-01 16:02:10.000000+08:00', 'String', { column: 'zoned' }, '2023-04-01 16:02:10+08:00', []],
    ['2023-04-01 16:02:11+08:00', 'DateTime', { column: 'zoned' }, '2023-04-01T16:02:11+08:00', []],
    // Native days that do not exist, as MariaDB, SQLite and PostgreSQL keep them.
    ['0000-00-00', 'Date', { column: 'day' }, null, ['BAD_DATE']],
    ['2023-02-31', 'Date', { column: 'day' }, null, ['BAD_DATE']],
    ['2023-05-00', 'YearMonth', { column: 'day' }, null, ['BAD_DATE']],
    ['infinity', 'Date', { column: 'day' }, null, ['BAD_DATE']],
    ['0044-03-15 BC', 'DateTime', { column: 'day' }, null, ['BAD_DATE']],
    ['12024-01-01', 'String', { column: 'day' }, null, ['BAD_DATE']],
    ['0000-00-00 00:00:00', 'DateTime', { column: 'naive' }, null, ['BAD_DATE']],
    ['2023-02-31 01:00:00', 'Date', { column: 'naive' }, null, ['BAD_DATE']],
    ['2023-02-28 24:00:00', 'DateTime', { column: 'naive' }, null, ['BAD_DATE']],
    ['bad', 'DateTime', { column: 'naive' }, null, ['BAD_DATE']],
    ['-infinity', 'DateTime', { column: 'zoned' }, null, ['BAD_DATE']],
    // Pieces, JSON.
    ['120.58，31.29', 'Float', { column: 't', fold: true, part: { separator: ',', index: 1 } }, 31.29, []],
    ['120.58', 'Float', { column: 't', fold: true, part: { separator: ',', index: 1 } }, null, []],
    ['合同(2023)号', 'String', { column: 't', extract: { pattern: '[^0-9]*(\\d{4})[^0-9]*', group: 1 } }, '2023', []],
    ['没有', 'String', { column: 't', extract: { pattern: '[^0-9]*(\\d{4})[^0-9]*', group: 1 } }, null, []],
    ['{"site":{"lng":120.5853}}', 'Float', { json: 'j', path: ['site', 'lng'] }, 120.5853, []],
    ['{"wan":30000.10}', 'Decimal', { json: 'j', path: ['wan'], scale: '10000' }, '300001000', []],
    ['{broken', 'String', { json: 't', path: ['a'] }, null, ['BAD_JSON']],
    ['{"a":1.0}', 'String', { json: 't', path: ['a'] }, '1.0', []],
    ['{"a":[1]}', 'JSON', { json: 'j' }, { a: [1] }, []],
    ['{"a":[1]}', 'JSON', { json: 'j', path: ['a', '0'] }, 1, []],
    ['{', 'JSON', { json: 't' }, null, ['BAD_JSON']],
    // Numbers that do not fit.
    ['2147483648', 'Int', { column: 'b' }, null, ['BAD_NUMBER']],
    ['1.5', 'Int', { column: 'd' }, null, ['BAD_NUMBER']],
    ['5.0000', 'Int', { column: 'd' }, 5, []],
    ['2023', 'Int', { column: 't', number: 'plain' }, 2023, []],
  ])('reads %j as %s by %j', (raw, scalar, written, expected, issues) => {
    const column = written.column ?? written.json ?? '';
    expect(bind(written, scalar).read({ [column]: raw as string })).toMatchObject({ value: expected, issues });
  });

  it('reports the raw value as it stands', () => {
    expect(bind({ column: 't', amount: AMOUNT }, 'Decimal').read({ t: ' 约３００万 ' }).rawValues).toEqual([' 约３００万 ']);
  });

  it('takes the first alternative that decodes, and reports only when none does', () => {
    const lng = bind({ firstValid: [{ column: 't', fold: true, part: { separator: ',', index: 0 }, number: 'plain' }, { column: 'd' }] }, 'Float');
    expect(lng.read({ t: '120.58，31.29', d: '121.0000' })).toMatchObject({ value: 120.58, issues: [] });
    expect(lng.read({ t: '不详', d: '121.0000' })).toMatchObject({ value: 121, issues: [] });
    expect(lng.read({ t: '不详', d: null })).toMatchObject({ value: null, issues: ['BAD_NUMBER'] });
    expect(lng.read({ t: '', d: null })).toMatchObject({ value: null, issues: [] });
  });

  it('puts texts together, and gives nothing when a part is missing', () => {
    const id = bind({ concat: [{ column: 't' }, { constant: '-' }, { column: 'i' }] }, 'ID');
    expect(id.read({ t: 'ZF', i: 7 }).value).toBe('ZF-7');
    expect(id.read({ t: '', i: 7 }).value).toBeNull();
  });
});

describe('raw predicates', () => {
  const column = (name: string) => ({ kind: 'column', column: name, type: expect.anything() as unknown });
  const literal = (value: unknown) => ({ kind: 'literal', value, type: expect.anything() as unknown });
  const compare = (op: string, name: string, value: unknown) => ({ kind: 'compare', op, left: column(name), right: literal(value) });
  const isReal = (name: string) => ({ kind: 'isNull', value: { kind: 'cast', value: column(name), type: expect.anything() as unknown }, negated: true });
  const all = (...predicates: readonly object[]) => ({ predicate: { kind: 'and', predicates }, exact: true });

  it('inverts an exact scale on whole numbers, rounding the right way', () => {
    const amount = bind({ column: 'b', scale: '0.01' }, 'Decimal');
    expect(amount.raw('gte', ['1000'])).toEqual({ predicate: compare('gte', 'b', '100000'), exact: true });
    expect(amount.raw('gt', ['10.005'])).toEqual({ predicate: compare('gt', 'b', '1000'), exact: true });
    expect(amount.raw('lt', ['10.005'])).toEqual({ predicate: compare('lte', 'b', '1000'), exact: true });
    expect(amount.raw('lte', ['-10.005'])).toEqual({ predicate: compare('lte', 'b', '-1001'), exact: true });
    expect(amount.raw('eq', ['10.005'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
    expect(amount.raw('in', ['1', '10.005', '2'])).toEqual({
      predicate: { kind: 'in', value: column('b'), values: [literal('100'), literal('200')], negated: false },
      exact: true,
    });
  });

  it('inverts a scale on decimals, and turns the comparison round for a negative factor', () => {
    expect(bind({ column: 'd', scale: '10000' }, 'Decimal').raw('gte', ['380000000'])).toEqual({ predicate: compare('gte', 'd', '38000'), exact: true });
    expect(bind({ column: 'd', scale: '-1' }, 'Decimal').raw('gt', ['5'])).toEqual({ predicate: compare('lt', 'd', '-5'), exact: true });
    expect(bind({ column: 'd', scale: '3' }, 'Decimal').raw('eq', ['1'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
    expect(bind({ column: 'd', scale: '3' }, 'Decimal').raw('gte', ['1'])).toMatchObject({ exact: false });
  });

  it('turns days into ranges of eight digits', () => {
    const paidOn = bind({ column: 'c8', date: ['yyyyMMdd'] }, 'Date');
    expect(paidOn.raw('gte', ['2023-01-01'])).toEqual({ predicate: compare('gte', 'c8', '20230101'), exact: false });
    expect(paidOn.raw('lt', ['2024-01-01'])).toEqual({
      predicate: { kind: 'or', predicates: [compare('lt', 'c8', '20240101'), compare('gte', 'c8', ':')] },
      exact: false,
    });
    expect(paidOn.raw('gt', ['2023-12-31'])).toEqual({ predicate: compare('gte', 'c8', '20240101'), exact: false });
  });

  it('turns days into ranges of timestamps, and months into ranges of days', () => {
    expect(bind({ column: 'naive' }, 'Date').raw('eq', ['2023-12-31'])).toEqual(
      all(compare('gte', 'naive', '2023-12-31 00:00:00'), isReal('naive'), compare('lt', 'naive', '2024-01-01 00:00:00'), isReal('naive')),
    );
    expect(bind({ column: 'zoned' }, 'Date').raw('lte', ['2023-12-31'])).toEqual(all(compare('lt', 'zoned', '2024-01-01 00:00:00+08:00'), isReal('zoned')));
    expect(bind({ column: 'day' }, 'YearMonth').raw('lte', ['2023-12'])).toEqual(all(compare('lt', 'day', '2024-01-01'), isReal('day')));
  });

  it('turns instants into milliseconds and into local time', () => {
    expect(bind({ column: 'b', time: 'epochMillis' }, 'DateTime').raw('eq', ['2023-11-05T00:00:00Z'])).toEqual({
      predicate: compare('eq', 'b', '1699142400000'),
      exact: true,
    });
    expect(bind({ column: 'naive' }, 'DateTime').raw('gte', ['2023-11-05T00:00:00Z'])).toEqual(
      all(compare('gte', 'naive', '2023-11-05 08:00:00'), isReal('naive')),
    );
  });

  it('asks of a native day whether it exists, unless it equals one', () => {
    const day = bind({ column: 'day' }, 'Date');
    expect(day.raw('lt', ['2024-01-01'])).toEqual(all(compare('lt', 'day', '2024-01-01'), isReal('day')));
    expect(day.raw('eq', ['2024-01-01'])).toEqual({ predicate: compare('eq', 'day', '2024-01-01'), exact: true });
    expect(day.raw('in', ['2024-01-01', '2024-01-02'])).toEqual({
      predicate: { kind: 'in', value: column('day'), values: [literal('2024-01-01'), literal('2024-01-02')], negated: false },
      exact: true,
    });
  });

  it('asks for the codes of a value where blanks cannot hide them, and leaves it otherwise', () => {
    const list = { codes: { '0': 'ENTERED', '2': 'PAID', '9': 'PAID' } };
    expect(bind({ column: 'c1', ...list }, 'Status').raw('eq', ['PAID'])).toEqual({
      predicate: { kind: 'in', value: column('c1'), values: [literal('2'), literal('9')], negated: false },
      exact: true,
    });
    expect(bind({ column: 'i', ...list }, 'Status').raw('in', ['PAID', 'ENTERED'])).toEqual({
      predicate: { kind: 'in', value: column('i'), values: [literal(2), literal(9), literal(0)], negated: false },
      exact: true,
    });
    expect(bind({ column: 'i', ...list }, 'Status').raw('eq', ['RETURNED'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
    expect(bind({ column: 't', ...list }, 'Status').raw('eq', ['PAID'])).toBeUndefined();
  });

  it('compares renamed columns as they are', () => {
    expect(bind({ column: 't' }, 'String').raw('eq', ['x'])).toEqual({ predicate: compare('eq', 't', 'x'), exact: true });
    expect(bind({ column: 't' }, 'String').raw('eq', [''])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
    expect(bind({ column: 'i' }, 'ID').raw('eq', ['12'])).toEqual({ predicate: compare('eq', 'i', 12), exact: true });
    expect(bind({ column: 'i' }, 'ID').raw('eq', ['012'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
  });

  it('cuts an id at its constant texts', () => {
    const id = bind({ concat: [{ column: 't' }, { constant: '-' }, { column: 'i' }] }, 'ID');
    expect(id.raw('eq', ['ZF-7'])).toEqual({ predicate: { kind: 'and', predicates: [compare('eq', 't', 'ZF'), compare('eq', 'i', 7)] }, exact: true });
    expect(id.raw('eq', ['ZF7'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
  });

  it('decides a constant before any row is read', () => {
    const datum = bind({ constant: 'PAID' }, 'Status');
    expect(datum.raw('eq', ['PAID'])).toEqual({ predicate: { kind: 'and', predicates: [] }, exact: true });
    expect(datum.raw('in', ['ENTERED'])).toEqual({ predicate: { kind: 'or', predicates: [] }, exact: true });
    expect(datum.reads).toEqual([]);
  });

  it('has nothing for keys in any spelling', () => {
    expect(bind({ column: 't', normalize: 'projectCode' }, 'String').sargable).toBeUndefined();
  });
});
