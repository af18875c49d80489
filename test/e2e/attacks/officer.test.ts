import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectPattern } from '../../../schema/parse/portable-pattern.ts';
import { parseMapping } from '../../../schema/parse/mapping.ts';
import { parseYaml } from '../../../schema/parse/yaml.ts';
import { parseConfiguration } from '../../../schema/parse/configuration.ts';
import { SOURCE_KINDS } from '../../../connectors/registry.ts';
import { codes, demoConfigurationWith, patiently, startTestHub, type Answer, type TestHub } from '../../helpers/hub.ts';
import { as } from '../../helpers/people.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ configurationFile: demoConfigurationWith('limits: { publishesPerMinute: 1000 }') });
});
afterAll(() => hub[Symbol.asyncDispose]());
const post: TestHub['post'] = (...asked) => patiently(() => hub.post(...asked));

/** A draft of one changed file, as an officer saves it. */
async function draft(
  person: 'finance-officer' | 'steward',
  file: { part: string; path: string; text: string },
): Promise<{ readonly saved: Answer; validate(): Promise<Answer>; publish(): Promise<Answer> }> {
  const headers = await as(hub, person);
  const made = await post('mutation { createDraft(title: "x") { id revision } }', {}, headers);
  const { id, revision } = made.body.data.createDraft;
  const saved = await post(
    'mutation($id: Int!, $revision: Int!, $files: [DraftFileInput!]!) { saveDraft(id: $id, revision: $revision, files: $files) { id revision } }',
    { id, revision, files: [file] },
    headers,
  );
  const now = saved.body.data?.saveDraft?.revision ?? revision;
  return {
    saved,
    validate: async () => post('query($id: Int!) { draft(id: $id) { validation(sample: 0) { ok problems { message severity } } } }', { id }, headers),
    publish: async () =>
      post('mutation($id: Int!, $revision: Int!) { publishDraft(id: $id, revision: $revision, why: "x") { number } }', { id, revision: now }, headers),
  };
}

