import { getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationResult } from '../../../../federation/execute/execute-operation.ts';
import { createTally, KEY_END, sumTallies, type Tally } from '../../../../federation/execute/tally.ts';
import { openDepartmentsHub, type DepartmentsHub } from '../../../helpers/departments-hub.ts';

let hub: DepartmentsHub;
beforeAll(async () => {
  hub = await openDepartmentsHub({ engines: 'sqlite' });
});
afterAll(() => hub[Symbol.asyncDispose]());

async function ask(text: string, maxKeys = 100): Promise<OperationResult & { readonly tally: Tally; readonly fields: (source: string) => readonly string[] }> {
  const document = parse(text);
  const tally = createTally(maxKeys);
  const result = await hub.federation.execute({
    document,
    operation: getOperationAST(document)!,
    text,
    variables: {},
    view: hub.federation.generation(),
    signal: AbortSignal.timeout(20_000),
    foreign: new Map(),
    tally,
  });
  return { ...result, tally, fields: (source) => result.reads.find((read) => read.source === source)?.fields ?? [] };
}

describe('what an answer was made of', () => {
  it('names the fields shown, by department', async () => {
    const { fields, reads } = await ask('{ projects(first: 2) { nodes { name payments(first: 1) { nodes { amount } } } } }');
    expect(reads.map(({ department }) => department)).toEqual(['development', 'finance']);
    expect(fields('development')).toContain('Project.name');
    expect(fields('finance')).toContain('Payment.amount');
    expect(fields('finance')).not.toContain('Payment.payeeName');
  });

  it.each([
    ['filters', '{ projects(where: { payments: { some: { payeeName: { startsWith: "x" } } } }) { totalCount } }'],
    ['orders', '{ payments(orderBy: [{ payeeName: ASC }], first: 1) { nodes { amount } } }'],
    ['groups', '{ payments { groups(by: [{ field: PAYEE_NAME }], first: 1) { aggregate { count } } } }'],
    ['measures', '{ payments { aggregate { max { payeeName } } } }'],
  ])('names a field that only %s', async (_what, text) => {
    expect((await ask(text)).fields('finance')).toContain('Payment.payeeName');
  });

  it('knows the entities shown though their key is not selected, and the rows that came from each source', async () => {
    const { tally, data } = await ask('{ projects(first: 3) { nodes { name payments(first: 1) { nodes { amount } } } } }');
    expect(data).not.toContain('2018-320500-48-01-515465');
    expect([...(tally.entities.get('Project')?.keys ?? [])]).toEqual(['2018-320500-48-01-515465', '2205-320508-04-01-654321', '2205-320508-04-01-654399']);
    expect(tally.entities.get('Payment')?.count).toBe(data.match(/amount/g)?.length);
    expect(tally.rows.get('development')).toBe(4); // one more than shown, to know whether there are others
  });

  it('keeps no more keys than asked for, and still counts', async () => {
    const { tally } = await ask('{ projects { nodes { name } } }', 3);
    const project = tally.entities.get('Project');
    expect(project?.keys.size).toBe(3);
    expect(project?.count).toBeGreaterThan(3);
  });

  it('takes a page at once, alone or among others, up to as many keys as asked for', () => {
    const tally = createTally(3);
    tally.addPage('Project', 2, `a${KEY_END}b${KEY_END}`);
    expect(tally.entities.get('Project')?.page).toBe(`a${KEY_END}b${KEY_END}`);
    expect(tally.entities.get('Project')).toMatchObject({ keys: new Set(['a', 'b']), page: `a${KEY_END}b${KEY_END}` });
    tally.addEntity('Project', 'c');
    tally.addPage('Project', 3, `a${KEY_END}d${KEY_END}`);
    tally.addPage('Payment', 4, `p${KEY_END}q${KEY_END}r${KEY_END}s${KEY_END}`);
    expect(tally.entities.get('Project')).toMatchObject({ count: 6, page: undefined });
    expect([...(tally.entities.get('Project')?.keys ?? [])]).toEqual(['a', 'b', 'c']);
    expect([...(tally.entities.get('Payment')?.keys ?? [])]).toEqual(['p', 'q', 'r']);
    expect(sumTallies([tally, tally], 2).entities.get('Payment')).toMatchObject({ count: 8, keys: new Set(['p', 'q']) });
  });

  it('reads the same from a plan that was made before', async () => {
    const text = '{ projects(where: { name: { contains: "校" } }) { nodes { district } } }';
    const [first, second] = [await ask(text), await ask(text)];
    expect(second.reads).toBe(first.reads);
    expect(second.fields('development')).toContain('Project.name');
  });
});
