/**
 * A statement that says what it is run for, in a comment before it, so that a department finds it in its database's own log. Everything but ASCII letters,
 * digits and `-_.~` is percent-encoded: no purpose can end the comment, hold a placeholder, or begin one that is executed.
 */
export function markPurpose(text: string, purpose: string | undefined): string {
  if (purpose === undefined) return text;
  const encoded = encodeURIComponent(purpose.toWellFormed()).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `/* purpose=${encoded} */ ${text}`;
}
