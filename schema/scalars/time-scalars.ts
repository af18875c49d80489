import { isRealDate, rfc3339ToZoned, zonedToRfc3339 } from '../model/date.ts';
import { createTextScalar } from './text-scalar.ts';

type TextScalar = ReturnType<typeof createTextScalar>;

export function createDateScalar(): TextScalar {
  return createTextScalar({
    name: 'Date',
    description: '日期 A day: "2024-03-01".',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
    expected: 'a day of the calendar, such as "2024-03-01"',
    numbers: false,
    read: (text) => {
      const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
      return match !== null && isRealDate(Number(match[1]), Number(match[2]), Number(match[3])) ? text : null;
    },
  });
}

export function createYearMonthScalar(): TextScalar {
  return createTextScalar({
    name: 'YearMonth',
    description: '年月 A month: "2024-03".',
    expected: 'a month, such as "2024-03"',
    numbers: false,
    read: (text) => (/^(?!0000)\d{4}-(?:0[1-9]|1[0-2])$/.test(text) ? text : null),
  });
}

/** Microseconds are the finest that every source keeps. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6}0*)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Instants, whatever the offset they come with, in the offset that `timeZone` (IANA) has then. */
export function createDateTimeScalar(timeZone: string): TextScalar {
  return createTextScalar({
    name: 'DateTime',
    description: `时间 An instant, RFC 3339 with its offset: "2024-03-01T09:30:00+08:00". Any offset may be sent; answers carry that of ${timeZone}.`,
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
    expected: 'a time with its offset, such as "2024-03-01T09:30:00+08:00", to the microsecond at most',
    numbers: false,
    read: (text) => {
      const upper = text.toUpperCase();
      const zoned = text.length <= 40 && DATE_TIME.test(upper) ? rfc3339ToZoned(upper, timeZone) : null;
      return zoned === null ? null : zonedToRfc3339(zoned);
    },
  });
}
