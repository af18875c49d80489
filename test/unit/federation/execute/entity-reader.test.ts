import { Kind, parse, type SelectionSetNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConditionReader, createEntityReader, type EntityDocument } from '../../../../federation/execute/entity-reader.ts';
import type { UnifiedType } from '../../../../schema/model/unified.ts';
import { openDepartmentsHub, type DepartmentsHub } from '../../../helpers/departments-hub.ts';

let hub: DepartmentsHub;
beforeAll(async () => {
  hub = await openDepartmentsHub({ engines: 'sqlite' });
});
afterAll(() => hub[Symbol.asyncDispose]());

const LIGHTS = '2301-320500-04-01-123456';
const KEYS = [['no such project'], [LIGHTS], ['2018-320500-48-01-515465'], [LIGHTS]];

function documentOf(selection: string, variables: Record<string, unknown> = {}): EntityDocument & { readonly set: SelectionSetNode } {
  const document = parse(selection);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return { document, variables, view: hub.federation.generation(), set: operation.selectionSet };
}

const project = (): UnifiedType => hub.federation.generation().supergraph.model.types.get('Project')!;
const call = { signal: AbortSignal.timeout(20_000), path: ['changes', 'node'] };

describe('createEntityReader', () => {
  it('reads entities by their keys in that order, from all departments, with one statement to each source', async () => {
    const document = documentOf('{ code payments(first: 1, orderBy: [{ amount: DESC }]) { nodes { amount } } ...F } fragment F on Project { name }');
    const reader = createEntityReader(hub.federation.environment, document, project(), [document.set]);
    const read = await reader.read(KEYS, call);
    const nodes = (await hub.query(`{ project(code: "${LIGHTS}") { code payments(first: 1, orderBy: [{ amount: DESC }]) { nodes { amount } } name } }`)).data;
    expect(read.map(({ text }) => JSON.parse(text) as unknown)).toEqual([null, nodes.project, expect.objectContaining({ code: KEYS[2]?.[0] }), nodes.project]);
    expect(read.every(({ errors }) => errors.length === 0)).toBe(true);
    expect(reader.reads().map(({ source }) => source)).toEqual(['development', 'finance']);
  });

  it('says where a field fails that cannot be had', async () => {
    const document = documentOf('query($n: Int!) { payments(first: $n) { nodes { amount } } }', { n: 1_000 });
    const reader = createEntityReader(hub.federation.environment, document, project(), [document.set]);
    const [, lights] = await reader.read(KEYS, call);
    expect(lights).toMatchObject({ text: '{"payments":null}', errors: [{ error: { code: 'LIMIT_PAGE' }, path: ['changes', 'node', 'payments'] }] });
  });

  it('needs no keys', async () => {
    const document = documentOf('{ code }');
    expect(await createEntityReader(hub.federation.environment, document, project(), [document.set]).read([], call)).toEqual([]);
  });
});

describe('createConditionReader', () => {
  it('says which entities meet which conditions, through other sources too', async () => {
    const conditions = [{ code: { eq: LIGHTS } }, { payments: { some: { amount: { gt: '0' } } } }, { payments: { some: { amount: { lt: '0' } } } }, {}];
    const reader = createConditionReader(
      hub.federation.environment,
      documentOf('{ code }'),
      project(),
      conditions.flatMap((where) => [
        { where, negated: false },
        { where, negated: true },
      ]),
    );
    const met = await reader.read(KEYS, call);
    expect(met[0]).toEqual(conditions.flatMap(() => [false, false]));
    expect(met[1]).toEqual([true, false, true, false, false, true, true, true]);
    expect(met[1]).toEqual(met[3]);
    expect(met[2]?.slice(0, 2)).toEqual([false, true]);
  });
});
