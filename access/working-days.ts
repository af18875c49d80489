import type { AgreementSettings } from '../schema/model/configuration.ts';

const DAY_MS = 86_400_000;

/** The day on which an answer is due: so many working days after the given day, which itself does not count. Days are `YYYY-MM-DD`. */
export function dueDay(from: string, { answerWorkdays, holidays, workdays }: AgreementSettings): string {
  const off = new Set(holidays);
  const worked = new Set(workdays);
  let day = from;
  for (let left = answerWorkdays; left > 0;) {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
    day = next.toISOString().slice(0, 10);
    const weekend = next.getUTCDay() === 0 || next.getUTCDay() === 6;
    if (worked.has(day) || (!weekend && !off.has(day))) left--;
  }
  return day;
}

/** The day that a moment falls on in a time zone. */
export function dayIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);
}
