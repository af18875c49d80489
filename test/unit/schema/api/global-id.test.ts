import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../../../schema/api/global-id.ts';

describe('global ids', () => {
  it('name the same entity after decoding', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean()), { minLength: 1 }),
        (type, key) => {
          expect(decodeGlobalId(encodeGlobalId(type, key))).toEqual({ type, key });
        },
      ),
    );
  });

  it('are null for anything else, and never throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeGlobalId(text)));
    const spelt = (data: unknown): string => Buffer.from(JSON.stringify(data)).toString('base64url');
    for (const id of [
      '',
      'x',
      '%%%',
      spelt(null),
      spelt({}),
      spelt(['Project']),
      spelt([1, 2]),
      spelt(['Project', null]),
      spelt(['Project', ['x']]),
      `${encodeGlobalId('Project', ['1'])}=`,
      spelt(['Project', '1']).replace(/.$/, '!'),
    ]) {
      expect(decodeGlobalId(id)).toBeNull();
    }
  });
});
