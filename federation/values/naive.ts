import type { Canonical } from '../../schema/model/canonical.ts';
import { naiveToZoned, rfc3339ToZoned, zonedToRfc3339 } from '../../schema/model/date.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { isTime } from '../../schema/model/wire-moment.ts';

/** In place of the scalar where a list is ordered by a `DateTime` as it is stored, without a zone. */
export const NAIVE = 'local DateTime';

/** The instant of a local time; null where clocks never showed it, since no way leads back. */
export const decodeNaive =
  (timeZone: string) =>
  (value: WireValue): Canonical => {
    const text = String(value);
    if (value === null || !isTime(text)) return null;
    const zoned = naiveToZoned(text, timeZone);
    return zoned.startsWith(text) ? zonedToRfc3339(zoned) : null;
  };

/** The local time of an instant. */
export const encodeNaive = (value: Canonical, timeZone: string): WireValue =>
  value === null ? null : (rfc3339ToZoned(String(value), timeZone)?.slice(0, -'+00:00'.length) ?? null);
