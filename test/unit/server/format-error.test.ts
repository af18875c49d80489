import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { HubError } from '../../../schema/errors/hub-error.ts';
import { formatError, INTERNAL_MESSAGE } from '../../../server/format-error.ts';

function format(error: unknown, suggestions = false) {
  const faults: unknown[] = [];
  return { answer: formatError(error, { suggestions, onFault: (fault) => faults.push(fault) }, { requestId: 'r1' }), faults };
}

describe('formatError', () => {
  it('keeps what a hub error says about department, source and when to try again', () => {
    const error = new HubError('SOURCE_BUSY', 'finance is busy', { department: 'finance', source: 'czgk', retryAfterMs: 250, cause: new Error('secret') });
    expect(format(error).answer).toEqual({
      message: 'finance is busy',
      extensions: { code: 'SOURCE_BUSY', department: 'finance', source: 'czgk', retryable: true, retryAfterMs: 250, requestId: 'r1' },
    });
  });

  it('finds the hub error within what graphql-js and Apollo wrap around it', () => {
    const wrapped = new GraphQLError('x', {
      originalError: new GraphQLError('x', { originalError: new HubError('LIMIT_DEPTH', 'too deep') }),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    expect(format(wrapped).answer).toMatchObject({ message: 'too deep', extensions: { code: 'LIMIT_DEPTH' } });
  });

  it.each([
    new TypeError('password=1234'),
    new HubError('INTERNAL_SERVER_ERROR', 'path /etc'),
    new GraphQLError('driver text', { path: ['a'], originalError: new Error('driver text') }),
    'thrown text',
  ])('says nothing of what nobody foresaw, and reports it: %s', (error) => {
    const { answer, faults } = format(error);
    expect(answer).toEqual({ message: INTERNAL_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId: 'r1' } });
    expect(faults).toEqual([error]);
  });

  it('does not take a client code from an error that a resolver threw', () => {
    const error = new GraphQLError('select * from x', { path: ['a'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(format(error).answer.message).toBe(INTERNAL_MESSAGE);
  });

  it('leaves suggestions out unless they are wanted', () => {
    const error = new GraphQLError('Cannot query field "a" on type "B". Did you mean "c" or "d"?', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(format(error).answer.message).toBe('Cannot query field "a" on type "B".');
    expect(format(error, true).answer.message).toContain('Did you mean');
  });
});
