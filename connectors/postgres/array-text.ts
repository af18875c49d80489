/** Values as the server reads an array of them. */
export function arrayText(values: readonly unknown[]): string {
  return `{${values.map(elementText).join(',')}}`;
}

function elementText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = String(value);
  return text.includes('"') || text.includes('\\') ? `"${text.replaceAll(/[\\"]/g, '\\$&')}"` : `"${text}"`;
}
