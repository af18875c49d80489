import { compileDateFormat } from '../../schema/model/date.ts';
import type { TextNode } from '../sql/dialect.ts';
import { foldTable } from '../sql/fold.ts';
import type { Fragment } from '../sql/fragment.ts';
import { anchorPattern } from '../sql/pattern.ts';
import { BLANKS, sql, textParameter } from './native.ts';

/** Text functions of the IR. Patterns are matched under `"C"`, where classes hold ASCII alone. */
export function textFunction(node: TextNode, value: Fragment): Fragment {
  switch (node.kind) {
    case 'fold':
      return sql`translate(${value}, ${textParameter(foldTable.from)}, ${textParameter(foldTable.to)})`;
    case 'trim':
      return sql`btrim(${value}, ${textParameter(BLANKS)})`;
    case 'upper':
      return sql`upper(${value} collate "C")`;
    case 'keep':
      return sql`regexp_replace(${value} collate "C", ${node.set === 'digits' ? sql`'[^0-9]+'` : sql`'[^0-9A-Za-z]+'`}, '', 'g')`;
    case 'replace':
      return sql`replace(${value}, ${textParameter(node.from)}, ${textParameter(node.to)})`;
    case 'slice':
      return sql`substr(${value}, ${sql.integer(node.start + 1)}, ${sql.integer(node.length)})`;
    case 'part': {
      const index = sql.integer(node.index + 1);
      const part = sql`(string_to_array(${value}, ${textParameter(node.separator)}))[${index}]`;
      // An empty text has one empty part, though the array of its parts is empty.
      return node.separator === '' ? (node.index === 0 ? value : sql`null::text`) : node.index === 0 ? sql`coalesce(${part}, ${value})` : part;
    }
    case 'matching':
      // The outermost group is the whole text: its value is computed once.
      return sql`substring(${value} collate "C" from ${textParameter(anchorPattern(node.pattern, '^(', ')$'))})`;
    case 'extract':
      return sql`(regexp_match(${value} collate "C", ${textParameter(anchorPattern(node.pattern, '^', '$'))}))[${sql.integer(node.group)}]`;
    case 'rewrite': {
      const pieces = node.pieces.map((piece) => (typeof piece === 'string' ? textParameter(piece) : sql`p[${sql.integer(piece)}]`));
      const text = pieces.length === 0 ? sql`''::text` : sql.join(pieces, ' || ');
      return sql`(select ${text} from regexp_match(${value} collate "C", ${textParameter(anchorPattern(node.pattern, '^', '$'))}) as r (p) where p is not null)`;
    }
    case 'parseDate':
      return parseDate(value, node.formats);
  }
}

/** Tests the calendar by itself: `to_date` and `make_date` fail the whole statement on a day that does not exist. */
export function parseDate(value: Fragment, formats: readonly string[]): Fragment {
  const dates = formats.map((format) => {
    const { pattern, year, month, day } = compileDateFormat(format);
    if (year === 0) return sql`null::date`;
    const part = (group: number): Fragment => (group === 0 ? sql`1` : sql`p[${sql.integer(group)}]::integer`);
    const parts = sql`select ${part(year)} as y, ${part(month)} as m, ${part(day)} as d from regexp_match(${value} collate "C", ${textParameter(`^(?:${pattern})$`)}) as r (p) where p is not null`;
    const leap = sql`(y % 4 = 0 and y % 100 <> 0 or y % 400 = 0)`;
    const days = sql`case when m in (4, 6, 9, 11) then 30 when m <> 2 then 31 when ${leap} then 29 else 28 end`;
    return sql`(select case when y >= 1 and m between 1 and 12 and d between 1 and ${days} then make_date(y, m, d) end from (${parts}) as f)`;
  });
  return dates.length === 0 ? sql`null::date` : dates.length === 1 ? dates[0]! : sql`coalesce(${dates})`;
}
