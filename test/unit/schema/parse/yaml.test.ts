import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../schema/parse/yaml.ts';

/** `line:column message; remedy` of each problem. */
const problemsOf = (text: string): string[] => parseYaml(text, 'f.yaml').problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}; ${p.remedy}`);

describe('parseYaml', () => {
  it('takes an unquoted number as a number only in its plainest spelling', () => {
    const { value } = parseYaml('[1, -2.5, 0, 01, 1.50, 0x1F, 1e3, +1, .5, -0, 12345678901234567890, .inf, 1_000, "7"]', 'f');
    expect(value).toEqual([1, -2.5, 0, '01', '1.50', '0x1F', '1e3', '+1', '.5', '-0', '12345678901234567890', '.inf', '1_000', '7']);
  });

  it('knows null and booleans of YAML 1.2, and no others', () => {
    expect(parseYaml('[~, null, , true, False, yes, no, on, 是]'.replace(', ,', ', "",'), 'f').value).toEqual([
      null,
      null,
      '',
      true,
      false,
      'yes',
      'no',
      'on',
      '是',
    ]);
  });

  it('keeps keys as they are written', () => {
    expect(Object.keys(parseYaml('{ 01: a, 1: b, true: c, "~": d, 项目代码: e }', 'f').value as object)).toEqual(['1', '01', 'true', '~', '项目代码']);
  });

  it('keeps a scalar’s text beside its value', () => {
    const { root } = parseYaml('scale: 0.01\ncode: 01', 'f');
    expect([root?.entries.get('scale')?.text, root?.entries.get('code')?.text]).toEqual(['0.01', '01']);
  });

  it('knows the place of every value, and for a path that leads nowhere that of its last step', () => {
    const { placeOf } = parseYaml('a: 1\nb:\n  - x\n  - c: 2 # 注释\n    d: 三\n', 'f');
    expect(placeOf(['b', 1, 'd'])).toEqual({ file: 'f', line: 5, column: 8 });
    expect(placeOf(['b', 1, 'nowhere', 'else'])).toEqual({ file: 'f', line: 4, column: 5 });
    expect(placeOf([])).toEqual({ file: 'f', line: 1, column: 1 });
  });

  it('reads CRLF and a byte order mark', () => {
    const { value, placeOf } = parseYaml('\uFEFFa: 1\r\nb: 2\r\n', 'f');
    expect(value).toEqual({ a: 1, b: 2 });
    expect(placeOf(['b']).line).toBe(2);
  });

  it('reads an empty file as nothing', () => {
    for (const text of ['', '\n', '# only a comment\n']) expect(parseYaml(text, 'f')).toMatchObject({ value: null, problems: [] });
  });

  it.each(
    [
      ['a: 1\nb: 2\n"a": 3', 'f.yaml:3:1 the key "a" stands twice in this map (first in line 1); keep one of them; quoted and unquoted keys are the same'],
      ['a: { 1: x, "1": y }', 'f.yaml:1:12 the key "1" stands twice in this map (first in line 1); keep one of them; quoted and unquoted keys are the same'],
      ['a:\n  __proto__: { x: 1 }', 'f.yaml:2:3 the key "__proto__" is not allowed; use another name'],
      ['constructor: 1', 'f.yaml:1:1 the key "constructor" is not allowed; use another name'],
      ['a: 1\nb: *x', 'f.yaml:2:4 aliases (*name) are not allowed; repeat the value'],
      ['a: &x 1', 'f.yaml:1:7 anchors (&name) are not allowed; remove the anchor; repeat the value where it is wanted'],
      ['a: &x { b: 1 }', 'f.yaml:1:7 anchors (&name) are not allowed; remove the anchor; repeat the value where it is wanted'],
      ['&x a: 1', 'f.yaml:1:4 anchors (&name) are not allowed; remove the anchor; repeat the value where it is wanted'],
      ['a: !!binary aGk=', 'f.yaml:1:13 tags (!name) are not allowed; remove the tag; quote the value if it is text'],
      ['a: 1\n---\nb: 2', 'f.yaml:2:1 the file holds more than one document; remove the line "---" or use two files'],
      ['? { a: 1 }\n: 2', 'f.yaml:1:3 a key must be text; write "key: value"; in { … } a value such as ${NAME} needs quotes'],
      [
        'a: "x',
        'f.yaml:1:6 a closing quote or bracket, a comma, a colon or a blank is missing; close every quote and bracket and put a comma between the parts; a blank follows every colon',
      ],
      ['a: b: c', 'f.yaml:1:4 a second "key:" stands on one line; put it on a line of its own, or quote a text that holds ": "'],
      ['a:\n\tb: 1', 'f.yaml:2:1 a tab is used to indent; use blanks'],
      ['a: @b', 'f.yaml:1:4 an unquoted text may not begin with this character; quote the text'],
      ['['.repeat(100), 'f.yaml:1:43 the file nests deeper than 40 levels; flatten it'],
      [`a: "${'x'.repeat(1024 * 1024)}"`, 'f.yaml:1:1 the file is larger than 1 MiB; split it into several files'],
      ['\n'.repeat(20_000), 'f.yaml:1:1 the file has more than 20000 lines; split it into several files'],
    ].map(([text, problem]) => ({ text: text ?? '', problem })),
  )('says where and how to mend: $problem', ({ text, problem }) => {
    expect(problemsOf(text)[0]).toBe(problem);
  });

  it('never quotes the file in a syntax error, for it may hold a secret', () => {
    for (const text of ['url: mysql://u:s3cret@h: x', 'a: "s3cret', 's3cret: @s3cret', '{ s3cret', '- s3cret\n s3cret: x\n- &s3cret *s3cret']) {
      expect(problemsOf(text).join()).not.toContain('s3cret');
    }
  });

  const seed = Date.now();
  it(`never throws (seed ${seed})`, { timeout: 120_000 }, () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '!t ',
      '|\n',
      '>',
      '? ',
      '---\n',
      '%',
      '@',
      '\t',
      '${X}',
      '\u0000',
      '\uD800',
      '项',
      '01',
      '~',
      '<<: ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const { problems, value, root } = parseYaml(text, 'f');
          expect(root !== undefined || problems.length > 0).toBe(true);
          expect(() => JSON.stringify(value)).not.toThrow();
          for (const { line, column } of problems) expect(line >= 1 && column >= 1).toBe(true);
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });

  it.each(['[', '{a: ', '- ', '? ', '"', '&a ', '*a ', '!', '[]', "''", '|'])('gives up soon on a megabyte of %j', (unit) => {
    const start = performance.now();
    parseYaml(unit.repeat(Math.floor((1024 * 1024) / unit.length)), 'f');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
