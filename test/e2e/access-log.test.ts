import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAccessLog } from '../../access/log/verify-access-log.ts';
import { recordsOf } from '../helpers/access-records.ts';
import { as, type Person } from '../helpers/people.ts';
import { codes, send, startTestHub, type Answer, type TestHub } from '../helpers/hub.ts';

let hub: TestHub;
let folder: string;
beforeAll(async () => {
  hub = await startTestHub();
  folder = path.join(hub.folder, 'access-log');
});
afterAll(() => hub[Symbol.asyncDispose]());

let asked = 0;
/** An answer, and what the log holds of it. */
async function ask(query: string, extra: object = {}): Promise<Answer & { readonly records: ReturnType<typeof recordsOf> }> {
  const id = `ask-${asked++}`;
  const answer = await send(`${hub.address}/graphql`, { query, ...extra }, { 'x-request-id': id });
  return { ...answer, records: recordsOf(folder, id) };
}

describe('the access log', () => {
  it('holds one record of an operation when its answer arrives: who, what, of whom, how much', async () => {
    const { records, body } = await ask('query Money { project(code: "2301-320500-04-01-123456") { name payments(first: 2) { nodes { amount } } } }');
    expect(body.errors).toBeUndefined();
    expect(records).toEqual([
      {
        seq: expect.any(Number),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        kind: 'operation',
        request: expect.any(String),
        who: { subject: 'developer', roles: [] },
        operation: { type: 'query', name: 'Money', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        generation: 1,
        release: 1,
        reads: [
          { department: 'development', source: 'development', fields: expect.arrayContaining(['Project.code', 'Project.name']), rows: 1 },
          { department: 'finance', source: 'finance', fields: expect.arrayContaining(['Payment.amount']), rows: expect.any(Number) },
        ],
        subjects: [
          { type: 'Project', count: 1, keys: [expect.stringMatching(/^[\w-]{16}$/)] },
          { type: 'Payment', count: body.data.project.payments.nodes.length, keys: expect.any(Array) },
        ],
        decision: 'allowed',
        ms: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('123456');
  });

  it('names the same entity alike in every record', async () => {
    const key = async (query: string): Promise<unknown> => (await ask(query)).records[0]?.subjects?.find(({ type }) => type === 'Project')?.keys;
    expect(await key('{ projects(where: { code: { eq: "2205-320508-04-01-654321" } }) { nodes { district } } }')).toEqual(
      await key('{ project(code: "2205-320508-04-01-654321") { name } }'),
    );
  });

  it('holds the intent of a mutation and then its outcome', async () => {
    const { records, body } = await ask('mutation { refreshCrosswalk(entity: "Project", source: "finance") { ok } }');
    expect(body.data).toEqual({ refreshCrosswalk: [{ ok: true }] });
    expect(records).toMatchObject([
      { kind: 'intent', own: ['refreshCrosswalk'] },
      { kind: 'operation', own: ['refreshCrosswalk'], decision: 'allowed' },
    ]);
  });

  it('names what the hub’s own fields read of the departments, and whom they show', async () => {
    const readOf = async (query: string, variables: object = {}) => {
      const { records, body } = await ask(query, { variables });
      expect(body.errors).toBeUndefined();
      const [{ reads = [], subjects = [] } = {}] = records;
      return { fields: new Set(reads.flatMap(({ fields }) => fields)), subjects: subjects.map(({ type, count }) => [type, count]) };
    };
    const rule = `- rule: any\n  subject: Payment\n  select: '{ amount }'\n  when: amount > 0\n  value: amount\n  severity: INFO\n  title: { zh: 任何, en: Any }\n`;
    const tested = await readOf('query($text: String!) { testAlertRules(text: $text) { problems { message } results { firing(first: 2) { value } } } }', {
      text: rule,
    });
    expect([...tested.fields]).toContain('Payment.amount');
    expect(tested.subjects).toEqual([['Payment', 2]]);
    await expect
      .poll(async () => (await ask('{ alerts(rules: ["payee-not-contractor"]) { nodes { id } } }')).body.data.alerts.nodes.length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect([...(await readOf('{ alerts { nodes { rule } } }')).fields]).toEqual([]);
    const shown = await readOf('{ alerts(rules: ["payee-not-contractor"], first: 1) { nodes { values value } } projects(first: 1) { nodes { name } } }');
    expect([...shown.fields]).toEqual(expect.arrayContaining(['Payment.payeeName', 'Project.name']));
    expect(shown.subjects).toEqual(expect.arrayContaining([['Payment', 1]])); // prettier-ignore
    expect([...(await readOf('{ dataIssues(type: "Payment") { totalCount } }')).fields]).toContain('Payment.amount');
  });

  it('says what was explained, and which errors an answer held', async () => {
    expect((await ask('{ hub { version } projects(first: 1) { nodes { name } } }', { extensions: { explain: true } })).records).toMatchObject([
      { kind: 'operation', explain: true, own: ['hub'] },
    ]);
    expect((await ask('{ projects(first: 1, after: "x") { nodes { name } } }')).records).toMatchObject([{ kind: 'operation', errors: { CURSOR_INVALID: 1 } }]);
  });

  it.each([
    ['no GraphQL', '{ nothing', 'GRAPHQL_PARSE_FAILED'],
    ['what the schema does not have', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too much', '{ projects(first: 200) { nodes { payments(first: 200) { nodes { amount } } } } }', 'LIMIT_COST'],
  ])('holds the refusal of %s', async (_what, query, code) => {
    await expect
      .poll(async () => (await ask(query)).records[0], { timeout: 5_000 })
      .toMatchObject({ kind: 'refusal', decision: 'refused', errors: { [code]: 1 } });
  });

  it('counts many refusals that are alike instead of repeating them', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask('{ somethingElse }')));
    expect(answers.filter(({ body }) => body.errors).length).toBe(60);
    expect(answers.flatMap(({ records }) => records).length).toBeLessThanOrEqual(20);
  });
});

describe('a log that cannot be written', () => {
  it('lets nothing leave, says so in health, and works again without a restart', async () => {
    await using other = await startTestHub();
    const log = path.join(other.folder, 'access-log');
    rmSync(log, { recursive: true });
    writeFileSync(log, 'a file in the place of the folder');
    const query = '{ projects(first: 1) { nodes { name } } hub { version } }';
    const refused = await other.post(query);
    expect([refused.status, codes(refused), refused.body.data]).toEqual([503, ['AUDIT_UNAVAILABLE'], undefined]);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(refused.body)).not.toMatch(/ENO|folder|yiwang/);
    expect(codes(await other.post('mutation { undoCrosswalk { localKey } }'))).toEqual(['AUDIT_UNAVAILABLE']);
    const ready = await fetch(`${other.address}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'unready', code: 'AUDIT_UNAVAILABLE' }]);
    rmSync(log);
    const from = performance.now();
    await expect.poll(async () => (await other.post(query)).status, { timeout: 10_000 }).toBe(200);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect((await fetch(`${other.address}/health/ready`)).status).toBe(200);
    // What was taken away is missed.
    const { findings } = await verifyAccessLog(log, `${log}-anchor`);
    expect(findings.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^the whole chain is missing from the log/));
  });
});

describe('reading the log through the API', () => {
  const RECORDS = `query($filter: AccessLogFilter, $first: Int, $after: String) { accessLog(filter: $filter, first: $first, after: $after) {
    nodes { request subject kind decision reads { department fields rows } subjects { type count } own } pageInfo { hasNextPage endCursor } } }`;

  it('says who read what of a department, and of which entity', async () => {
    const { headers } = await hub.post('{ project(code: "2301-320500-04-01-123456") { name payments(first: 1) { nodes { amount } } } }');
    const request = headers.get('x-request-id');
    const filter = { provider: 'finance', field: 'Payment.amount', entity: { type: 'Project', key: '2301-320500-04-01-123456' } };
    const { body } = await hub.post(RECORDS, { filter, first: 1 });
    expect(body.data.accessLog.nodes).toMatchObject([{ request, kind: 'OPERATION', decision: 'ALLOWED', subject: 'developer' }]);
    expect(body.data.accessLog.nodes[0].subjects).toContainEqual({ type: 'Project', count: 1 });
  });

  it('says nothing to a provider of entities that were not read of them', async () => {
    const { body: found } = await hub.post('{ contracts(first: 1, where: { payments: { some: {} } }) { nodes { recordNo } } }');
    expect(found.errors).toBeUndefined();
    const { recordNo } = found.data.contracts.nodes[0];
    await hub.post('query($no: String!) { contracts(where: { recordNo: { eq: $no } }) { nodes { contractNo payments { nodes { amount } } } } }', {
      no: recordNo,
    });
    const filter = { entity: { type: 'Contract', key: recordNo } };
    const of = async (person: Person) => (await hub.post(RECORDS, { filter, first: 1 }, await as(hub, person))).body.data.accessLog.nodes.length;
    expect([await of('housing-officer'), await of('finance-officer')]).toEqual([1, 0]);
  });

  it('is itself logged', async () => {
    const { headers } = await hub.post(RECORDS, { first: 1 });
    const request = headers.get('x-request-id') ?? '';
    expect(recordsOf(folder, request)).toMatchObject([{ kind: 'operation', own: ['accessLog'] }]);
    const { body } = await hub.post(RECORDS, { filter: { request } });
    expect(body.data.accessLog.nodes).toMatchObject([{ own: ['accessLog'] }]);
  });

  it('pages to the end, and refuses a cursor of another list', async () => {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { body }: Answer = await hub.post(RECORDS, { first: 7, after, filter: { to: '2100-01-01T00:00:00+08:00', decision: 'REFUSED' } });
      expect(body.errors).toBeUndefined();
      seen.push(...body.data.accessLog.nodes.map(({ request }: { request: string }) => request));
      ({ hasNextPage: more, endCursor: after } = body.data.accessLog.pageInfo);
    }
    expect(seen.filter((request, i) => seen.indexOf(request) !== i)).toEqual([]);
    expect(seen.length).toBeGreaterThan(7);
    expect(codes(await hub.post(RECORDS, { after: 'x' }))).toEqual(['CURSOR_INVALID']);
    expect(codes(await hub.post(RECORDS, { first: 201 }))).toEqual(['LIMIT_PAGE']);
  });

  it('is closed to whoever nobody knows', async () => {
    await using strict = await startTestHub({ development: false });
    expect((await strict.post('{ accessLog { nodes { request } } }')).body.data?.accessLog).toBeUndefined();
  });
});

describe('yiwang audit', () => {
  const run = promisify(execFile);
  const yiwang = (...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string; readonly code?: number }> =>
    run(process.execPath, [path.resolve(import.meta.dirname, '../../scripts/cli.ts'), 'audit', ...args], {
      env: { ...process.env, NODE_ENV: 'production' },
    }).catch((error: { stdout: string; stderr: string; code: number }) => error);

  it('verifies, shows and exports a log from its folder while the hub runs', async () => {
    await hub.post('query Wages { payments(first: 1) { nodes { amount } } }');
    const [verified, shown, exported] = await Promise.all([
      yiwang('verify', folder),
      yiwang('show', folder, '--provider', 'finance', '--last', '1'),
      yiwang('export', folder, '--field', 'Payment', '--last', '2'),
    ]);
    expect(verified.stdout).toMatch(/^\S+: \d+ records \(1 to \d+, until \S+\), signed to \d+, anchored to \d+, key \S+\nnothing was changed\n$/);
    expect(shown.stdout).toMatch(/^\S+ allowed operation developer: query Wages \[\S+ \d+\]\n {4}finance \(\d rows\): Payment\.amount/);
    expect(exported.stdout).toMatch(/^at,chain,seq,kind,/);
    expect(exported.stdout.trim().split('\n')).toHaveLength(3);
  });

  it('finds what was changed, and ends with 1', async () => {
    const copy = path.join(hub.folder, 'copy');
    cpSync(folder, copy, { recursive: true });
    cpSync(`${folder}-anchor`, `${copy}-anchor`, { recursive: true });
    const [chain = ''] = readdirSync(copy);
    const file = path.join(copy, chain, '00000001.log');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"subject":"developer"', '"subject":"somebody"'));
    const { code, stdout, stderr } = await yiwang('verify', copy);
    expect([code, stderr]).toEqual([1, 'the access log is not as the hub wrote it\n']);
    expect(stdout).toMatch(/^error: \S+\/00000001\.log:\d+: record \d+ is not what the hub wrote/m);
  });
});
