import { expect, it } from 'vitest';
import { constantSlot, createSqlBuilder, render, statementText } from '../../../../connectors/sql/fragment.ts';

const sql = createSqlBuilder('pg', '"');
const mysql = createSqlBuilder('mysql2', '`');
const textOf = (fragment: ReturnType<typeof sql>): string => statementText(render(fragment), (index) => `$${index + 1}`);

it('takes every character of a name for a part of the name', () => {
  for (const name of ['a.b', 'x as y', 'a[1]', '*', 'a?b', 'a\\?b', '??', ':x', '$1', 'q\'uo"te', 'back`tick', '项目 "信息"?', 'a\\']) {
    expect(textOf(sql`select ${sql.name(name)}`)).toBe(`select "${name.replaceAll('"', '""')}"`);
    expect(textOf(mysql`select ${mysql.name(name)}`)).toBe(`select \`${name.replaceAll('`', '``')}\``);
  }
});

it('refuses a name that is empty or holds a null byte', () => {
  expect(() => sql.name('')).toThrow('empty');
  expect(() => sql.name('a\0b')).toThrow('null byte');
});

it('keeps question marks of the statement apart from parameters', () => {
  const rendered = render(sql`select '?' || ${constantSlot('?')} || ${sql.name('?')}${constantSlot(1)}`);
  expect(rendered.texts).toHaveLength(3);
  expect(rendered.slots.map((slot) => slot.bind({ bindings: {}, maxRows: 1 }))).toEqual(['?', 1]);
});

it('nests fragments, lists and nothing', () => {
  const nothing = sql``;
  expect(textOf(sql`select ${[sql`1`, sql`2`]}${nothing} from ${sql.path('s', 't')}`).replaceAll(/ +/g, ' ')).toBe('select 1, 2 from "s"."t"');
});

it('writes only safe integers into the statement', () => {
  expect(() => sql.integer(Number.NaN)).toThrow('not a safe integer');
  expect(() => sql.integer(1.5)).toThrow('not a safe integer');
  expect(() => sql.integer(2 ** 53)).toThrow('not a safe integer');
});
