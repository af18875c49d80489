import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvCell, csvLine } from '../../../../access/log/export-records.ts';
import { readAccessLog, type FoundRecord, type RecordFilter } from '../../../../access/log/read-access-log.ts';
import { createLogFixture, event, type LogFixture } from './fixture.ts';

let log: LogFixture;
let key: string;
beforeAll(async () => {
  log = await createLogFixture();
  await using first = await log.open();
  await using second = await log.open(); // the chain of another process
  key = first.subjects.one('Payment', 'p1');
  for (let i = 0; i < 30; i++) {
    const department = i % 3 === 0 ? 'housing' : 'finance';
    await (i % 2 === 0 ? first : second).record(
      event(`r${i}`, {
        who: { subject: `clerk${i % 5}`, roles: ['consumer'], department: 'audit', purpose: i < 10 ? 'budget' : 'audit' },
        reads: [{ department, source: department, fields: [`${department === 'finance' ? 'Payment' : 'Contract'}.amount`], rows: i }],
        ...(i === 7 ? { subjects: [{ type: 'Payment', count: 1, keys: [key] }] } : {}),
      }),
    );
  }
});
afterAll(() => log[Symbol.asyncDispose]());

const read = async (filter: RecordFilter = {}, first = 100): Promise<readonly FoundRecord[]> =>
  (await readAccessLog(log.configuration.folder, { filter, first })).records;
const requests = (records: readonly FoundRecord[]): string[] => records.map(({ request }) => request);

describe('reading the access log', () => {
  it('gives the records of all chains, newest first', async () => {
    const all = await read();
    expect(new Set(requests(all)).size).toBe(30);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(new Set(all.map(({ chain }) => chain)).size).toBe(2);
  });

  it.each([1, 4, 7, 30])('gives each record once on pages of %i', async (first) => {
    const all: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await readAccessLog(log.configuration.folder, { filter: {}, first, ...(after === undefined ? {} : { after }) });
      all.push(...requests(page.records));
      after = page.next;
      more = after !== undefined;
    }
    expect(all).toEqual(requests(await read()));
  });

  it.each([
    ['the reader', { subject: 'clerk3' }, 6],
    ['the reader’s department', { consumer: 'finance' }, 0],
    ['the department that was read', { provider: 'housing' }, 10],
    ['a type', { field: 'Payment' }, 20],
    ['a field', { field: 'Contract.amount' }, 10],
    ['a department and a field of another', { provider: 'housing', field: 'Payment' }, 0],
    ['a purpose', { purpose: 'budget' }, 10],
    ['a request', { request: 'r12' }, 1],
    ['a kind', { kind: 'refusal' }, 0],
  ] as [string, RecordFilter, number][])('filters by %s', async (_what, filter, count) => {
    expect(await read(filter)).toHaveLength(count);
  });

  it('finds who was shown an entity, by its key', async () => {
    expect(requests(await read({ entity: { type: 'Payment', key } }))).toEqual(['r7']);
    expect(await read({ entity: { type: 'Project', key } })).toEqual([]);
  });

  it('keeps to a period', async () => {
    const all = await read();
    const [middle] = all.slice(10);
    expect(requests(await read({ from: middle!.at }))).toEqual(requests(all.filter(({ at }) => at >= middle!.at)));
    expect(requests(await read({ to: middle!.at }))).toEqual(requests(all.filter(({ at }) => at < middle!.at)));
  });

  it('refuses a cursor that is none', async () => {
    await expect(readAccessLog(log.configuration.folder, { filter: {}, first: 1, after: 'x' })).rejects.toThrow(RangeError);
  });
});

describe('exporting records', () => {
  it.each([
    ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"`],
    ['+cmd', "'+cmd"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', `"'\rx"`],
    ['＝1', "'＝1"],
    ['a,"b"\nc', '"a,""b""\nc"'],
    ['budget', 'budget'],
  ])('%j becomes a cell that no spreadsheet runs', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('gives every record as many cells as there are columns', async () => {
    const [record] = await read({ request: 'r7' });
    expect(csvLine({ ...record!, who: { ...record!.who, purpose: undefined as never } }).split(',')).toHaveLength(15);
  });
});
