import { describe, expect, it } from 'vitest';
import type { ReleaseFile, ReleasePart } from '../../../../schema/model/release.ts';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';
import { parseRelease, type ReleaseReading } from '../../../../schema/parse/parse-release.ts';
import { unsaid } from '../../../../schema/parse/unsaid.ts';

const SDL = `scalar Code @format(pattern: "\\\\d+", normalize: "code")
enum Crs { WGS84 }
type Point @coordinates(longitude: "lng", latitude: "lat", datum: "datum") { lng: Decimal lat: Decimal datum: Crs }
type Project @key(fields: "code") @authority(department: "a") { code: Code! name: String at: Point }
type Payment @key(fields: "no") @authority(department: "b") { no: String! project: Code amount: Decimal note: String }
`;
const PROJECTS = `source: a
types:
  Project: { rows: xm, key: id, fields: { code: { column: id, normalize: code }, name: mc, at.lng: x, at.lat: y, at.datum: { constant: WGS84 } } }
`;
const PAYMENTS = `source: b
types:
  Payment:
    rows: zf
    key: pzh
    fields:
      no: pzh
      project: { column: xm, crosswalk: Project }
      amount: { column: je, scale: "0.01" }
      note: bz
crosswalks:
  Project: { table: xm, local: xm, canonical: { column: dm, normalize: code } }
`;
const NORMALIZERS = 'code: { keep: digits }\n';
const POLICY = `department: b
rules:
  - { for: everyone, types: { Payment: { fields: { note: visible } }, Project: { fields: { name: visible } } } }
`;
const configuration = parseConfiguration(
  'departments: { a: , b: }\nsources:\n  a: { department: a, kind: sqlite, url: "sqlite:a" }\n  b: { department: b, kind: sqlite, url: "sqlite:b" }\n',
  'hub.yaml',
  {},
).configuration!;

type Texts = Partial<Record<'projects' | 'payments' | 'normalizers' | 'policy', string>>;

function read(texts: Texts): ReleaseReading {
  const file = (part: ReleasePart, path: string, text: string): ReleaseFile => ({ part, path, text });
  return parseRelease(
    [
      file('schema', 'schema.graphql', SDL),
      file('mappings', 'a.yaml', texts.projects ?? PROJECTS),
      file('mappings', 'b.yaml', texts.payments ?? PAYMENTS),
      file('normalizers', 'n.yaml', texts.normalizers ?? NORMALIZERS),
      ...(texts.policy === undefined ? [] : [file('policy', 'p.yaml', texts.policy)]),
    ],
    configuration,
  );
}

const messages = ({ problems }: ReleaseReading): string[] => problems.map(({ file, line, message }) => `${file}:${line} ${message}`);

function replace(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, () => to);
}

describe('parseRelease', () => {
  it('finds nothing wrong with the sound release', () => {
    const { release, problems } = read({});
    expect([release?.mappings.length, problems]).toEqual([2, []]);
  });

  it.each<[string, Texts, readonly string[]]>([
    ['a field', { payments: replace(PAYMENTS, 'scale:', 'scal:') }, ['b.yaml:9 unknown key "scal" in types.Payment.fields.amount']],
    ['a key field', { payments: replace(PAYMENTS, 'no: pzh', 'no: { colum: pzh }') }, ['b.yaml:7 unknown key "colum" in types.Payment.fields.no']],
    ['a type', { payments: replace(PAYMENTS, '    key: pzh\n', '') }, ['b.yaml:3 types.Payment has no "key"']],
    [
      'a crosswalk',
      { payments: replace(PAYMENTS, 'local: xm', 'locl: xm') },
      ['b.yaml:12 crosswalks.Project has no "local"', 'b.yaml:12 unknown key "locl" in crosswalks.Project'],
    ],
    ['half of a point', { projects: replace(PROJECTS, 'at.lng: x', 'at.lng: []') }, ['a.yaml:3 types.Project.fields.at.lng cannot be a list']],
    ['a source’s name', { payments: replace(PAYMENTS, 'source: b', 'source: [b]') }, ['b.yaml:1 source cannot be a list']],
    ['a source that is not there', { payments: replace(PAYMENTS, 'source: b', 'source: bb') }, ['b.yaml:1 there is no source "bb"']],
    ['a file of mappings that is no YAML', { payments: `${PAYMENTS}}` }, [expect.stringMatching(/^b\.yaml:13 /) as unknown as string]],
    ['a normaliser', { normalizers: 'code: { fold: 1 }' }, ['n.yaml:1 code.fold cannot be the number 1']],
    ['a file of normalisers that is no YAML', { normalizers: 'code: {' }, [expect.stringMatching(/^n\.yaml:1 /) as unknown as string]],
    [
      'what a policy is about',
      { payments: replace(PAYMENTS, 'note: bz', 'note: []'), policy: replace(POLICY, ', Project: { fields: { name: visible } }', '') },
      ['b.yaml:10 types.Payment.fields.note cannot be a list'],
    ],
  ])('tells a fault in %s alone, not what seems to be missing because of it', (_what, texts, expected) => {
    const reading = read(texts);
    expect(messages(reading)).toEqual(expected);
    expect(reading.release).toBeUndefined();
    expect(reading.partial).toBeDefined();
  });

  it('goes on with what is left, so that its mistakes are told too', () => {
    const reading = read({ payments: replace(replace(PAYMENTS, 'scale:', 'scal:'), 'note: bz', 'notes: bz') });
    expect(messages(reading)).toEqual(['b.yaml:9 unknown key "scal" in types.Payment.fields.amount', 'b.yaml:10 "Payment" has no field "notes"']);
    expect([...reading.partial!.mappings[1]!.types.get('Payment')!.fields.keys()]).toEqual(['no', 'project', 'notes']);
  });

  it('still warns of a type that nobody maps', () => {
    expect(messages(read({ payments: 'source: b\ntypes: { Project: { rows: t, key: k, fields: { code: { column: k, scal: 1 } } } }' }))).toEqual([
      expect.stringContaining('unknown key "scal"'),
      'schema.graphql:5 no source of department "b", its authority, maps "Payment", so it is always empty',
    ]);
  });

  it('still says that a field is not a department’s to share', () => {
    expect(messages(read({ payments: replace(PAYMENTS, 'scale:', 'scal:'), policy: POLICY }))).toContain("p.yaml:3 Project.name is not b's to share");
  });
});

describe('unsaid', () => {
  const at = (line: number, column: number) => ({ file: 'b.yaml', line, column, message: 'm', remedy: 'r', severity: 'error' as const });
  it('leaves out what stands where something has been said, and what a left-out part would have given', () => {
    const reading = read({ payments: replace(replace(PAYMENTS, 'scale:', 'scal:'), 'local: xm', 'locl: xm') });
    const [type, crosswalk, fault] = [at(3, 3), at(8, 30), at(9, 29)];
    expect(unsaid(reading, [type, crosswalk, fault, at(10, 7)])).toEqual([at(10, 7)]);
    expect(unsaid(read({}), [type, crosswalk, fault])).toEqual([type, crosswalk, fault]);
  });
});
