import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printProblem } from '../../../../schema/errors/problem.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const MODEL = readFileSync(new URL('../api/model.graphql', import.meta.url), 'utf8');

/** Problems of one file, printed, without the file's name. */
function problems(text: string): string[] {
  return parseSdl([{ text, file: 'f' }]).problems.map((problem) => printProblem(problem).slice(2));
}

const SOUND = `
  enum MoneyUnit { YUAN @factor(value: "1") WAN_YUAN @factor(value: "10000") }
  enum Crs { AS_SUPPLIED WGS84 }
  type Other @key(fields: "number") { number: ID! amount: Decimal cost: Decimal @unit(code: "YUAN") name: String at: Date flag: Boolean thing: Thing @relation(fields: ["name"], references: ["code"]) }
`;

/** Problems of a type `Thing` with one more field, or other text in place of it. */
function withField(field: string, rest = ''): string[] {
  const text = `${SOUND}${rest}\ntype Thing @key(fields: "code") { code: String! others: [Other!] @relation(fields: ["code"], references: ["name"])\n${field}\n}`;
  return problems(text).map((line) => line.replace(/^\d+:\d+ /, ''));
}

describe('parseSdl', () => {
  it('gives the model with kinds, names, keys, units, derivations and places', () => {
    const { model, problems: found } = parseSdl([{ text: MODEL, file: 'model.graphql' }]);
    expect(found).toEqual([]);
    const project = model?.types.get('Project');
    expect(project).toMatchObject({
      kind: 'entity',
      key: ['code'],
      authority: 'development',
      names: { one: 'project', many: 'projects' },
      label: { zh: '项目', en: 'Project' },
      description: 'A project of the government',
    });
    expect(project?.place).toEqual({ file: 'model.graphql', line: 22, column: 6 });
    expect(project?.fields.get('paid')).toMatchObject({
      kind: 'leaf',
      unit: { enum: 'MoneyUnit', code: 'YUAN' },
      derivation: { kind: 'aggregate', relation: 'payments', function: 'SUM', field: 'amount', where: '{ status: { eq: PAID } }', empty: '0' },
    });
    expect(project?.fields.get('lastPaidOn')).toMatchObject({
      derivation: { kind: 'pick', relation: 'payments', field: 'paidOn', orderBy: '[{ paidOn: DESC }]' },
    });
    expect(project?.fields.get('siblings')).toMatchObject({ kind: 'relation', target: 'Project', many: true, distinctFrom: true });
    expect(project?.fields.get('title')).toMatchObject({ deprecated: 'use name' });
    expect(model?.types.get('Point')).toMatchObject({ kind: 'value', key: [], coordinates: { longitude: 'lng', latitude: 'lat', datum: 'datum' } });
    expect(model?.types.get('Funds')?.fields.get('paidRate')).toMatchObject({
      derivation: { kind: 'computed', expression: 'paid / approved * 100', scale: 2 },
    });
    expect([...(model?.scalars.values() ?? [])]).toEqual([
      { name: 'ProjectCode', description: 'Project code', label: { zh: '项目代码' }, pattern: '[0-9]{4}-[0-9]{6}', normalize: 'projectCode' },
    ]);
    expect(model?.enums.get('MoneyUnit')?.values[2]).toEqual({ name: 'WAN_YUAN', label: { zh: '万元' }, factor: '10000' });
  });

  it('takes types from several files, and empty files', () => {
    const { model } = parseSdl([
      { text: 'type B @key(fields: "b") { b: ID! a: A @relation(fields: ["b"], references: ["a"]) }', file: 'b' },
      { text: '# nothing yet\n', file: 'empty' },
      { text: 'type A @key(fields: "a") { a: ID! }', file: 'a' },
    ]);
    expect([...(model?.types.keys() ?? [])]).toEqual(['B', 'A']);
  });

  it('reports everything at once, by place, and then gives no model', () => {
    const text = 'type Thing @key(fields: "kode") @lable(zh: "x") {\n  code: Strng\n  tags: [String!]\n}\nunion U = Thing';
    expect(parseSdl([{ text, file: 'f' }]).model).toBeUndefined();
    expect(problems(text)).toEqual([
      '1:25 error: key field "kode" does not exist in "Thing"; did you mean "code"?',
      '1:33 error: unknown directive "@lable"; did you mean "label"?',
      '2:9 error: unknown type "Strng" of field "Thing.code"; did you mean "String"?',
      '3:9 error: field "Thing.tags" is a list of String, and lists of leaves are not supported; make it one value, or a type of its own with a @key and a @relation',
      '5:1 error: union "U" has no place in the unified schema; keep types, enums and scalars only; queries, filters and inputs are generated',
    ]);
  });

  it('reports a syntax error with its place and still reads the other files', () => {
    const { problems: found } = parseSdl([
      { text: 'type A {\n  b: : }', file: 'a' },
      { text: 'type B @key(fields: "x") { y: Int }', file: 'b' },
    ]);
    expect(found.map(printProblem)).toEqual([
      'a:2:6 error: Syntax Error: Expected Name, found ":"; mend the GraphQL syntax here',
      'b:1:21 error: key field "x" does not exist in "B"; there is only "y"',
    ]);
  });

  it.each([
    ['an unknown argument', 'a: String @label(cn: "x")', '"@label" has no argument "cn"; there are zh, en'],
    ['a missing argument', 'a: Date @pick(relation: "others", field: "at")', '"@pick" needs the argument "orderBy"; write @pick(orderBy: …)'],
    [
      'an argument of a wrong type',
      'a: String @sharing(class: SECRET)',
      'argument "class" of "@sharing" cannot be SECRET; write one of UNCONDITIONAL, CONDITIONAL, NOT_SHARED',
    ],
    ['a directive at a wrong place', 'a: String @key(fields: "a")', '"@key" cannot stand on a field; it belongs on a type'],
    [
      'a directive on a wrong kind of field',
      'a: String @relation(fields: ["code"], references: ["name"])',
      '"@relation" cannot stand on "Thing.a"; it belongs on a field whose type has a @key',
    ],
    ['a directive twice', 'a: String @label(zh: "x") @label(zh: "y")', '"@label" is written twice; keep one of them'],
    ['a field twice', 'code: String', 'field "Thing.code" is defined twice; rename one or delete it'],
    ['an argument of its own', 'a(b: Int): String', 'field "Thing.a" cannot declare the argument "b"; delete it; arguments are generated'],
    [
      'a field that belongs to the hub',
      'id: ID',
      'field name "Thing.id" belongs to the hub; every entity has an opaque "id" already; choose another, such as "number"',
    ],
    ['a field with _ in front', '_x: ID', 'field name "Thing._x" starts with "_"; names with "_" in front belong to the hub; choose another'],
    ['fields that look the same when grouping', 'aB: ID a_b: ID', 'fields "aB" and "a_b" of "Thing" are both A_B when grouping; rename one of them'],
    ['non-null beside the key', 'a: String!', 'field "Thing.a" cannot be non-null; make it nullable: one department’s absence must not wipe the rest'],
    [
      'a non-null relation',
      'a: [Other!]! @relation(fields: ["code"], references: ["name"])',
      'field "Thing.a" cannot be non-null; make it nullable: one department’s absence must not wipe the rest',
    ],
    ['a relation that is not described', 'a: Other', 'field "Thing.a" does not say how "Other" is related; add @relation(fields: […], references: […])'],
    [
      'a relation by an unknown field',
      'a: Other @relation(fields: ["kode"], references: ["name"])',
      'field "kode" does not exist in "Thing"; did you mean "code"?',
    ],
    [
      'a relation by an unknown reference',
      'a: Other @relation(fields: ["code"], references: ["nam"])',
      'field "nam" does not exist in "Other"; did you mean "name"?',
    ],
    [
      'a relation of unequal numbers',
      'a: Other @relation(fields: ["code"], references: ["name", "number"])',
      '"Thing.a" relates 1 fields to 2 references; name as many references as fields, pairwise',
    ],
    [
      'a relation of unequal types',
      'a: Other @relation(fields: ["code"], references: ["at"])',
      '"Thing.code" is String, but "Other.at" is Date; related fields need the same type',
    ],
    [
      'a measure over a to-one relation',
      'o: Other @relation(fields: ["code"], references: ["name"]) a: Int @aggregate(relation: "o", function: COUNT)',
      '"Thing.o" is no to-many relation; there is only "others"',
    ],
    ['a measure over nothing', 'a: Int @aggregate(relation: "othres", function: COUNT)', 'field "othres" does not exist in "Thing"; did you mean "others"?'],
    [
      'a sum of text',
      'a: Decimal @aggregate(relation: "others", function: SUM, field: "name")',
      'SUM of "Other.name" is not possible: it is String; take a field of type Decimal, Int, BigInt or Float',
    ],
    ['a sum of nothing', 'a: Decimal @aggregate(relation: "others", function: SUM)', 'SUM of "Thing.a" has no field; name a field of "Other": field: "…"'],
    [
      'the greatest of booleans',
      'a: Boolean @aggregate(relation: "others", function: MAX, field: "flag")',
      'MAX of "Other.flag" is not possible: it is Boolean; take a number, date or text',
    ],
    ['a count that is no number', 'a: String @aggregate(relation: "others", function: COUNT)', '"Thing.a" is String, but this measure gives Int; make it Int'],
    [
      'a filter that does not parse',
      'a: Int @aggregate(relation: "others", function: COUNT, where: "{ name: ")',
      '"where" of "Thing.a" is no filter in GraphQL’s notation; write it like { status: { eq: PAID } }',
    ],
    [
      'a filter by an unknown field',
      'a: Int @aggregate(relation: "others", function: COUNT, where: "{ nam: { eq: \\"x\\" } }")',
      '"where" of "Thing.a": Field "nam" is not defined by type "OtherWhere"; did you mean "name", ',
    ],
    [
      'a filter by a wrong value',
      'a: Int @aggregate(relation: "others", function: COUNT, where: "{ at: { lt: \\"20230231\\" } }")',
      '"where" of "Thing.a": Date is a day of the calendar, such as "2024-03-01"; got "20230231"; write it as the argument "where" of "others" is written in queries',
    ],
    [
      'an order by an unknown field',
      'a: Date @pick(relation: "others", field: "at", orderBy: "{ on: DESC }")',
      '"orderBy" of "Thing.a": Field "on" is not defined by type "OtherOrderBy"; write it as the argument "orderBy" of "others" is written in queries',
    ],
    [
      'a value for none that is no value',
      'a: Decimal @aggregate(relation: "others", function: SUM, field: "amount", empty: "none")',
      '"none" is no Decimal; write a value that the field can have, such as "0"',
    ],
    [
      'two derivations',
      'a: Decimal @computed(expression: "1") @aggregate(relation: "others", function: SUM, field: "amount")',
      'field "Thing.a" has both @aggregate and @computed; keep one: a value is made in one way',
    ],
    ['a scale that is no scale', 'a: Int @computed(expression: "1", scale: 2)', '"Thing.a" is Int, which has no scale; make it Decimal or delete scale'],
    [
      'a measure in another unit',
      'a: Decimal @unit(code: "WAN_YUAN") @aggregate(relation: "others", function: SUM, field: "cost")',
      '"Thing.a" is in WAN_YUAN, but what it is made of is in YUAN; write @unit(code: "YUAN")',
    ],
    [
      '@from in an entity',
      'a: String @from(field: "code")',
      '"@from" cannot stand on the entity field "Thing.a"; it takes a field of the entity that holds a value type; map the field instead',
    ],
    ['an unknown unit', 'a: Decimal @unit(code: "YUAM")', 'unit "YUAM" is listed by no enum whose values carry @factor; did you mean "YUAN"?'],
    ['a unit of text', 'a: String @unit(code: "YUAN")', '"Thing.a" is String, which has no unit; make it Decimal or delete @unit'],
    [
      'a circle of derivations',
      'a: Decimal @computed(expression: "b + 1.0")\nb: Decimal @computed(expression: "a")',
      '"Thing.a" is derived from itself; break the circle Thing.a → Thing.b → Thing.a',
    ],
    [
      'distinctFrom of another type',
      'a: [Other!] @relation(fields: ["code"], references: ["name"], distinctFrom: true)',
      '"Thing.a" leads to another type, so nothing is to be left out; delete distinctFrom',
    ],
  ])('reports %s', (_, field, expected) => {
    expect(withField(field).join('\n')).toContain(`error: ${expected}`);
  });

  it.each([
    [
      'a value type in a value type',
      'v: V',
      'type V { w: W } type W { x: Int }',
      'error: value type "V" holds the value type "W"; value types nest one level deep; move the fields up',
    ],
    [
      'a relation in a value type',
      'v: V',
      'type V { o: Other @relation(fields: ["x"], references: ["name"]) }',
      'error: value type "V" holds the entity "Other"; put the relation on the entity that holds the value',
    ],
    [
      'a list of a value type',
      'v: [V!]',
      'type V { x: Int }',
      'error: field "Thing.v" is a list of the value type "V"; give "V" a @key so that it is an entity, and relate it',
    ],
    [
      '@from of an unknown field',
      'v: V',
      'type V { x: String @from(field: "kode") }',
      'error: field "kode" does not exist in "Thing", which holds "V.x"; did you mean "code"?',
    ],
    ['@from of another type', 'v: V', 'type V { x: Int @from(field: "code") }', 'error: "V.x" is Int, but "Thing.code" is String; make it String'],
    [
      'coordinates of an unknown field',
      'v: V',
      'type V @coordinates(longitude: "lon", latitude: "lat", datum: "d") { lng: Float lat: Float d: Crs }',
      'error: field "lon" does not exist in "V"; there are lng, lat, d',
    ],
    [
      'coordinates that are text',
      'v: V',
      'type V @coordinates(longitude: "lng", latitude: "lat", datum: "d") { lng: String lat: Float d: Crs }',
      'error: "V.lng" cannot be the longitude; it must be Float or Decimal',
    ],
    [
      'a datum that is no Crs',
      'v: V',
      'type V @coordinates(longitude: "lng", latitude: "lat", datum: "d") { lng: Float lat: Float d: String }',
      'error: "V.d" cannot be the datum; it must be of the enum Crs',
    ],
    ['an unused value type, as a warning', '', 'type V { x: Int }', 'warning: value type "V" is not used; give it a @key if it is an entity, or delete it'],
    [
      'a unit enum with a gap',
      '',
      'enum U { A @factor(value: "1") B }',
      'error: value "B" of "U" has no @factor, but others have; give every value of a unit enum its factor',
    ],
    [
      'a factor of zero',
      '',
      'enum U { A @factor(value: "0.0") }',
      'error: the factor of "U.A" is "0.0", which is no positive decimal; write it in plain notation, such as "10000"',
    ],
    [
      'a unit that two enums list',
      'a: Decimal @unit(code: "YUAN")',
      'enum U { YUAN @factor(value: "1") }',
      'error: unit "YUAN" is listed by MoneyUnit and U; name units so that one enum lists each',
    ],
    [
      'a pattern that engines understand differently',
      '',
      'scalar S @format(pattern: "\\\\w+")',
      'error: the pattern of "S" uses "\\w+", which not every database understands; use literals',
    ],
    ['a reserved ending', '', 'enum OrderEdge { A }', 'error: type name "OrderEdge" ends in "Edge", as generated types do; choose another ending'],
    [
      'the name of a scalar that fields go on meaning',
      'on: Date',
      'type Date { day: String }',
      'error: type name "Date" belongs to the hub; choose another, such as "DateRecord"',
    ],
    ['a reserved name', '', 'enum Severity { A }', 'error: type name "Severity" belongs to the hub; choose another, such as "SeverityRecord"'],
    ['a type twice', '', 'enum A { A }\nscalar A', 'error: "A" is defined twice; rename one or delete it; the other is at f:5'],
    [
      'colliding root fields',
      '',
      'type Node2 @key(fields: "a") @names(one: "node") { a: ID! }',
      'error: root field "node" of "Node2" belongs to the hub already; choose another with @names(one:, many:)',
    ],
    [
      'root fields of two types that collide',
      '',
      'type A @key(fields: "a") @names(many: "things") { a: ID! }',
      'error: root field "things" of "Thing" belongs to "A" already; choose another with @names(one:, many:)',
    ],
    ['a nullable key', '', 'type A @key(fields: "a") { a: ID }', 'error: key field "A.a" is nullable; write ID!'],
    [
      'a key that is no leaf',
      '',
      'type A @key(fields: "a") { a: Other @relation(fields: ["b"], references: ["name"]) b: String }',
      'error: key field "A.a" is no leaf; a key is made of scalars and enums',
    ],
    [
      'a key without equality',
      '',
      'type A @key(fields: "a") { a: JSON! }',
      'error: key field "A.a" is of type JSON, whose values have no exact equality; use a text, number or date scalar',
    ],
  ])('reports %s', (_, field, rest, expected) => {
    expect(withField(field, rest).join('\n')).toContain(expected);
  });

  it('accepts the sound parts that these cases are made of', () => {
    expect(
      withField(
        'a: Decimal @unit(code: "YUAN") @aggregate(relation: "others", function: SUM, field: "cost", where: "{ flag: { eq: true } thing: { code: { eq: \\"x\\" } } }")',
      ),
    ).toEqual([]);
  });
});
