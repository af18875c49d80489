import { describe, expect, it } from 'vitest';
import { LIBRARY_ENGINES, useLibrary } from '../helpers/library-engines.ts';

const LARGEST = '9223372036854775807';
const BEYOND = '18446744073709551615';
const SDL = `type Book @key(fields: "number") @authority(department: "library") { number: BigInt! bytes: BigInt shelf: Int shelved: [Book!] @relation(fields: ["shelf"], references: ["shelf"]) }`;
const MAPPING = 'source: library\ntypes:\n  Book: { rows: scan, key: number, fields: { number: number, bytes: bytes, shelf: shelf } }\n';
const LOAD = [
  'create table scan (number bigint primary key, bytes bigint, shelf int)',
  `insert into scan values (1, 0, 1), (2, ${LARGEST}, 1), (3, null, 2), (${LARGEST}, -5, 2)`,
];
const ALL = ['1', '2', LARGEST];
const FOUND: readonly (readonly [string, readonly string[]])[] = [
  ['{ bytes: { lt: BEYOND } }', ALL],
  ['{ bytes: { lte: BEYOND } }', ALL],
  ['{ bytes: { ne: BEYOND } }', ALL],
  ['{ bytes: { eq: BEYOND } }', []],
  ['{ bytes: { gt: BEYOND } }', []],
  ['{ bytes: { gte: BEYOND } }', []],
  ['{ bytes: { between: ["0", BEYOND] } }', ['1', '2']],
  ['{ bytes: { in: ["0", BEYOND] } }', ['1']],
  ['{ bytes: { notIn: ["0", BEYOND] } }', ['2', LARGEST]],
  ['{ not: { bytes: { gte: BEYOND } } }', ALL],
  ['{ shelved: { every: { bytes: { gte: BEYOND } } } }', []],
  ['{ shelved: { aggregate: { max: { bytes: { lt: BEYOND } } } } }', ['1', '2', '3', LARGEST]],
];

describe.each(LIBRARY_ENGINES)('a number that no integer of a database can be, on %s', (engine) => {
  const library = useLibrary(engine, { sdl: SDL, mapping: MAPPING, load: LOAD });

  const numbers = async (where: string, value?: string): Promise<string[]> => {
    const head = value === undefined ? '' : 'query ($value: BigInt!) ';
    const data = await library.hub.data(`${head}{ books(where: ${where}, orderBy: [{ number: ASC }]) { nodes { number } } }`, { value });
    return data.books.nodes.map((book: { readonly number: string }) => book.number);
  };

  it.each(FOUND)('is larger than all there are: %s', async (where, expected) => {
    expect(await numbers(where.replace('BEYOND', JSON.stringify(BEYOND)))).toEqual(expected);
    // The plan for another value is not its plan.
    await numbers(where.replace('BEYOND', '$value'), '1');
    expect(await numbers(where.replace('BEYOND', '$value'), BEYOND)).toEqual(expected);
  });

  it('is nobody’s key', async () => {
    expect(await library.hub.data(`{ a: book(number: "${BEYOND}") { bytes } b: book(number: "${LARGEST}") { bytes } }`)).toEqual({
      a: null,
      b: { bytes: '-5' },
    });
  });
});
