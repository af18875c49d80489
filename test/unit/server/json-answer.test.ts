import { expect, it } from 'vitest';
import { jsonAnswer, stringifyAnswer } from '../../../server/json-answer.ts';

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
