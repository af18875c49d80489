import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRelease } from '../../../federation/supergraph/read-release.ts';
import { validateFiles } from '../../../mappings/validate.ts';
import { printProblem } from '../../../schema/errors/problem.ts';
import type { ReleaseFile } from '../../../schema/model/release.ts';
import { createSmallHub, SMALL_MAPPING, SMALL_SDL, type RunningHub, type SmallHub } from '../../helpers/small-hub.ts';

let small: SmallHub;
let running: RunningHub;
beforeAll(async () => {
  small = createSmallHub();
  running = await small.start();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

const FIELDS = ['isbn', 'title', 'author', 'pages'];
/** The mapping with one field's value replaced. */
const field = (name: string, value: string): string => SMALL_MAPPING.replace(`${name}: ${name}`, `${name}: ${value}`);
const rows = (value: string): string => SMALL_MAPPING.replace('rows: book', `rows: ${value}`);
const sdl = (more: string): string => `${SMALL_SDL}${more}\n`;

/** What each value does wrong wherever it stands. */
const BAD_VALUES: Readonly<Record<string, string>> = {
  'an unknown column': 'nothing',
  'a column in other case': 'ISBN2',
  'SQL in a name': '"pages; drop table book"',
  'SQL in a quoted name': `'pages" or 1=1 --'`,
  'a subquery': '"(select 1)"',
  'an empty map': '{}',
  'a list': '[1, 2]',
  'an unknown step': '{ column: title, uper: true }',
  'two origins': '{ column: title, constant: x }',
  'a scale that is no number': '{ column: pages, scale: ten }',
  'a scale in the exponent form': '{ column: pages, scale: "1e400" }',
  'a date format that is none': '{ column: title, date: [] }',
  'an unknown normaliser': '{ column: title, normalize: nobody }',
  'a pattern that never ends': '{ column: title, extract: "(a+)+$" }',
  'a look-behind': '{ column: title, extract: "(?<=a)(b)" }',
  'a back reference': '{ column: title, extract: "(a)\\\\1" }',
  'a group that is not there': '{ column: title, extract: { pattern: "(a)", group: 3 } }',
  'an open bracket': '{ column: title, extract: "(a" }',
  'an expression that is none': '{ expression: "pages +" }',
  'an expression of unknown names': '{ expression: "pagez * 2" }',
  'an expression that calls what is not there': '{ expression: "system(\\"rm\\")" }',
  'a crosswalk that is not there': '{ column: title, crosswalk: Nobody }',
  'JSON of a column that is none': '{ json: nothing, path: a }',
  'a part of nothing': '{ column: title, part: { separator: "", index: 0 } }',
  'a negative part': '{ column: title, part: { separator: ",", index: -1 } }',
  'codes that are a list': '{ column: title, codes: [a, b] }',
  'a constructor': '{ column: title, codes: { constructor: x, __proto__: y } }',
  'two readings': '{ column: title, number: plain, boolean: { true: ["1"], false: ["0"] } }',
  'a prototype': '{ __proto__: { column: title } }',
};

const BAD_ROWS: Readonly<Record<string, string>> = {
  'an unknown table': 'books',
  'SQL in a table': '"book; drop table book"',
  'a subquery': '"(select * from book)"',
  'a table in another schema': 'other.book',
  'a pattern that fits nothing': '{ tables: "book_{year}" }',
  'a placeholder twice': '{ tables: "{a}{a}" }',
  'a placeholder that is no name': '{ tables: "book{1}" }',
  'two tables at once': '{ table: book, tables: "b{x}" }',
  'a filter on an unknown column': '{ table: book, where: { nothing: "1" } }',
  'a filter with an unknown operator': '{ table: book, where: { title: { like: "a" } } }',
  'a filter with a map as value': '{ table: book, where: { title: { eq: { a: 1 } } } }',
  'a deletion mark that is not there': '{ table: book, deleted: { gone: "1" } }',
  'the latest by nothing': '{ table: book, latest: { by: [], order: [] } }',
  'the latest by an unknown column': '{ table: book, latest: { by: [nothing], order: [title] } }',
  'a lookup in an unknown table': '{ table: book, lookups: { d: { table: nothing, on: { title: a }, order: [a] } } }',
  'a lookup on an unknown column': '{ table: book, lookups: { d: { table: book, on: { nothing: isbn }, order: [isbn] } } }',
  'a split without separators': '{ table: book, split: { column: title, separators: [], as: x } }',
  'a split of nothing': '{ table: book, split: { column: nothing, separators: [","], as: x } }',
  'JSON rows of a number': '{ table: book, jsonRows: { column: pages, path: a, as: x } }',
  'an unpivot without branches': '{ table: book, unpivot: { branches: [] } }',
  'an empty union': '{ union: [] }',
  'a list': '[book]',
  nothing: '{}',
};

const BAD_SDL: Readonly<Record<string, string>> = {
  'a type twice': sdl('type Book @key(fields: "isbn") { isbn: String! }'),
  'a field twice': SMALL_SDL.replace('pages: Int', 'pages: Int\n  pages: Int'),
  'a reserved name': SMALL_SDL.replace('pages: Int', 'pages: Int\n  __x: Int'),
  'a reserved type': sdl('type __Book @key(fields: "a") { a: String! }'),
  'the type Query': sdl('type Query { a: Int }'),
  'the type Mutation': sdl('type Mutation { a: Int }'),
  'an unknown type': SMALL_SDL.replace('pages: Int', 'pages: Nothing'),
  'an unknown directive': SMALL_SDL.replace('pages: Int', 'pages: Int @nothing'),
  'a directive with an unknown argument': SMALL_SDL.replace('pages: Int', 'pages: Int @label(fr: "x")'),
  'a missing key': SMALL_SDL.replace('@key(fields: "isbn") ', ''),
  'a key that is no field': SMALL_SDL.replace('fields: "isbn"', 'fields: "nothing"'),
  'an empty key': SMALL_SDL.replace('fields: "isbn"', 'fields: ""'),
  'a key that may be null': SMALL_SDL.replace('isbn: String!', 'isbn: String'),
  'an unknown authority': SMALL_SDL.replace('department: "library"', 'department: "nobody"'),
  'a field that must not be null': SMALL_SDL.replace('title: String', 'title: String!'),
  'a relation to nothing': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Nothing @relation(fields: ["isbn"], references: ["isbn"])'),
  'a relation by an unknown field': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Book @relation(fields: ["nothing"], references: ["isbn"])'),
  'a relation to an unknown field': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Book @relation(fields: ["isbn"], references: ["nothing"])'),
  'a relation of uneven lengths': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Book @relation(fields: ["isbn", "title"], references: ["isbn"])'),
  'a relation without a directive': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Book'),
  'a computed field of itself': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Int @computed(expression: "a + 1")'),
  'computed fields in a circle': SMALL_SDL.replace(
    'pages: Int',
    'pages: Int\n  a: Int @computed(expression: "b + 1")\n  b: Int @computed(expression: "a + 1")',
  ),
  'a computed field of unknown names': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Int @computed(expression: "pagez + 1")'),
  'a computed field that does not compile': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Int @computed(expression: "pages +")'),
  'a computed field of another type': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Date @computed(expression: "pages + 1")'),
  'an aggregate over nothing': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Int @aggregate(relation: "nothing", function: COUNT)'),
  'an aggregate of an unknown function': SMALL_SDL.replace('pages: Int', 'pages: Int\n  a: Int @aggregate(relation: "title", function: MEDIAN)'),
  'a unit that there is none of': SMALL_SDL.replace('pages: Int', 'pages: Decimal @unit(code: "LIGHTYEAR")'),
  'an enum without values': sdl('enum Empty { }'),
  'an enum value twice': sdl('enum Twice { A A }'),
  'an enum value that is a keyword': sdl('enum Keyword { true }'),
  'an interface': sdl('interface Thing { a: Int }'),
  'a union': sdl('union Things = Book'),
  'an input': sdl('input In { a: Int }'),
  'an extension': sdl('extend type Book { more: Int }'),
  arguments: SMALL_SDL.replace('pages: Int', 'pages(a: Int): Int'),
  'two types in different case': sdl('type book @key(fields: "isbn") @authority(department: "library") { isbn: String! }'),
  'a type named as a scalar': sdl('type Int @key(fields: "a") { a: String! }'),
  'a type named as what is generated': sdl('type BookConnection @key(fields: "a") { a: String! }'),
  'a byte-order mark in the middle': SMALL_SDL.replace('pages: Int', 'pages\uFEFFx: Int'),
  'a null byte': SMALL_SDL.replace('pages: Int', 'pages\0: Int'),
  'a name that no GraphQL has': SMALL_SDL.replace('pages: Int', '页数: Int'),
  'a field with a dash': SMALL_SDL.replace('pages: Int', 'pa-ges: Int'),
  'an input as a field': sdl('input In { a: Int }').replace('pages: Int', 'pages: In'),
  'relations in a circle of keys': sdl(
    'type A @key(fields: "b") @authority(department: "library") { b: B! @relation(fields: ["b"], references: ["a"]) }\ntype B @key(fields: "a") @authority(department: "library") { a: A! @relation(fields: ["a"], references: ["b"]) }',
  ),
  'a subscription': sdl('type Subscription { a: Int }'),
  'an open brace': SMALL_SDL.replace(/\}\s*$/, ''),
  'no GraphQL': 'this is no schema',
  'an operation': sdl('query { books { isbn } }'),
  'a pattern that never ends': sdl('scalar Slow @format(pattern: "(a+)+$")'),
};

const BAD_FILES: Readonly<Record<string, string>> = {
  'no YAML': 'source: [library',
  'a tab': 'source:\tlibrary\n\ttypes: {}',
  'an alias bomb': `source: library\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
  'a merge key': `${SMALL_MAPPING}\n<<: *a\n`,
  'a tag': SMALL_MAPPING.replace('rows: book', 'rows: !!js/function "x"'),
  'two documents': `${SMALL_MAPPING}---\n${SMALL_MAPPING}`,
  'more than a mebibyte': `${SMALL_MAPPING}# ${'x'.repeat(1024 * 1024)}\n`,
  'twenty thousand lines': `${SMALL_MAPPING}${'#\n'.repeat(20_001)}`,
  'deep nesting': `source: ${'['.repeat(100)}${']'.repeat(100)}`,
  'no source': SMALL_MAPPING.replace('source: library\n', ''),
  'an unknown source': SMALL_MAPPING.replace('source: library', 'source: libary'),
  'a source that is a list': SMALL_MAPPING.replace('source: library', 'source: [library]'),
  'an unknown key': `${SMALL_MAPPING}tables: {}\n`,
  'a type twice': `${SMALL_MAPPING}  Book: { rows: book, key: isbn, fields: { isbn: isbn } }\n`,
  'an unknown type': SMALL_MAPPING.replace('Book:', 'Boook:'),
  'a type in other case': SMALL_MAPPING.replace('Book:', 'book:'),
  'an unknown field': SMALL_MAPPING.replace('title: title', 'titel: title'),
  'a field twice': SMALL_MAPPING.replace('title: title', 'title: title, title: author'),
  'no key': SMALL_MAPPING.replace('    key: isbn\n', ''),
  'an unknown key column': SMALL_MAPPING.replace('key: isbn', 'key: nothing'),
  'an empty key list': SMALL_MAPPING.replace('key: isbn', 'key: []'),
  'no rows': SMALL_MAPPING.replace('    rows: book\n', ''),
  'no fields': SMALL_MAPPING.replace(/ {4}fields: .*\n/, ''),
  'a key field without a value': SMALL_MAPPING.replace('isbn: isbn, ', ''),
  'a prototype as a type': `${SMALL_MAPPING}  __proto__: { rows: book, key: isbn, fields: { isbn: isbn } }\n`,
  'a crosswalk of nothing': `${SMALL_MAPPING}crosswalks:\n  Nobody: { table: book, local: isbn, canonical: isbn, evidence: {} }\n`,
  'a byte-order mark in the middle': SMALL_MAPPING.replace('title: title', 'title: "\uFEFFtitle"'),
  'a null byte': SMALL_MAPPING.replace('title: title', 'title: "ti\0tle"'),
  'half a character': SMALL_MAPPING.replace('title: title', 'title: "\uD800"'),
  'text that is turned round': SMALL_MAPPING.replace('title: title', 'title: "\u202Eeltit"'),
  'a blank of no width in a name': SMALL_MAPPING.replace('title: title', 'title: "ti\u200Btle"'),
  'UTF-16 that was taken for text': [...SMALL_MAPPING].join('\0'),
  'a yes for a column': SMALL_MAPPING.replace('pages: pages', 'pages: yes'),
  'a number for a column': SMALL_MAPPING.replace('pages: pages', 'pages: 1e3'),
  'nothing at all': '',
  'a comment alone': '# later\n',
  'a crosswalk without a key': `${SMALL_MAPPING}crosswalks:\n  Book: { table: book }\n`,
};

function cases(): [string, ReleaseFile[]][] {
  const make = (mapping: string, schema = SMALL_SDL, more: ReleaseFile[] = []): ReleaseFile[] => [
    { part: 'schema', path: 'schema/book.graphql', text: schema },
    { part: 'mappings', path: 'library/mapping.yaml', text: mapping },
    ...more,
  ];
  const part = (name: 'checks' | 'normalizers' | 'rules' | 'sources', text: string): ReleaseFile[] =>
    make(SMALL_MAPPING, SMALL_SDL, [{ part: name, path: `${name}.yaml`, text }]);
  return [
    ...Object.entries(BAD_VALUES).flatMap(([what, value]) => FIELDS.map((name): [string, ReleaseFile[]] => [`${what} as ${name}`, make(field(name, value))])),
    ...Object.entries(BAD_ROWS).map(([what, value]): [string, ReleaseFile[]] => [`rows: ${what}`, make(rows(value))]),
    ...Object.entries(BAD_SDL).map(([what, text]): [string, ReleaseFile[]] => [`schema: ${what}`, make(SMALL_MAPPING, text)]),
    ...Object.entries(BAD_FILES).map(([what, text]): [string, ReleaseFile[]] => [`file: ${what}`, make(text)]),
    ['checks: no list', part('checks', 'a: 1')],
    [
      'checks: an unknown subject',
      part('checks', '- { check: A, subject: Nobody, select: "{ isbn }", when: "true", severity: INFO, title: { zh: 一, en: a } }'),
    ],
    [
      'checks: an unknown field',
      part('checks', '- { check: A, subject: Book, select: "{ nothing }", when: "true", severity: INFO, title: { zh: 一, en: a } }'),
    ],
    [
      'checks: a condition that is none',
      part('checks', '- { check: A, subject: Book, select: "{ isbn }", when: "isbn ==", severity: INFO, title: { zh: 一, en: a } }'),
    ],
    [
      'checks: a selection with a mutation',
      part('checks', '- { check: A, subject: Book, select: "mutation { x }", when: "true", severity: INFO, title: { zh: 一, en: a } }'),
    ],
    ['normalisers: a pattern that never ends', part('normalizers', 'n: { match: "(a+)+$" }')],
    ['normalisers: an unknown step', part('normalizers', 'n: { lower: true }')],
    ['sources: an address of its own', part('sources', 'sources: { x: { department: library, kind: sqlite, url: "sqlite:/etc/passwd" } }')],
    ['two mappings of one type', make(SMALL_MAPPING, SMALL_SDL, [{ part: 'mappings', path: 'other/mapping.yaml', text: SMALL_MAPPING }])],
  ];
}

describe('two hundred bad mappings', () => {
  it('are all refused, each with the place and the way out, and nothing of them is live', { timeout: 120_000 }, async () => {
    const all = cases();
    expect(all.length).toBeGreaterThanOrEqual(200);
    const { federation, configuration } = running.hub;
    const accepted: string[] = [];
    const useless: string[] = [];
    for (const [what, files] of all) {
      const { release, problems } = await validateFiles(files, { federation, configuration, sample: 0, signal: AbortSignal.timeout(20_000) });
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (release || errors.length === 0) accepted.push(what);
      for (const problem of errors)
        if (
          problem.line < 1 ||
          problem.column < 1 ||
          problem.message.length < 8 ||
          problem.remedy.length < 4 ||
          !files.some(({ path }) => path === problem.file)
        )
          useless.push(`${what}: ${printProblem(problem)}`);
    }
    // oxlint-disable-next-line no-console -- the figure is what it is run for
    console.log(`${all.length - accepted.length} of ${all.length} bad mappings refused, each with place and remedy`);
    expect({ accepted, useless }).toEqual({ accepted: [], useless: [] });
    expect((await running.data('{ books { nodes { isbn } } hub { version } }')).hub.version).toBe(1);
  });

  /** As `Buffer`s, or links to what is no file: what a text editor, a copy or a disk makes of one. */
  it('are told from a file that cannot be read, by its name and what to do', async () => {
    const file = path.join(small.folder, 'broken', 'mapping.yaml');
    const ways: Readonly<Record<string, () => void>> = {
      'not UTF-8': () => writeFileSync(file, Buffer.from([...Buffer.from(SMALL_MAPPING), 0xff, 0xfe])),
      'GB 18030': () => writeFileSync(file, Buffer.concat([Buffer.from(SMALL_MAPPING), Buffer.from([0x23, 0xcd, 0xbc, 0xca, 0xe9])])),
      'UTF-16': () => writeFileSync(file, Buffer.from(`\uFEFF${SMALL_MAPPING}`, 'utf16le')),
      'cut within a character': () => writeFileSync(file, Buffer.from(`${SMALL_MAPPING}# 书`).subarray(0, -1)),
      'an input/output error': () => symlinkSync('/proc/self/mem', file), // reading its first byte is EIO
      'a link to nothing': () => symlinkSync('nothing', file),
      'a folder': () => mkdirSync(file),
      'a device': () => symlinkSync('/dev/zero', file),
      'seventeen mebibytes': () => writeFileSync(file, Buffer.alloc(17 * 1024 * 1024, '#')),
    };
    for (const [what, make] of Object.entries(ways)) {
      mkdirSync(path.dirname(file), { recursive: true });
      make();
      const { release, problems } = await readRelease(running.hub.configuration);
      rmSync(path.dirname(file), { recursive: true });
      expect([what, release]).toEqual([what, undefined]);
      expect([what, problems]).toEqual([
        what,
        expect.arrayContaining([
          {
            file: 'broken/mapping.yaml',
            line: 1,
            column: 1,
            severity: 'error',
            message: expect.stringMatching(/read|UTF-8|MiB/),
            remedy: expect.stringMatching(/.{8}/),
          },
        ]),
      ]);
    }
    const { release, problems } = await readRelease(running.hub.configuration);
    expect([release === undefined, problems]).toEqual([false, []]);
  });

  it('are none where an editor put a byte-order mark in front', async () => {
    const original = readFileSync(path.join(small.folder, 'library/mapping.yaml'));
    small.write('library/mapping.yaml', `\uFEFF${SMALL_MAPPING}`);
    const { release, problems } = await readRelease(running.hub.configuration);
    writeFileSync(path.join(small.folder, 'library/mapping.yaml'), original);
    expect([release?.mappings.length, problems]).toEqual([1, []]);
  });
});
