import type { PhysicalType } from '../../schema/model/physical-type.ts';
import type { Fragment } from '../sql/fragment.ts';
import { parseDate, sql, param, textOf } from './text.ts';

const LIMITS = { 16: sql`-32768 and 32767`, 32: sql`-2147483648 and 2147483647`, 64: sql`-9223372036854775808 and 9223372036854775807` };
/** As many digits as MariaDB's widest decimal has on either side. */
const WIDE = sql`decimal(65, 30)`;

/** `cast` of the IR. `offset` is that of the session. */
export function castValue(value: Fragment, from: PhysicalType, to: PhysicalType, offset: string): Fragment {
  const text = (): Fragment => textOf(value, from, offset);
  switch (to.kind) {
    case 'text':
    case 'uuid':
    case 'other':
      return text();
    case 'integer':
      return castInteger(value, from, to.bits, text);
    case 'decimal':
      if (from.kind === 'decimal') return value;
      if (from.kind === 'integer') return sql`cast(${value} as decimal(20, 0))`;
      if (from.kind === 'boolean') return sql`cast(null as decimal)`;
      if (from.kind === 'float') return sql`cast(${text()} as ${WIDE})`;
      return sql`case when ${text()} regexp ${param('\\A-?0*[0-9]{1,35}(\\.[0-9]+)?\\z')} then cast(${text()} as ${WIDE}) end`;
    case 'float':
      if (from.kind === 'float') return value;
      if (from.kind === 'integer' || from.kind === 'decimal') return sql`cast(${value} as double)`;
      if (from.kind === 'boolean') return sql`cast(null as double)`;
      return sql`case when ${text()} regexp ${param('\\A-?[0-9]{1,300}(\\.[0-9]+)?\\z')} then cast(${text()} as double) end`;
    case 'boolean':
      return from.kind === 'boolean' ? value : sql`case ${text()} when 'true' then 1 when 'false' then 0 end`;
    case 'date':
      if (from.kind === 'date') return value;
      return from.kind === 'timestamp' ? sql`cast(${value} as date)` : parseDate(sql`left(${text()}, 10)`, ['yyyy-MM-dd']);
    case 'timestamp': {
      if (from.kind === 'timestamp') return value;
      if (from.kind === 'date') return sql`cast(${value} as datetime(6))`;
      const isTime = sql`${text()} regexp ${param('\\A[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?\\z')}`;
      return sql`case when ${isTime} and ${parseDate(sql`left(${text()}, 10)`, ['yyyy-MM-dd'])} is not null then cast(${text()} as datetime(6)) end`;
    }
    case 'json':
      return sql`case when json_valid(${text()}) then ${text()} end`;
    default:
      return value;
  }
}

function castInteger(value: Fragment, from: PhysicalType, bits: 16 | 32 | 64, text: () => Fragment): Fragment {
  const limits = LIMITS[bits];
  switch (from.kind) {
    case 'integer':
      return from.bits <= bits ? value : sql`case when ${value} between ${limits} then ${value} end`;
    case 'boolean':
      return sql`cast(null as signed)`;
    case 'decimal':
      return sql`case when ${value} between ${limits} and ${value} = truncate(${value}, 0) then cast(${value} as signed) end`;
    case 'float':
      return sql`case when ${value} between -9e18 and 9e18 and ${value} = floor(${value}) then case when cast(${value} as signed) between ${limits} then cast(${value} as signed) end end`;
    default:
      return sql`case when ${text()} regexp ${param('\\A-?0*[0-9]{1,19}\\z')} then case when cast(${text()} as decimal(65, 0)) between ${limits} then cast(${text()} as signed) end end`;
  }
}
