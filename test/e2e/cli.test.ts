import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoFolder, startTestHub } from '../helpers/hub.ts';
import { PEOPLE, tokenOf } from '../helpers/people.ts';

const CLI = path.resolve(import.meta.dirname, '../../scripts/cli.ts');
let demo: Awaited<ReturnType<typeof demoFolder>>;
beforeAll(async () => {
  demo = await demoFolder();
});
afterAll(() => demo.remove());

function yiwang(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CLI, ...args],
      { env: { ...process.env, ...demo.env, NODE_ENV: 'production' }, maxBuffer: 16 << 20 },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

// Each command is a process of its own, and compiles the hub anew.
describe('yiwang', { timeout: 120_000 }, () => {
  it('checks the release against its sources and prints what is mapped', async () => {
    const { code, out, err } = await yiwang('check', '--unmapped');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^finance: 8 of 8 tables, \d+ of \d+ columns mapped$/m);
    expect(out).toMatch(/^\d+ types; the API has \d+ types$/m);
  });

  it('prints a source’s tables with their comments and keys, and names the nearest source', async () => {
    const { code, out } = await yiwang('introspect', 'audit');
    expect([code, out]).toEqual([0, expect.stringMatching(/^sj_wt .*\n {2}wtid {2}INT {2}key/m)]);
    expect(JSON.parse((await yiwang('introspect', 'audit', '--json')).out)).toMatchObject({
      tables: expect.arrayContaining([expect.objectContaining({ name: 'sj_xm' })]),
    });
    expect(await yiwang('introspect', 'audti')).toEqual({ code: 1, out: '', err: 'there is no source "audti"; did you mean "audit"?\n' });
  });

  it('prints the API as SDL', async () => {
    const { code, out } = await yiwang('schema');
    expect([code, out]).toEqual([0, expect.stringContaining('type ProjectConnection {')]);
  });

  it('explains an operation', async () => {
    const file = path.join(demo.folder, 'explained.graphql');
    writeFileSync(file, '{ projects(where: { paidRate: { gt: "0.5" } }) { nodes { code } } }');
    const { code, out } = await yiwang('explain', file);
    expect(code).toBe(0);
    for (const line of [
      /^fetch development: .* ms$/m,
      /^ {2}keys development: /m,
      /^ {4}hub: 4 rows in, 1 rows/m,
      /Project\.paidRate: in the hub \(development\), derived over several sources/,
    ])
      expect(out).toMatch(line);
    expect(JSON.parse((await yiwang('explain', file, '--json')).out)).toMatchObject({ plan: [{ kind: 'fetch' }], decisions: expect.any(Array) });
  });

  it('runs an operation from a file, with variables, and fails when it has errors', async () => {
    const file = path.join(demo.folder, 'q.graphql');
    writeFileSync(file, 'query($code: ProjectCode!) { project(code: $code) { name } }');
    const { code, out } = await yiwang('query', file, '--variables', '{"code":"2301-320500-04-01-123456"}');
    expect([code, JSON.parse(out)]).toEqual([0, { data: { project: { name: '智慧城市照明提升工程' } } }]);
    const failed = await yiwang('query', file);
    expect([failed.code, JSON.parse(failed.out)]).toMatchObject([1, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
    expect(await yiwang('query', file, '--url', 'http://127.0.0.1:1/graphql')).toMatchObject({
      code: 1,
      err: 'no hub answers at http://127.0.0.1:1/graphql\n',
    });
  });

  it('asks a running hub, and watches its alerts, as whose token is in the environment; a refusal is told as one', async () => {
    await using hub = await startTestHub({ env: demo.env });
    const file = path.join(demo.folder, 'who.graphql');
    writeFileSync(file, '{ whoAmI { subject } }');
    const url = `${hub.address}/graphql`;
    try {
      process.env['YIWANG_TOKEN'] = await tokenOf(hub, { subject: 'housing-clerk', ...PEOPLE['housing-clerk'] });
      expect(JSON.parse((await yiwang('query', file, '--url', url)).out)).toEqual({ data: { whoAmI: { subject: 'housing-clerk' } } });
      process.env['YIWANG_TOKEN'] = 'nonsense';
      expect((await yiwang('alerts', 'watch', '--url', url)).err).toMatch(/^http:.*\/graphql refuses: UNAUTHENTICATED/);
    } finally {
      delete process.env['YIWANG_TOKEN'];
    }
  });

  it('lists, confirms and takes back crosswalk decisions', async () => {
    const pair = ['Project', 'finance', '320508220000000000042', '2205-320508-04-01-654321'];
    expect((await yiwang('crosswalk', 'list', '--source', 'finance')).out).toMatch(
      /^Project finance 320508220000000000042 .*\n {2}2205-320508-04-01-654321 {2}evidence 0\.\d\d$/m,
    );
    expect(await yiwang('crosswalk', 'confirm', ...pair, '--by', '王')).toEqual({ code: 0, out: '', err: '' });
    expect((await yiwang('crosswalk', 'list', '--source', 'finance')).out).toBe('');
    expect((await yiwang('crosswalk', 'undo', '--by', '王')).out).toBe(`undone: confirm ${pair.join(' ')}\n`);
    expect(await yiwang('crosswalk', 'confirm', 'Project', 'finance', 'x', '2205-320508-04-01-654320', '--by', '王')).toEqual({
      code: 1,
      out: '',
      err: 'BAD_USER_INPUT: There is no Project "2205-320508-04-01-654320" in its authority.\n',
    });
  });

  it('explains wrong usage with exit code 2', async () => {
    const { code, err } = await yiwang('nonsense');
    expect([code, err]).toEqual([2, expect.stringContaining("unknown command 'nonsense'")]);
  });
});
