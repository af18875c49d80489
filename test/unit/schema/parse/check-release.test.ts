import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../schema/errors/problem.ts';
import { checkRelease } from '../../../../schema/parse/check-release.ts';
import { parseAlertRules } from '../../../../schema/parse/alert-rules.ts';
import { parseChecks } from '../../../../schema/parse/checks.ts';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';
import { parseMapping } from '../../../../schema/parse/mapping.ts';
import { parseNormalizers } from '../../../../schema/parse/normalizers.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const SDL = `scalar Decimal
scalar Date
scalar JSON
scalar ProjectCode @format(pattern: "\\\\d{4}-\\\\d{6}", normalize: "projectCode")
enum Crs { AS_SUPPLIED WGS84 CGCS2000 GCJ02 BD09 }
enum Status { ENTERED PAID }
type Point @coordinates(longitude: "lng", latitude: "lat", datum: "datum") { lng: Decimal lat: Decimal datum: Crs }
type Project @key(fields: "code") @authority(department: "development") {
  code: ProjectCode!
  name: String
  key: Boolean
  extra: JSON
  location: Point
  payments: [Payment!] @relation(fields: ["code"], references: ["projectCode"])
  paid: Decimal @aggregate(relation: "payments", function: SUM, field: "amount", empty: "0")
}
type Payment @key(fields: "voucherNo") @authority(department: "finance") {
  voucherNo: String!
  projectCode: ProjectCode
  amount: Decimal
  paidOn: Date
  status: Status
  project: Project @relation(fields: ["projectCode"], references: ["code"])
}
`;
const HUB = `departments: { development: , finance: }
sources:
  development: { department: development, kind: sqlite, url: "sqlite:a" }
  finance: { department: finance, kind: sqlite, url: "sqlite:b" }
`;
const DEVELOPMENT = `source: development
types:
  Project:
    rows: inv_project
    key: project_id
    fields:
      code: { column: project_code, normalize: projectCode }
      name: project_name
      key: { column: is_key, boolean: { true: "1", false: "0" } }
      extra: { json: ext_attrs }
      location.lng: { json: ext_attrs, path: site.lng, number: plain }
      location.lat: { json: ext_attrs, path: site.lat, number: plain }
      location.datum: { constant: CGCS2000 }
`;
const FINANCE = `source: finance
types:
  Payment:
    rows: zf_zfpz
    key: pzh
    fields:
      voucherNo: pzh
      projectCode: { column: xmdm, crosswalk: Project }
      amount: { column: zje, scale: "0.01" }
      paidOn: { column: zfrq, date: yyyyMMdd }
      status: { column: zt, codes: { "0": ENTERED, "2": PAID } }
crosswalks:
  Project: { table: xm_xxb, local: xmdm, canonical: { column: tydm, normalize: projectCode }, evidence: { name: xmmc } }
`;
const NORMALIZERS = 'projectCode: { keep: digits }';
const CHECKS = `- check: UNPAID
  subject: Project
  select: "{ code paid location { datum } payments { nodes { amount } } }"
  when: "paid == 0"
  severity: NOTICE
  title: { zh: 未付款, en: Unpaid }
`;

const RULES = `- rule: unpaid
  subject: Project
  select: "{ code paid location { datum } payments { nodes { amount } } }"
  when: "paid == 0"
  for: 10m
  severity: WARNING
  title: { zh: 未付款, en: Unpaid }
