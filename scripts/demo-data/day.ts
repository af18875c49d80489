/** Days as numbers since 1970-01-01, so that they can be drawn and added. */
export const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

const texts = new Map<number, string>();

/** `2024-03-05` */
export function dateText(day: number): string {
  let text = texts.get(day);
  if (text === undefined) texts.set(day, (text = new Date(day * 86_400_000).toISOString().slice(0, 10)));
  return text;
}

/** `20240305` */
export const compactDate = (day: number): string => dateText(day).replaceAll('-', '');

/** `202403` */
export const monthText = (day: number): string => compactDate(day).slice(0, 6);

/** Milliseconds since 1970-01-01 UTC of an hour of that day in Shanghai. */
export const millisAt = (day: number, hour: number): string => String(day * 86_400_000 + (hour - 8) * 3_600_000);
