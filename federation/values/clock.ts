import { epochMillisToZoned, zonedToRfc3339 } from '../../schema/model/date.ts';

/** The hub's clock at one moment: RFC 3339 with the hub's offset, and its date. */
export interface ClockReading {
  readonly now: string;
  readonly asOf: string;
}

export function readClock(clock: () => Date, timeZone: string): ClockReading {
  const zoned = epochMillisToZoned(clock().getTime(), timeZone) ?? '';
  return { now: zonedToRfc3339(zoned), asOf: zoned.slice(0, 10) };
}
