import { expect, it } from 'vitest';
import { AnswerBytes } from '../../../federation/execute/answer-bytes.ts';
import { jsonAnswer, printAnswer, stringifyAnswer } from '../../../server/json-answer.ts';

it('writes finished data as it is, errors first, and keeps no copy of it', () => {
  const errors = [{ message: 'm', path: ['a', 0], extensions: { code: 'SOURCE_BUSY', retryable: true } }];
  const answer = jsonAnswer('{"a":[1.50]}', errors, { explain: { fetches: [] } });
  expect(stringifyAnswer(answer)).toBe(
    '{"errors":[{"message":"m","path":["a",0],"extensions":{"code":"SOURCE_BUSY","retryable":true}}],"data":{"a":[1.50]},"extensions":{"explain":{"fetches":[]}}}\n',
  );
  expect(JSON.stringify(answer.data)).toBe('{"text":""}');
});

it('leaves out what there is none of', () => {
  expect(stringifyAnswer(jsonAnswer('{}', []))).toBe('{"data":{}}\n');
  expect(stringifyAnswer({ errors: [], data: null })).toBe('{"errors":[],"data":null}\n');
});

/** The bytes, copied before others are printed over them. */
function printed(answer: ReturnType<typeof jsonAnswer>): Buffer | string {
  const body = printAnswer(answer);
  if (typeof body === 'string') return body;
  const copy = Buffer.from(body.bytes);
  body.release();
  return copy;
}

it('prints a long answer as bytes', () => {
  const data = JSON.stringify({ name: '项目 😀 "é"'.repeat(1_000) });
  for (let i = 0; i < 2; i++) expect(printed(jsonAnswer(data, []))).toEqual(Buffer.from(`{"data":${data}}\n`));
});

it('puts parts that are bytes where the text marks them, also when they hold what is no ASCII', () => {
  const answer = (): ReturnType<typeof jsonAnswer> => {
    const bytes = new AnswerBytes();
    const marks = ['[{"b":"长"}]', '[]'].map((part) => bytes.add(Buffer.from(part)));
    return jsonAnswer(`{"a":${marks[0]},"c":{"名":${marks[1]}}}`, [], { openKeys: [] }, bytes);
  };
  const body = '{"data":{"a":[{"b":"长"}],"c":{"名":[]}},"extensions":{"openKeys":[]}}\n';
  expect(stringifyAnswer(answer())).toBe(body);
  expect(printed(answer())).toEqual(Buffer.from(body));
});
