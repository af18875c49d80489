/** Text as itself within a LIKE pattern whose escape character is the backslash. */
export function likePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