`;

interface Files {
  readonly sdl: string;
  readonly hub: string;
  readonly development: string;
  readonly finance: string;
  readonly more: string;
  readonly normalizers: string;
  readonly checks: string;
  readonly rules: string;
}

const FILES: Files = { sdl: SDL, hub: HUB, development: DEVELOPMENT, finance: FINANCE, more: '', normalizers: NORMALIZERS, checks: CHECKS, rules: RULES };

function missing(what: string): never {
  throw new TypeError(`expected ${what}`);
}

function problemsOf(files: Partial<Files>): string[] {
  const all = { ...FILES, ...files };
  const parsed = {
    model: parseSdl([{ text: all.sdl, file: 'unified.graphql' }]),
    mappings: [
      ['development', all.development],
      ['finance', all.finance],
      ['more', all.more],
    ].flatMap(([file, text]) => (text === '' ? [] : [parseMapping(text ?? '', `${file}.yaml`)])),
    normalizers: parseNormalizers(all.normalizers, 'normalizers.yaml'),
    checks: parseChecks(all.checks, 'checks.yaml'),
    rules: parseAlertRules(all.rules, 'alerts.yaml'),
    configuration: parseConfiguration(all.hub, 'hub.yaml', {}),
  };
  const own: Problem[] = [
    ...parsed.model.problems,
    ...parsed.mappings.flatMap((mapping) => mapping.problems),
    ...parsed.normalizers.problems,
    ...parsed.checks.problems,
    ...parsed.rules.problems,
    ...parsed.configuration.problems,
  ];
  expect(own.filter((problem) => problem.severity === 'error')).toEqual([]);
  const problems = checkRelease({
    model: parsed.model.model ?? missing('model'),
    mappings: parsed.mappings.flatMap(({ mapping }) => mapping ?? []),
    normalizers: parsed.normalizers.normalizers ?? missing('normalisers'),
    checks: parsed.checks.checks ?? missing('checks'),
    rules: parsed.rules.rules ?? missing('rules'),
    policies: [],
    configuration: parsed.configuration.configuration ?? missing('configuration'),
  });
  return problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.severity}: ${p.message}; ${p.remedy}`);
}

const inFinance = (from: string, to: string): Partial<Files> => ({ finance: replace(FINANCE, from, to) });
const inDevelopment = (from: string, to: string): Partial<Files> => ({ development: replace(DEVELOPMENT, from, to) });
const inSdl = (from: string, to: string): Partial<Files> => ({ sdl: replace(SDL, from, to) });
const inChecks = (from: string, to: string): Partial<Files> => ({ checks: replace(CHECKS, from, to) });

function replace(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, () => to);
}

const PAYMENT = 'source: finance\ntypes:\n  Payment: { rows: t, key: k, fields: { voucherNo: k } }\n';

