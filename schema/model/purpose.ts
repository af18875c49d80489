/** Characters of the longest purpose that can be stated. */
export const PURPOSE_MAX = 200;

/** A purpose in the one form in which it is stated, recorded and compared: NFC, without blanks around it. Undefined: it is none. */
export function readPurpose(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().normalize('NFC') : '';
  return text === '' || text.length > PURPOSE_MAX || /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|[\u2028\u2029]/u.test(text) ? undefined : text;
}
