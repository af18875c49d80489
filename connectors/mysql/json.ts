import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fragment } from '../sql/fragment.ts';
import { exactly, param, sql } from './text.ts';

type Output = (value: Fragment, type: PhysicalType) => Fragment;

/** What a text that outgrew `max_allowed_packet`, and so became null, is replaced by: no JSON, so that it is noticed. */
const TOO_LARGE = sql`'too large'`;

/**
 * JSON is put together as text: MariaDB's own JSON aggregates know no order with limits in all places, and quote what is nested through a subquery.
 */
export function jsonDialect(output: Output, text: Output): Pick<Dialect, 'jsonItem' | 'jsonRow' | 'jsonList' | 'jsonConstant' | 'jsonOutput'> {
  return {
    jsonItem(value, type) {
      switch (type.kind) {
        case 'integer':
          return type.bits === 64 ? quoted(value) : sql`coalesce(${value}, 'null')`;
        case 'float':
          return sql`coalesce(${value}, 'null')`;
        case 'boolean':
          return sql`case when ${value} then 'true' when not ${value} then 'false' else 'null' end`;
        case 'decimal':
        case 'date':
        case 'time':
          return quoted(value);
        case 'timestamp':
          return type.zoned ? quoted(text(value, type)) : quoted(value);
        case 'binary':
          return quoted(output(value, type));
        default:
          return sql`coalesce(${exactly(sql`json_quote(${value})`)}, 'null')`;
      }
    },
    jsonRow(items) {
      if (items.length === 0) return sql`'[]'`;
      const parts = items.flatMap((item, index) => (index === 0 ? [item] : [sql`','`, item]));
      return sql`coalesce(concat('[', ${parts}, ']'), ${TOO_LARGE})`;
    },
    jsonList(row, orderBy, { limit, offset }) {
      const order = orderBy.length === 0 ? sql`` : sql` order by ${orderBy}`;
      const page = limit === undefined && offset === undefined ? sql`` : sql` limit ${limit ?? sql`18446744073709551615`} offset ${offset ?? sql`0`}`;
      return sql`coalesce(concat('[', coalesce(group_concat(${row}${order} separator ','${page}), ''), ']'), ${TOO_LARGE})`;
    },
    jsonConstant: (json) => param(json),
    jsonOutput: (json) => json,
  };
}

function quoted(value: Fragment): Fragment {
  return sql`coalesce(concat('"', ${value}, '"'), 'null')`;
}

/** Reading JSON and splitting text. */
export const jsonPieces: Pick<Dialect, 'jsonText' | 'jsonElements' | 'textParts'> = {
  jsonText(value, _from, path) {
    const found = jsonAt(value, path);
    return exactly(
      sql`case when json_type(${found}) = 'STRING' then json_unquote(${found}) when json_type(${found}) in ('INTEGER', 'DOUBLE', 'DECIMAL', 'BOOLEAN') then ${found} end`,
    );
  },
  jsonElements(value, _from, path, alias) {
    const found = jsonAt(value, path);
    const array = sql`case when json_valid(${value}) and json_type(${found}) = 'ARRAY' then ${found} else '[]' end`;
    const join = sql`join json_table(${array}, '$[*]' columns (ordinal for ordinality, element json path '$')) as ${sql.name(alias)}`;
    return { join, value: exactly(sql.path(alias, 'element')), ordinal: sql`(${sql.path(alias, 'ordinal')} - 1)` };
  },
  textParts(value, separators, alias) {
    // One character that no text holds stands for all separators, and is then turned into the borders of a JSON array.
    const border = param('\ufdd0');
    const unified = separators.reduce((text, separator) => sql`replace(${text}, ${param(separator)}, ${border})`, value);
    const array = sql`concat('[', replace(${exactly(sql`json_quote(${unified})`)}, ${border}, '","'), ']')`;
    const part = exactly(sql.path(alias, 'part'));
    const columns = sql`columns (ordinal for ordinality, part longtext path '$')`;
    const join = sql`join json_table(coalesce(${array}, '[]'), '$[*]' ${columns}) as ${sql.name(alias)} on ${part} regexp ${param('[^ \\t\\r\\n]')}`;
    return { join, value: part, ordinal: sql`(${sql.path(alias, 'ordinal')} - 1)` };
  },
};

/** The JSON at a path. MariaDB takes anything that is no array for an array of one, so indexes are asked of arrays only. */
function jsonAt(value: Fragment, path: readonly (string | number)[]): Fragment {
  const found = sql`json_extract(${value}, ${param(pathText(path))})`;
  const arrays = path.flatMap((step, index) =>
    typeof step === 'number' ? [sql`json_type(json_extract(${value}, ${param(pathText(path.slice(0, index)))})) = 'ARRAY'`] : [],
  );
  return arrays.length === 0 ? found : sql`case when ${sql.join(arrays, ' and ')} then ${found} end`;
}

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => text + (typeof step === 'number' ? `[${step}]` : `."${step.replaceAll(/["\\]/g, '\\$&')}"`), '$');
}
