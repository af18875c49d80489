import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../seed.ts';
import { createCursorCodec } from '../../../../federation/values/cursor.ts';

const codec = createCursorCodec('secret');
const INVALID = expect.objectContaining({ code: 'CURSOR_INVALID' });
const values = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  ),
);

describe('a cursor', () => {
  it('gives back the values it was made of', () => {
    fc.assert(
      fc.property(fc.string(), values, (list, row) => {
        expect(codec.decode(list, codec.encode(list, row))).toEqual(row);
      }),
      { seed: SEED, verbose: 1 },
    );
  });

  it('holds long values', () => {
    const long = ['项目'.repeat(50_000), '1'.repeat(1_000)];
    expect(codec.decode('list', codec.encode('list', long))).toEqual(long);
  });

  it('is the same for the same row, so that answers are', () => {
    expect(codec.encode('list', ['a', 1])).toBe(codec.encode('list', ['a', 1]));
    expect(codec.encode('list', ['a', 1])).toMatch(/^[\w-]+$/);
  });

  it('shows nothing of what it was made of, but for how long that is', () => {
    const cursor = codec.encode('list', ['张三', 110_105]);
    for (const form of ['base64url', 'hex', 'latin1'] as const) {
      const text = Buffer.from(cursor, form).toString('latin1');
      for (const part of ['110105', Buffer.from('张三').toString('latin1')]) expect(text).not.toContain(part);
    }
    expect(codec.encode('list', ['张三', 110_105])).toHaveLength(codec.encode('list', ['王小二', 123_456]).length);
    expect(Buffer.from(cursor, 'base64url')).not.toEqual(Buffer.from(codec.encode('other', ['张三', 110_105]), 'base64url'));
  });

  it('of another list is refused', () => {
    expect(() => codec.decode('other', codec.encode('list', ['a']))).toThrow(INVALID);
  });

  it('of another hub is refused', () => {
    expect(() => codec.decode('list', createCursorCodec('other').encode('list', ['a']))).toThrow(INVALID);
  });

  it('is refused when any character of it is changed, added or lost', () => {
    const cursor = codec.encode('list', ['2024-01-01', null, 7]);
    for (let i = 0; i < cursor.length; i += 1) {
      const other = cursor[i] === 'A' ? 'B' : 'A';
      for (const edited of [cursor.slice(0, i) + other + cursor.slice(i + 1), cursor.slice(0, i) + cursor.slice(i + 1), cursor.slice(0, i)]) {
        expect(() => codec.decode('list', edited)).toThrow(INVALID);
      }
    }
    for (const added of ['=', ' ', '\n', 'A']) expect(() => codec.decode('list', cursor + added)).toThrow(INVALID);
  });

  it('is refused, whatever a client sends', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.base64String(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
        ),
        (text) => {
          expect(() => codec.decode('list', text)).toThrow(INVALID);
        },
      ),
      { seed: SEED, numRuns: 500, verbose: 1 },
    );
  });
});
