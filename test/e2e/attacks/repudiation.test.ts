import { csvHead, csvLine } from '../../../access/log/export-records.ts';
import type { FoundRecord } from '../../../access/log/read-access-log.ts';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextLine } from '../../../access/log/chain.ts';
import { verifyAccessLog } from '../../../access/log/verify-access-log.ts';
import { accessRecords, recordsOf } from '../../helpers/access-records.ts';
import { codes, send, startTestHub, type TestHub } from '../../helpers/hub.ts';
import { as, tokenOf } from '../../helpers/people.ts';

let hub: TestHub;
let folder: string;
beforeAll(async () => {
  hub = await startTestHub();
  folder = `${hub.folder}/access-log`;
});
afterAll(() => hub[Symbol.asyncDispose]());

describe('A20 text that wants to be a record', () => {
  it('stays within its own record', async () => {
    const forged = 'x\n{"seq":1,"kind":"operation","who":{"subject":"admin"}}\u2028\u001b[31m';
    const before = accessRecords(folder).length;
    const token = await tokenOf(hub, { subject: `clerk${forged}`, roles: ['consumer'], department: forged });
    await hub.post('query A { hub { version } }', {}, { authorization: `Bearer ${token}`, 'user-agent': 'x {"a":1}', 'x-purpose': encodeURIComponent(forged) });
    await send(`${hub.address}/graphql`, { query: '{ __typename }', operationName: forged });
    await hub.post(`{ projects(where: { name: { eq: ${JSON.stringify(forged)} } }) { totalCount } }`);
    const records = accessRecords(folder); // throws at a line that is no record
    expect(records.length).toBeGreaterThan(before);
    expect(records.filter((record) => 'who' in record && record.who.subject === 'admin')).toEqual([]);
    const { findings } = await verifyAccessLog(folder, `${folder}-anchor`);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('A21 clients that leave', () => {
  it('leaves a record of what was read, though nobody waited for it', async () => {
    const { port } = new URL(hub.address);
    const body = JSON.stringify({ query: '{ projects { nodes { name payments { nodes { amount } } } } }' });
    const id = 'gone-1';
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
        setTimeout(() => socket.resetAndDestroy(), 2);
      });
      socket.once('close', () => resolve());
      socket.on('error', () => undefined);
    });
    await expect.poll(() => recordsOf(folder, id).length, { timeout: 5_000 }).toBeGreaterThan(0);
    const kinds = recordsOf(folder, id).map(({ kind }) => kind);
    expect(['operation', 'refusal']).toContain(kinds[0]);
  });
});

describe('A22 whoever would look away', () => {
  it('only auditors and officers read the log, each reading is logged, and nobody can switch it off', async () => {
    const query = '{ accessLog(first: 1) { nodes { request } } }';
    for (const person of ['operator', 'security', 'steward', 'housing-clerk'] as const)
      expect((await hub.post(query, {}, await as(hub, person))).body.data?.accessLog).toBeUndefined();
    const read = await hub.post(query, {}, await as(hub, 'auditor'));
    expect(read.body.errors).toBeUndefined();
    expect(recordsOf(folder, read.headers.get('x-request-id') ?? '')).toMatchObject([{ who: { subject: 'auditor', roles: ['auditor'] }, own: ['accessLog'] }]);
    const { body } = await hub.post('{ __schema { mutationType { fields { name } } } }');
    expect(body.data.__schema.mutationType.fields.filter(({ name }: { name: string }) => /audit|accessLog/i.test(name))).toEqual([]);
  });

  it('an officer sees what was read of their own department, and nothing else of a record', async () => {
    await hub.post('{ projects(first: 1) { nodes { name payments(first: 1) { nodes { voucherNo } } } } }');
    const query = '{ accessLog(first: 50) { nodes { own subjects { type } reads { department } } } }';
    const { body } = await hub.post(query, {}, await as(hub, 'finance-officer'));
    const nodes: { own: string[]; subjects: { type: string }[]; reads: { department: string }[] }[] = body.data.accessLog.nodes;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { own, subjects, reads } of nodes) {
      expect(reads.map(({ department }) => department)).toEqual(['finance']);
      expect([own, subjects.filter(({ type }) => type === 'Approval')]).toEqual([[], []]);
    }
    const asked = await hub.post('{ accessLog(filter: { provider: "development" }) { nodes { request } } }', {}, await as(hub, 'finance-officer'));
    expect(asked.body.data.accessLog.nodes.length).toBe(nodes.length < 20 ? asked.body.data.accessLog.nodes.length : 20);
  });
});

describe('A59 records that go to a spreadsheet', () => {
  const EVIL = ['=HYPERLINK("http://evil.example","x")', '+cmd|calc', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', 'a"b', 'a\nb', 'a,b'];

  /** RFC 4180. */
  function cellsOf(line: string): string[] {
    return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
  }

  it.each(EVIL)('%j is text there, and can be had back', (evil) => {
    const record = { at: '2026-01-01T00:00:00Z', chain: 'c', seq: 1, kind: 'operation', request: 'r', who: { subject: evil, roles: [] }, decision: 'allowed' };
    const cells = cellsOf(csvLine(record as unknown as FoundRecord));
    const cell = cells[csvHead().split(',').indexOf('subject')] ?? '';
    expect(cells).toHaveLength(csvHead().split(',').length);
    expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
    expect(cell.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')).toBe(evil);
  });
});

describe('A23 a clock that goes back', () => {
  it('does not turn the order of the records, and is noted', () => {
    const head = { seq: 7, hash: 'a'.repeat(64), at: '2026-06-30T12:00:00.000Z' };
    const { line, head: next } = nextLine('sha256', head, '{"kind":"stop"}', '2026-06-30T11:00:00.000Z');
    expect(line).toContain('"seq":8,"at":"2026-06-30T12:00:00.000Z","clock":"2026-06-30T11:00:00.000Z"');
    expect(next).toMatchObject({ seq: 8, at: '2026-06-30T12:00:00.000Z' });
  });

  it('does not bring a token back', async () => {
    const token = await tokenOf(hub, { subject: 'late', roles: ['consumer'], seconds: -31 });
    expect(codes(await hub.post('{ __typename }', {}, { authorization: `Bearer ${token}` }))).toEqual(['TOKEN_EXPIRED']);
  });
});
