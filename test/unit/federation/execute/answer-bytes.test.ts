import { describe, expect, it } from 'vitest';
import { AnswerBytes, PART_MARK } from '../../../../federation/execute/answer-bytes.ts';

/** Whatever JSON, UTF-8 or a buffer's end could trip over. */
const TEXTS: readonly string[] = [
  '', 'plain', '山海经', 'é', 'A "quoted" one', 'back\\slash', 'line\nbreak\ttab', '\u0000\u001f\u007f\u0080\u07ff\u0800\uffff', '😀', 'half \ud83d', '\udc00 half', '\u2028\u2029\ufeff',
  'x'.repeat(64), 'x'.repeat(65), '长'.repeat(64), '长'.repeat(65), `${'长'.repeat(70)}"`, 'x'.repeat(40_000), '长'.repeat(50_000), `${'长'.repeat(63)}\ud83d`,
]; // prettier-ignore

const joined = ({ parts }: AnswerBytes): string => Buffer.concat(parts).toString();

describe('answer bytes', () => {
  it('writes strings as JSON.stringify does', () => {
    for (const text of TEXTS) {
      const bytes = new AnswerBytes();
      bytes.begin();
      bytes.string(text);
      expect(bytes.end()).toBe(`${PART_MARK}0${PART_MARK}`);
      expect(joined(bytes)).toBe(JSON.stringify(text));
    }
  });

  it('keeps each part as it was written, over many buffers', () => {
    const bytes = new AnswerBytes();
    const expected: string[] = [];
    for (let i = 0; i < 400; i++) {
      const text = TEXTS[(i * 7) % TEXTS.length] as string;
      bytes.begin();
      bytes.put(Buffer.from('{"n":'));
      bytes.bare(String(i));
      bytes.string(text);
      bytes.text('长}');
      bytes.end();
      expected.push(`{"n":"${i}"${JSON.stringify(text)}长}`);
    }
    expect(bytes.parts.map(String)).toEqual(expected);
    expect(bytes.length).toBe(Buffer.byteLength(expected.join('')));
  });

  it('begins anew after a release, and what others write then does not mix', () => {
    const write = (bytes: AnswerBytes, text: string): void => {
      bytes.begin();
      bytes.string(text.repeat(20_000));
      bytes.end();
    };
    const first = new AnswerBytes();
    write(first, 'a');
    first.release();
    expect(first.length).toBe(0);
    const [second, third] = [new AnswerBytes(), new AnswerBytes()];
    write(second, 'b');
    write(third, '丙');
    write(first, 'd');
    expect([second, third, first].map(joined)).toEqual(['b', '丙', 'd'].map((text) => JSON.stringify(text.repeat(20_000))));
  });
});