describe('A14 SQL in a mapping', () => {
  const EVIL = [
    'name); DROP TABLE person;--',
    '(select passwd from pg_shadow limit 1)',
    "pg_read_file('/etc/passwd')",
    "LOAD_FILE('/etc/passwd')",
    "x INTO OUTFILE '/tmp/x'",
    "ATTACH DATABASE 'x' AS y",
    "load_extension('x')",
    'a; select 1',
    'a/**/b',
    'a -- b',
    '`a`',
  ];

  it.each(EVIL)('%j is a name that no table has', async (evil) => {
    const text = `source: finance\ntypes:\n  Payment:\n    from: zf_zfpz\n    key: ${JSON.stringify(evil)}\n    fields:\n      amount: { column: ${JSON.stringify(evil)} }\n`;
    const { problems } = parseMapping(text, 'm.yaml');
    const saved = await draft('finance-officer', { part: 'MAPPINGS', path: 'finance/mapping.yaml', text });
    const { body } = await saved.validate();
    const found = [
      ...problems.map(({ message }) => message),
      ...(body.data?.draft?.validation?.problems ?? []).map(({ message }: { message: string }) => message),
    ];
    expect(found.length).toBeGreaterThan(0);
    expect((await saved.publish()).body.data?.publishDraft).toBeUndefined();
  });

  it.each(EVIL)('%j is no expression', (evil) => {
    const text = `source: finance\ntypes:\n  Payment:\n    from: zf_zfpz\n    fields:\n      amount: { expression: ${JSON.stringify(evil)} }\n`;
    expect(parseMapping(text, 'm.yaml').problems.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
  });
});

describe('A15 files that want to be too much', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 8 }, (_, i) => `${'bcdefghi'[i]}: &${'bcdefghi'[i]} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]`),
  ].join('\n');

  it.each([
    ['an alias bomb', bomb],
    ['a function', 'a: !!js/function "function () { return 1 }"'],
    ['a merge key', 'a: &a { x: 1 }\nb:\n  <<: *a'],
    ['a key twice', 'a: 1\na: 2'],
    ['ten megabytes', `a: ${'x'.repeat(10_000_000)}`],
    ['a thousand levels', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
    ['a key of JavaScript', '__proto__: { isAdmin: true }'],
    ['a constructor', 'constructor: { prototype: { isAdmin: true } }'],
  ])('%s is refused at once', (_what, text) => {
    const from = performance.now();
    const { problems } = parseYaml(text, 'x.yaml');
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(problems.length).toBeGreaterThan(0);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it('what YAML takes for something else stays what was written', () => {
    const { value } = parseYaml('a: on\nb: no\nc: 1e3\nd: 0x1F\ne: 012', 'x.yaml');
    expect({ ...(value as object) }).toEqual({ a: 'on', b: 'no', c: '1e3', d: '0x1F', e: '012' });
  });
});

describe('A17 A58 what is another’s', () => {
  it.each([
    ['another department’s mapping', { part: 'MAPPINGS', path: 'housing/mapping.yaml', text: 'source: housing\n' }],
    ['a mapping of another department’s source in one’s own file', { part: 'MAPPINGS', path: 'finance/mapping.yaml', text: 'source: housing\ntypes: {}\n' }],
    ['the unified schema', { part: 'SCHEMA', path: '../schema/unified/project.graphql', text: 'type Project { code: ID }' }],
    ['another department’s rules', { part: 'RULES', path: 'audit/alerts.yaml', text: 'rules: []' }],
    ['a path out of the folder', { part: 'MAPPINGS', path: '../../etc/mapping.yaml', text: 'source: finance\n' }],
    ['an absolute path', { part: 'MAPPINGS', path: '/etc/passwd', text: 'source: finance\n' }],
    ['a path with a null', { part: 'MAPPINGS', path: 'finance/mapping.yaml\0.x', text: 'source: finance\n' }],
    ['a path of Windows', { part: 'MAPPINGS', path: '..\\..\\mapping.yaml', text: 'source: finance\n' }],
  ])('%s cannot be changed', async (_what, file) => {
    const before = (await post('{ release { number digest } }')).body.data.release;
    const made = await draft('finance-officer', file);
    const { saved } = made;
    expect(saved.body.data?.saveDraft).toBeUndefined();
    for (const code of codes(saved)) expect(['FORBIDDEN_FIELD', 'BAD_USER_INPUT', 'MAPPING_INVALID']).toContain(code);
    await made.publish();
    expect((await post('{ release { number digest } }')).body.data.release).toEqual(before);
  });

  it('drafts are changed, discarded and published, and releases restored, by the department whose files differ', async () => {
    const [own, other] = [await as(hub, 'finance-officer'), await as(hub, 'housing-officer')];
    const { number, files } = (await post('{ release { number files { path text } } }')).body.data.release;
    const fileOf = (name: string): { path: string; text: string } => files.find((file: { path: string }) => file.path.endsWith(name));
    const edit = async (headers: Readonly<Record<string, string>>, file: string) => {
      const { id } = (await post('mutation { createDraft(title: "x") { id } }', {}, headers)).body.data.createDraft;
      const { path: place, text } = fileOf(file);
      const input = [{ part: 'POLICY', path: place, text: `${text}# stricter\n` }];
      const save = 'mutation($id: Int!, $files: [DraftFileInput!]!) { saveDraft(id: $id, revision: 1, files: $files) { revision } }';
      expect((await post(save, { id, files: input }, headers)).body.data.saveDraft).toEqual({ revision: 2 });
      return (step: string, by = headers) => post(`mutation { step: ${step}(id: ${id}, revision: 2${step === 'publishDraft' ? ', why: "x"' : ''}) { ${step === 'publishDraft' ? 'number' : 'id'} } }`, {}, by); // prettier-ignore
    };
    const restore = (to: number, by: Readonly<Record<string, string>>) => post(`mutation { restoreRelease(number: ${to}, why: "x") { number } }`, {}, by);
    const step = await edit(own, 'finance/policy.yaml');
    for (const name of ['rebaseDraft', 'discardDraft', 'publishDraft']) expect(codes(await step(name, other))).toEqual(['FORBIDDEN_FIELD']);
    expect((await step('publishDraft')).body.data.step).toEqual({ number: number + 1 });
    expect(codes(await restore(number, other))).toEqual(['FORBIDDEN_FIELD']);
    expect((await restore(number, own)).body.data.restoreRelease).toEqual({ number: number + 2 });
    const housing = await edit(other, 'housing/policy.yaml');
    expect((await housing('publishDraft')).body.data.step).toEqual({ number: number + 3 });
    expect((await restore(number, other)).body.data.restoreRelease).toEqual({ number: number + 4 });
  });

  it('a policy speaks for the department in whose folder it is', async () => {
    const text = 'department: finance\nrules: [{ for: everyone, types: { Payment: visible } }]\n';
    const headers = await as(hub, 'housing-officer');
    const { id } = (await post('mutation { createDraft(title: "x") { id } }', {}, headers)).body.data.createDraft;
    const save = 'mutation($id: Int!, $files: [DraftFileInput!]!) { saveDraft(id: $id, revision: 1, files: $files) { revision } }';
    const { files } = (await post('{ release { files { part path } } }')).body.data.release;
    const places: string[] = files.filter(({ part }: { part: string }) => part === 'POLICY').map(({ path: place }: { path: string }) => place);
    expect(places).toHaveLength(4);
    for (const place of places) expect(codes(await post(save, { id, files: [{ part: 'POLICY', path: place, text }] }, headers))).toEqual(['FORBIDDEN_FIELD']);
  });

  it('the lab shows of others’ operations what the officer could ask', async () => {
    await post('query Hidden { payments(first: 1) { nodes { amount } } }');
    await post('query Seen { projects(first: 1) { nodes { name } } }');
    const headers = await as(hub, 'housing-officer');
    const { id } = (await post('mutation { createDraft(title: "x") { id } }', {}, headers)).body.data.createDraft;
    const trials = async (by: Readonly<Record<string, string>>): Promise<string[]> =>
      (await post('query($id: Int!) { draft(id: $id) { lab { name } } }', { id }, by)).body.data.draft.lab.map(({ name }: { name: string }) => name);
    expect(await trials({})).toEqual(expect.arrayContaining(['Hidden', 'Seen']));
    const own = await trials(headers);
    expect(own).toContain('Seen');
    expect(own).not.toContain('Hidden');
  });

  it('fields that an input does not have are refused', async () => {
    const query = 'mutation($files: [DraftFileInput!]!) { saveDraft(id: 1, revision: 1, files: $files) { id } }';
    const files = [{ part: 'MAPPINGS', path: 'finance/mapping.yaml', text: 'x', status: 'PUBLISHED', approvedBy: 'security', department: 'housing' }];
    expect(codes(await post(query, { files }, await as(hub, 'finance-officer')))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('A51 patterns that never end', () => {
  it.each(['(a+)+', '(a*)*', '(a|a)+', '(a|ab)*', '([a-z]+)*', '((a)+)+', '((a|a))+', '(?:(?:a|b)?)+', '(?:a?){20}', 'a*a*a*a*a*a*a*b'])(
    '%s is refused',
    (pattern) => {
      expect(inspectPattern(pattern).fault).toMatch(/several ways|without an end/);
    },
  );

  it.each(['(?:ab|cd)+', String.raw`(\d{2}-)+`, String.raw`[A-Z]\d{2}\d*`, '(?:第)?[0-9]+号?', '(?:x|y|[a-z]){3}'])('%s is taken', (pattern) => {
    expect(inspectPattern(pattern).fault).toBeUndefined();
  });
});

describe('A54 addresses', () => {
  it.each(['http://169.254.169.254/', 'http://2852039166/', 'file:///etc/passwd', 'gopher://x', 'http://[::ffff:169.254.169.254]/'])(
    '%s is no source that the hub would open',
    (url) => {
      const text = `departments: { a: }\nsources: { a: { department: a, kind: http, url: "${url}" } }\n`;
      const { configuration, problems } = parseConfiguration(text, 'hub.yaml', {}, { kinds: SOURCE_KINDS });
      expect(configuration).toBeUndefined();
      expect(problems.map(({ message }) => message).join()).not.toContain('169.254');
    },
  );

  it('an officer has no field for an address', async () => {
    const { body } = await post('{ __schema { types { kind name inputFields { name } } } }');
    const inputs: { name: string; inputFields: { name: string }[] | null }[] = body.data.__schema.types;
    expect(
      inputs
        .flatMap(({ name, inputFields }) =>
          (inputFields ?? []).filter((field) => /url|host|address$/i.test(field.name)).map((field) => `${name}.${field.name}`),
        )
        .filter((name) => !/Where|OrderBy|GroupBy|Having/.test(name)),
    ).toEqual([]);
  });
});

describe('A55 files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'yiwang-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const yiwang = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, [path.resolve(import.meta.dirname, '../../../scripts/cli.ts'), ...args], {
      env: { ...process.env, NODE_ENV: 'production' },
    }).catch((error: { stdout: string; stderr: string }) => error);

  it.each([
    ['/etc/passwd', 'a file that is none'],
    ['/proc/self/environ', 'a file of the system'],
    ['/dev/zero', 'a device'],
    ['link', 'a link to one'],
  ])('%s as a release says nothing of what stands in it', { timeout: 60_000 }, async (file) => {
    if (!existsSync(path.join(folder, 'link'))) symlinkSync('/etc/passwd', path.join(folder, 'link'));
    writeFileSync(
      path.join(folder, 'hub.yaml'),
      `departments: { a: }\nsources: {}\nrelease: { schema: ${JSON.stringify(file)} }\nstore: { url: "sqlite::memory:" }\n`,
    );
    const { stdout, stderr } = await yiwang('check', '--config', path.join(folder, 'hub.yaml'));
    expect(stdout + stderr).not.toMatch(/root:|PATH=|daemon/);
  });
});
