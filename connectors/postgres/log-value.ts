import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import { postgresDialect } from './dialect.ts';
import { jsonbText } from './json-text.ts';

/** From the text that the server's log holds to the wire form, as selecting the column gives it. */
export function logValue(type: PhysicalType): (text: string | null) => WireValue {
  const decode = decoder(type);
  return (text) => (text === null ? null : decode(text));
}

function decoder(type: PhysicalType): (text: string) => WireValue {
  switch (type.kind) {
    case 'text':
      return type.padded === true ? (text) => text.replace(/ +$/, '') : (text) => text;
    case 'binary':
      return (text) => text.replace(/^\\x/, '');
    case 'decimal':
      return (text) => (/^-?[\d.]+$/.test(text) ? text : text.replaceAll(/[^\d.-]/g, '')); // money carries its sign and commas
    case 'json':
      return jsonbText;
    case 'other':
      // A cast to text shows the mask of a single address, the log does not.
      return type.native === 'inet' ? (text) => (text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`) : (text) => text;
    default:
      return (postgresDialect.decode(type) as ((raw: string) => WireValue) | undefined) ?? ((text) => text);
  }
}
