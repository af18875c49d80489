import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../../federation/execute/quote.ts';

describe('quote', () => {
  it('writes any text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(quote(text)).toBe(JSON.stringify(text));
      }),
    );
    for (const text of ['', '"', '\\', '\u0000', '\u001f', '\u007f', '\u2028', '\ud800', '😀', '苏州', 'a\nb']) expect(quote(text)).toBe(JSON.stringify(text));
  });
});