describe('checkRelease', () => {
  it('finds nothing wrong with a sound release', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each<{ problem: string; files: () => Partial<Files> }>([
    { problem: 'finance.yaml:1:1 error: there is no source "finanse"; did you mean "finance"?', files: () => inFinance('source: finance', 'source: finanse') },
    { problem: 'finance.yaml:3:3 error: there is no unified type "Paymnet"; did you mean "Payment"?', files: () => inFinance('Payment:', 'Paymnet:') },
    {
      problem: 'more.yaml:3:3 error: source "finance" maps "Payment" twice (also in finance.yaml); put all of it into one mapping',
      files: () => ({ more: PAYMENT }),
    },
    {
      problem: 'more.yaml:3:3 error: "Point" is no entity but a value inside others; map its leaves where it stands, as field.leaf',
      files: () => ({ more: PAYMENT.replace('Payment', 'Point') }),
    },
    // Fields.
    { problem: 'finance.yaml:9:7 error: "Payment" has no field "amuont"; did you mean "amount"?', files: () => inFinance('amount:', 'amuont:') },
    {
      problem: 'finance.yaml:9:7 error: "Payment.project" is a relation to "Project" and has no value of its own; map "projectCode", by which it is related',
      files: () => inFinance('amount: { column: zje, scale: "0.01" }', 'project: zje'),
    },
    {
      problem:
        'development.yaml:8:7 error: "Project.paid" is derived (@aggregate) and takes no value from a source; remove it from the mapping, or its directive from the schema',
      files: () => inDevelopment('name:', 'paid:'),
    },
    {
      problem: 'development.yaml:10:7 error: "Project.location" is made of parts; map each: location.lng, location.lat, location.datum',
      files: () => inDevelopment('extra: { json: ext_attrs }', 'location: x'),
    },
    { problem: 'development.yaml:11:7 error: "Point" has no field "lnng"; did you mean "lng"?', files: () => inDevelopment('location.lng', 'location.lnng') },
    { problem: 'development.yaml:8:7 error: "Project.name" has no parts; write "name"', files: () => inDevelopment('name:', 'name.zh:') },
    {
      problem:
        'finance.yaml:6:5 error: the mapping of "Payment" gives its key field "voucherNo" no value; map "voucherNo"; where this source has a key of its own, through a crosswalk',
      files: () => inFinance('      voucherNo: pzh\n', ''),
    },
    {
      problem:
        'finance.yaml:9:30 error: "date" makes no Decimal, which "Payment.amount" is; "date" is for Date, DateTime, YearMonth; remove it or change the field\'s type',
      files: () => inFinance('scale: "0.01"', 'date: yyyyMMdd'),
    },
    {
      problem: 'finance.yaml:11:52 error: code "2" of "Payment.status" becomes "PAYED", which is no value of Status; did you mean "PAID"?',
      files: () => inFinance('PAID', 'PAYED'),
    },
    {
      problem: 'development.yaml:13:25 error: "Project.location.datum" is the constant "CGCS200", which is no value of Crs; did you mean "CGCS2000"?',
      files: () => inDevelopment('CGCS2000', 'CGCS200'),
    },
    {
      problem: 'finance.yaml:10:17 error: "Payment.paidOn" is the constant "2023-02-31", which is no Date; write it as 2024-01-31',
      files: () => inFinance('{ column: zfrq, date: yyyyMMdd }', '{ constant: 2023-02-31 }'),
    },
    {
      problem: 'development.yaml:7:15 error: "Project.code" is the constant "x", which is no ProjectCode; it must match \\d{4}-\\d{6}',
      files: () => inDevelopment('{ column: project_code, normalize: projectCode }', '{ constant: x }'),
    },
    {
      problem:
        'development.yaml:10:7 error: "Project.extra" is JSON and must be read from a column as it is; write { json: column } or { json: column, path: … } alone',
      files: () => inDevelopment('extra: { json: ext_attrs }', 'extra: { json: ext_attrs, fold: true }'),
    },
    {
      problem: 'development.yaml:8:15 error: "Project.name" is String, not JSON, so it needs one value of the JSON; add "path", e.g. path: site.lng',
      files: () => inDevelopment('name: project_name', 'name: { json: ext_attrs }'),
    },
    {
      problem:
        'development.yaml:11:7 error: the point "Project.location" has no "datum"; say which datum the source uses, e.g. location.datum: { constant: CGCS2000 }',
      files: () => inDevelopment('      location.datum: { constant: CGCS2000 }\n', ''),
    },
    {
      problem: 'development.yaml:7:37 error: there is no normaliser "projectCod"; did you mean "projectCode"?',
      files: () => inDevelopment('normalize: projectCode', 'normalize: projectCod'),
    },
    // Crosswalks.
    {
      problem:
        'finance.yaml:8:36 error: "Payment.projectCode" goes through the crosswalk "Projct", which source "finance" does not have; did you mean "Project"?',
      files: () => inFinance('crosswalk: Project', 'crosswalk: Projct'),
    },
    {
      problem:
        'development.yaml:7:37 error: "Project.code" goes through the crosswalk "Project", which source "development" does not have; add it under "crosswalks": Project: { table: …, local: …, canonical: … }',
      files: () => inDevelopment('normalize: projectCode', 'crosswalk: Project'),
    },
    {
      problem: 'finance.yaml:9:31 warning: "Payment.amount" is Decimal, but the key of "Project" is ProjectCode; declare the field as ProjectCode',
      files: () => inFinance('scale: "0.01"', ' crosswalk: Project'),
    },
    {
      problem: 'finance.yaml:13:3 error: "Point" has no key, so nothing can be matched to it; a crosswalk leads to an entity; give the type a @key',
      files: () => inFinance('  Project: { table', '  Point: { table'),
    },
    {
      problem: 'finance.yaml:13:107 error: "Project" has no field "nmae" to compare by; did you mean "name"?',
      files: () => inFinance('name: xmmc', 'nmae: xmmc'),
    },
    {
      problem: 'finance.yaml:13:69 error: there is no normaliser "uscc"; there is only "projectCode"',
      files: () => inFinance('tydm, normalize: projectCode', 'tydm, normalize: uscc'),
    },
    {
      problem: 'more.yaml:2:15 error: source "finance" has two crosswalks for "Project" (the other in finance.yaml); keep one',
      files: () => ({ more: 'source: finance\ncrosswalks: { Project: { table: a, local: b, canonical: c } }' }),
    },
    {
      problem:
        'development.yaml:14:26 error: the crosswalk "Project" takes its key from "Project.code", which comes through the same crosswalk; add "canonical" with the column that holds the canonical key',
      files: () => ({
        development: `${DEVELOPMENT.replace('normalize: projectCode', 'crosswalk: Project')}crosswalks: { Project: { of: Project, local: a } }\n`,
      }),
    },
    {
      problem:
        'finance.yaml:13:3 error: the mapping of "Project" by its authority "development" does not say which column is its own key; add to it crosswalks: Project: { of: Project, local: <a column that identifies a row> }',
      files: () => inDevelopment('key: project_id', 'key: [project_id, version_no]'),
    },
    {
      problem: 'finance.yaml:13:3 error: "Project" has no authority, so nothing says which keys exist; add @authority(department: …) to the type',
      files: () => inSdl(' @authority(department: "development")', ''),
    },
    // Authorities.
    {
      problem: 'unified.graphql:8:6 error: the authority of "Project" is "developement", which is no department; did you mean "development"?',
      files: () => inSdl('"development"', '"developement"'),
    },
    {
      problem:
        'unified.graphql:17:6 warning: no source of department "development", its authority, maps "Payment", so it is always empty; map it, or remove the type',
      files: () => inSdl('department: "finance"', 'department: "development"'),
    },
    {
      problem: 'unified.graphql:12:3 warning: no source gives "Project.extra" a value, so it is always null; map it, or remove the field',
      files: () => inDevelopment('      extra: { json: ext_attrs }\n', ''),
    },
    {
      problem: 'unified.graphql:10:3 warning: no source gives "Project.name" a value, so it is always null; map it, or remove the field',
      files: () => inDevelopment('      name: project_name\n', ''),
    },
    {
      problem: 'unified.graphql:9:3 error: the scalar ProjectCode names the normaliser "code", which does not exist; there is only "projectCode"',
      files: () => inSdl('normalize: "projectCode"', 'normalize: "code"'),
    },
    // Checks.
    {
      problem: 'checks.yaml:2:3 error: there is no unified type "Projekt"; did you mean "Project"?',
      files: () => inChecks('subject: Project', 'subject: Projekt'),
    },
    {
      problem: 'checks.yaml:3:3 error: check UNPAID selects "payd", which "Project" does not have; did you mean "paid"?',
      files: () => inChecks('paid', 'payd'),
    },
    {
      problem: 'checks.yaml:3:3 error: check UNPAID selects "dattum", which "Point" does not have; did you mean "datum"?',
      files: () => inChecks('datum', 'dattum'),
    },
    {
      problem: 'checks.yaml:3:3 error: check UNPAID does not say what of "Project.location" it needs; write location { … }',
      files: () => inChecks('location { datum }', 'location'),
    },
    {
      problem: 'checks.yaml:3:3 error: check UNPAID selects parts of "Project.paid", which has none; write "paid"',
      files: () => inChecks('paid ', 'paid { x } '),
    },
    {
      problem: 'checks.yaml:7:3 error: there are two checks "UNPAID" (the other in checks.yaml:1); give each its own code',
      files: () => ({ checks: CHECKS + CHECKS }),
    },
    {
      problem: 'alerts.yaml:3:3 error: rule unpaid selects "piad", which "Project" does not have; did you mean "paid"?',
      files: () => ({ rules: RULES.replace(' paid ', ' piad ') }),
    },
    {
      problem: 'alerts.yaml:8:3 error: there are two rules "unpaid" (the other in alerts.yaml:1); give each its own name',
      files: () => ({ rules: RULES + RULES }),
    },
  ])('reports $problem', ({ problem, files }) => {
    expect(problemsOf(files())).toContain(problem);
  });

  it('reports all at once, in the order of the files', () => {
    const problems = problemsOf({ ...inFinance('PAID', 'PAYED'), ...inDevelopment('name:', 'nmae:'), ...inChecks('datum', 'dattum') });
    expect(problems.map((line) => line.split(' ')[0])).toEqual(['checks.yaml:3:3', 'development.yaml:8:7', 'finance.yaml:11:52', 'unified.graphql:10:3']);
  });
});
