import type { PhysicalType } from '../../schema/model/physical-type.ts';
import { compileDateFormat } from '../../schema/model/date.ts';
import type { TextNode } from '../sql/dialect.ts';
import { foldTable } from '../sql/fold.ts';
import { constantSlot, createSqlBuilder, type Fragment } from '../sql/fragment.ts';
import { anchorPattern, replacementOf } from '../sql/pattern.ts';

export const sql = createSqlBuilder('mysql2', '`');
export const param = (value: string): Fragment => sql`${constantSlot(value)}`;
/** By code point, and no blank is padding. */
export const exactly = (text: Fragment): Fragment => sql`(${text} collate utf8mb4_nopad_bin)`;

const BLANKS = '[ \\t\\r\\n]+';
const LETTERS = Array.from({ length: 26 }, (_, index) => index);
export const FRACTION = '%Y-%m-%d %H:%i:%s.%f';

export function whole(pattern: string): Fragment {
  return param(anchorPattern(pattern, '\\A', '\\z'));
}

/** Text functions of the IR; MariaDB's own regular expressions are PCRE, case-sensitive under the collation of `exactly`. */
export function textFunction(node: TextNode, value: Fragment): Fragment {
  switch (node.kind) {
    case 'fold':
      return guarded(value, '[！-～\u3000\u00a0]', folded(value));
    case 'trim':
      return sql`regexp_replace(${value}, ${param(`\\A${BLANKS}|${BLANKS}\\z`)}, '')`;
    case 'upper':
      return upper(value);
    case 'keep':
      return sql`regexp_replace(${value}, ${param(node.set === 'digits' ? '[^0-9]+' : '[^0-9A-Za-z]+')}, '')`;
    case 'replace':
      return sql`replace(${value}, ${param(node.from)}, ${param(node.to)})`;
    case 'slice':
      return sql`substring(${value}, ${sql.integer(node.start + 1)}, ${sql.integer(node.length)})`;
    case 'part': {
      const index = sql.integer(node.index);
      if (node.separator === '') return node.index === 0 ? value : sql`null`;
      const separator = param(node.separator);
      const count = sql`char_length(${value}) - char_length(replace(${value}, ${separator}, ''))`;
      return sql`case when ${count} >= ${index} * char_length(${separator}) then substring_index(substring_index(${value}, ${separator}, ${index} + 1), ${separator}, -1) end`;
    }
    case 'matching':
      return sql`case when ${value} regexp ${whole(node.pattern)} then ${value} end`;
    case 'extract': {
      // Atomic, so that no other match is tried when the group takes no part in the first.
      const takesPart = param(`\\A(?>${anchorPattern(node.pattern, '', '')}\\z)(?(${node.group})|(?!))`);
      return sql`case when ${value} regexp ${takesPart} then regexp_replace(${value}, ${whole(node.pattern)}, ${param(`\\${node.group}`)}) end`;
    }
    case 'rewrite':
      return sql`case when ${value} regexp ${whole(node.pattern)} then regexp_replace(${value}, ${whole(node.pattern)}, ${param(replacementOf(node.pieces))}) end`;
    case 'parseDate':
      return parseDate(value, node.formats);
  }
}

export function lower(value: Fragment): Fragment {
  return guarded(
    value,
    '[A-Z]',
    replaceEach(value, LETTERS.map((letter) => String.fromCharCode(65 + letter)).join(''), LETTERS.map((letter) => String.fromCharCode(97 + letter)).join('')),
  );
}

/** MariaDB's own `upper` changes all letters, not only those of ASCII. */
function upper(value: Fragment): Fragment {
  return guarded(
    value,
    '[a-z]',
    replaceEach(value, LETTERS.map((letter) => String.fromCharCode(97 + letter)).join(''), LETTERS.map((letter) => String.fromCharCode(65 + letter)).join('')),
  );
}

function guarded(value: Fragment, needed: string, changed: Fragment): Fragment {
  return sql`case when ${value} regexp ${param(needed)} then ${changed} else ${value} end`;
}

/** Not `?`: the driver would take it for a parameter. */
const quotedText = (text: string): string => (text === '?' ? 'char(63 using utf8mb4)' : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`);
/** The whole table in the text of the statement: as parameters it would be 192 of them at every place. */
const FOLD = [
  `${'replace('.repeat(foldTable.from.length)}`,
  [...foldTable.from].map((wide, i) => `, ${quotedText(wide)}, ${quotedText(foldTable.to[i]!)})`).join(''),
];

function folded(value: Fragment): Fragment {
  return sql(Object.assign(FOLD, { raw: FOLD }), value);
}

/** MariaDB has no `translate`. */
function replaceEach(value: Fragment, from: string, to: string): Fragment {
  return [...from].reduce((text, character, index) => sql`replace(${text}, ${param(character)}, ${param(to[index]!)})`, value);
}

/** The calendar is asked for the length of the month: a cast of a day that does not exist is null when selected, but not when ordered by. */
export function parseDate(value: Fragment, formats: readonly string[]): Fragment {
  const dates = formats.map((format) => {
    const { pattern, year, month, day } = compileDateFormat(format);
    if (year === 0) return sql`cast(null as date)`;
    const matches = param(`\\A(?:${pattern})\\z`);
    const part = (replacement: string): Fragment => sql`regexp_replace(${value}, ${matches}, ${param(replacement)})`;
    const yearAndMonth = part(`\\${year}-${month === 0 ? '01' : `\\${month}`}`);
    const isMonth = sql`${yearAndMonth} regexp ${param('\\A(?!0000)[0-9]{4}-(?:0?[1-9]|1[0-2])\\z')}`;
    const first = sql`cast(concat(${yearAndMonth}, '-01') as date)`;
    if (day === 0) return sql`case when ${value} regexp ${matches} and ${isMonth} then ${first} end`;
    const number = sql`cast(${part(`\\${day}`)} as signed)`;
    const isDay = sql`${number} between 1 and dayofmonth(last_day(${first}))`;
    return sql`case when ${value} regexp ${matches} and ${isMonth} and ${isDay} then date_add(${first}, interval ${number} - 1 day) end`;
  });
  return dates.length === 0 ? sql`cast(null as date)` : dates.length === 1 ? dates[0]! : sql`coalesce(${dates})`;
}

/** A fraction without superfluous zeros, and no point without fraction. */
export function trimFraction(text: Fragment): Fragment {
  return sql`trim(trailing '.' from trim(trailing '0' from ${text}))`;
}

/** The value as text: plain notation, wire form. `offset` is that of the session. */
export function textOf(value: Fragment, type: PhysicalType, offset: string): Fragment {
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'uuid':
    case 'other':
      return value;
    case 'decimal':
      return sql`case when locate('.', cast(${value} as char)) > 0 then ${trimFraction(sql`cast(${value} as char)`)} else cast(${value} as char) end`;
    case 'float':
      return sql`concat(${value}, '')`;
    case 'boolean':
      return sql`case when ${value} then 'true' when not ${value} then 'false' end`;
    case 'timestamp': {
      const text = trimFraction(sql`date_format(${value}, ${param(FRACTION)})`);
      return type.zoned ? sql`concat(${text}, ${param(offset)})` : text;
    }
    case 'time':
      return trimFraction(sql`time_format(${value}, '%H:%i:%s.%f')`);
    case 'binary':
      return sql`lower(hex(${value}))`;
    default:
      return sql`cast(${value} as char)`;
  }
}
