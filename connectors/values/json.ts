/** A number as it is spelled in JSON text, so that its digits survive parsing. */
interface SpelledNumber {
  readonly digits: string;
}

type Json = string | boolean | null | SpelledNumber | Json[] | Map<string, Json>;

/** The JSON value at a path, or undefined when the text is no JSON or has nothing there. */
function readJson(text: string, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined;
  try {
    value = JSON.parse(text, revive) as Json;
  } catch {
    return undefined;
  }
  for (const step of path) {
    if (value instanceof Map && typeof step === 'string') value = value.get(step);
    else if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else return undefined;
  }
  return value;
}

function revive(_key: string, value: unknown, context?: { readonly source?: string }): Json {
  if (typeof value === 'number') return { digits: context?.source ?? String(value) };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as Json;
  return new Map(Object.entries(value as Record<string, Json>));
}

/** Text of the scalar at a path; null where there is none. */
export function jsonTextAt(text: string, path: readonly (string | number)[]): string | null {
  const value = readJson(text, path);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value === undefined || value === null || Array.isArray(value) || value instanceof Map ? null : value.digits;
}

/** JSON text of each element of the array at a path; none when there is no array. */
export function jsonElementsAt(text: string, path: readonly (string | number)[]): string[] {
  const value = readJson(text, path);
  return Array.isArray(value) ? value.map(printJson) : [];
}

function printJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${printJson(item)}`).join(',')}}`;
  return typeof value === 'object' && value !== null ? value.digits : JSON.stringify(value);
}
