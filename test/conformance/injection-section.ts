import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../connectors/spi/ir.ts';
import { aggregateRequest, compare, lit, named, query, rowsRequest, TEXT, text } from './builders.ts';
import type { Kit } from './connector-kit.ts';

const SPITEFUL = [
  "'",
  '"',
  '`',
  '\\',
  "\\'",
  '--',
  '/*',
  ';',
  '?',
  '??',
  '$1',
  ':x',
  '%',
  '_',
  '\n',
  '{',
  '}',
  '[',
  '😀',
  '\u202e',
  "' OR '1'='1",
  '"; DROP TABLE people; --',
  '${x}',
  '@v',
  '#',
  '\u2028',
  'é',
  '𠮷',
  '\t',
];

/** Text that PostgreSQL can hold and that tries to be more than text. */
const spitefulText = fc
  .array(fc.oneof(fc.constantFrom(...SPITEFUL), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 5 })
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());

/** Values and names are never read as SQL. */
export function testInjection(kit: Kit): void {
  describe('injection', () => {
    it('gives back any text given as a literal, variable or pattern', async () => {
      await fc.assert(
        fc.asyncProperty(spitefulText, async (value) => {
          const id = kit.tables().column('people', 'id');
          const variable = { kind: 'variable', name: 'v\'"?', type: TEXT } as const;
          const request = rowsRequest(kit.tables().rows('people'), [lit(value), variable, { kind: 'concat', values: [lit(value), variable] }], {
            where: {
              kind: 'and',
              predicates: [
                compare('eq', id, lit(1)),
                compare('eq', lit(value), variable),
                text('contains', { kind: 'concat', values: [lit('<'), variable, lit('>')] }, value),
              ],
            },
          });
          expect(await kit.run(request, { variables: { 'v\'"?': value } })).toEqual([[value, value, value + value]]);
        }),
        { numRuns: 60 },
      );
    });
    it('takes any name for a computed column', async () => {
      await fc.assert(
        fc.asyncProperty(
          spitefulText.filter((name) => name.trim() !== '' && new TextEncoder().encode(name).length < 40),
          async (name) => {
            const rows = { kind: 'extend' as const, rows: kit.tables().rows('nothing'), values: [named(name, lit('x'))] };
            expect(await kit.run(aggregateRequest(rows, [{ fn: 'count', value: { kind: 'column', column: name, type: TEXT } }]))).toEqual([[0]]);
          },
        ),
        { numRuns: 40 },
      );
    });
    it('never finds a table by a name that only contains it', async () => {
      const request: Request = {
        kind: 'rows',
        query: query({ kind: 'table', table: 'people" where 1=1 --', columns: [{ name: 'id', type: TEXT }] }, [{ kind: 'column', column: 'id', type: TEXT }]),
      };
      const call = { signal: new AbortController().signal, timeoutMs: 5_000, maxRows: 10 };
      await expect((async () => kit.connector().prepare(request).run({}, call))()).rejects.toMatchObject({ code: 'SOURCE_DRIFT' });
    });
  });
}
