import { expect, it } from 'vitest';
import { jsonAnswer, printAnswer, stringifyAnswer } from '../../../server/json-answer.ts';

it('writes finished data as it is, errors first, and keeps no copy of it', () => {
  const errors = [{ message: 'm', path: ['a', 0], extensions: { code: 'SOURCE_BUSY', retryable: true } }];
  const answer = jsonAnswer('{"a":[1.50]}', errors, { explain: { fetches: [] } });
  expect(stringifyAnswer(answer)).toBe(
    '{"errors":[{"message":"m","path":["a",0],"extensions":{"code":"SOURCE_BUSY","retryable":true}}],"data":{"a":[1.50]},"extensions":{"explain":{"fetches":[]}}}\n',
  );
  expect(JSON.stringify(answer.data)).toBe('{"text":"","pages":[]}');
});

it('leaves out what there is none of', () => {
  expect(stringifyAnswer(jsonAnswer('{}', []))).toBe('{"data":{}}\n');
  expect(stringifyAnswer({ errors: [], data: null })).toBe('{"errors":[],"data":null}\n');
});

it('puts pages that are bytes where the text marks them, also when they hold what is no ASCII', () => {
  const pages = [Buffer.from('[{"b":"长"}]'), Buffer.from('[]')];
  const answer = (): ReturnType<typeof jsonAnswer> => jsonAnswer('{"a":\0,"c":{"d":\0}}', [], { openKeys: [] }, pages);
  const body = '{"data":{"a":[{"b":"长"}],"c":{"d":[]}},"extensions":{"openKeys":[]}}\n';
  expect(stringifyAnswer(answer())).toBe(body);
  expect(printAnswer(answer())).toEqual(Buffer.from(body));
});
