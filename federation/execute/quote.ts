/** Longer texts are left to the engine, which is faster there. */
const SHORT = 48;

/** The text as JSON, as `JSON.stringify` writes it. */
export function quote(text: string): string {
  const { length } = text;
  if (length > SHORT) return JSON.stringify(text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    // Control characters, the quote, the backslash, and halves of pairs, which may be alone.
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff)) return JSON.stringify(text);
  }
  return `"${text}"`;
}
