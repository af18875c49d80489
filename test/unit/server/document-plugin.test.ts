import { ApolloServer } from '@apollo/server';
import { describe, expect, it } from 'vitest';
import { documentPlugin } from '../../../server/document-plugin.ts';

/** An operation of so many characters that prints as few. */
const textOf = (characters: number, name = 'Q'): string => {
  const text = `query ${name} { a }`;
  return text + '#'.repeat(characters - text.length);
};

/** @returns whether the server parsed the text, which it did not know then */
function createParser(): (query: string) => Promise<boolean> {
  let parses = 0;
  const apollo = new ApolloServer({
    typeDefs: 'type Query { a: Int }',
    resolvers: { Query: { a: () => 1 } },
    documentStore: null,
    plugins: [documentPlugin(), { requestDidStart: async () => ({ parsingDidStart: async () => void parses++ }) }],
  });
  return async (query) => {
    const before = parses;
    await apollo.executeOperation({ query });
    return parses > before;
  };
}

describe('documents that a server has parsed', () => {
  it('are parsed once; what is not valid is looked at each time', async () => {
    const parsed = createParser();
    expect([await parsed('{ a }'), await parsed('{ a }'), await parsed('{a}')]).toEqual([true, false, true]);
    expect([await parsed('{ b }'), await parsed('{ b }')]).toEqual([true, true]);
    expect([await parsed('{ a '), await parsed('{ a ')]).toEqual([true, true]);
  });

  it('are counted by their texts: the oldest go when all have a million characters', async () => {
    const parsed = createParser();
    for (let i = 0; i < 10; i++) await parsed(textOf(99_999, `Q${i}`));
    expect(await parsed(textOf(99_999, 'Q0'))).toBe(false);
    await parsed(textOf(99_999, 'Q10'));
    expect(await parsed(textOf(99_999, 'Q0'))).toBe(false); // it was asked for since
    expect(await parsed(textOf(99_999, 'Q10'))).toBe(false);
    expect(await parsed(textOf(99_999, 'Q1'))).toBe(true);
  });

  it('are not kept when one is larger than all may be together', async () => {
    const parsed = createParser();
    await parsed(textOf(999_999));
    expect(await parsed(textOf(999_999))).toBe(false);
    await parsed(textOf(1_000_000));
    expect(await parsed(textOf(1_000_000))).toBe(true);
  });

  it('are a thousand at most', async () => {
    const parsed = createParser();
    for (let i = 0; i <= 1_000; i++) await parsed(textOf(30, `Q${i}`));
    expect(await parsed(textOf(30, 'Q1'))).toBe(false);
    expect(await parsed(textOf(30, 'Q0'))).toBe(true);
  });
});
