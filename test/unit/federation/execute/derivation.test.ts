import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import { createRowEngine } from '../../../../federation/engine/create-row-engine.ts';
import { executeOperation, type ExecutionEnvironment } from '../../../../federation/execute/execute-operation.ts';
import { createGeneration } from '../../../../federation/supergraph/generation.ts';
import { CURSORS, TWO_DEPARTMENTS } from '../plan/two-departments/supergraph.ts';

const project = (id: string) => ({ id, dm: `P${id}`, mc: '路', xzqh: '320508', zt: '1', pfje: '1', jhwg: '20240101', jd: null, wd: null });
const milestone = (id: string, xmid: string, mc: string, wcrq: string | null) => ({ id, xmid, mc, wcrq });
const connector = createMemoryConnector({
  source: 'development',
  catalog: { tables: [] },
  tables: new Map([
    ['xm', [project('1'), project('2')]],
    [
      'jd',
      [
        milestone('1', '1', 'roof', '2024-05-01'),
        milestone('2', '1', 'start', '2020-01-01'),
        milestone('3', '1', 'frame', '2022-01-01'),
        milestone('4', '1', 'open', '2025-01-01'),
      ],
    ],
  ]),
});
const environment: ExecutionEnvironment = {
  crosswalk: () => ({}) as never, // one source only
  openKeys: () => ({ keys: 0, candidates: 0 }),
  connector: () => connector,
  call: (_source, signal) => ({ signal, timeoutMs: 1_000, maxRows: 10_000 }),
  engine: createRowEngine({ timeZone: 'Asia/Shanghai' }),
  cursors: CURSORS,
  clock: () => ({ now: '2024-06-30T12:00:00+08:00', asOf: '2024-06-30' }),
};
const generation = createGeneration(1, TWO_DEPARTMENTS);

async function ask(text: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const document = parse(text);
  const { data, errors } = await executeOperation(environment, {
    document,
    operation: getOperationAST(document)!,
    text,
    variables,
    view: generation,
    signal: new AbortController().signal,
    foreign: new Map(),
  });
  if (errors[0]) throw errors[0].error;
  return (JSON.parse(data) as { projects: { nodes: unknown } }).projects.nodes;
}

describe('a derivation over related rows', () => {
  it('filters them as of the day that it is asked for', async () => {
    expect(await ask('{ projects { nodes { code today: dueMilestones then: dueMilestones(asOf: "2021-01-01") } } }')).toEqual([
      { code: 'P1', today: 3, then: 1 },
      { code: 'P2', today: 0, then: 0 },
    ]);
  });

  it('picks in an order that only the hub can take', async () => {
    expect(await ask('{ projects { nodes { oldestMilestone } } }')).toEqual([{ oldestMilestone: 'start' }, { oldestMilestone: null }]);
    expect(await ask('{ projects(where: { oldestMilestone: { eq: "start" } }) { nodes { code } } }')).toEqual([{ code: 'P1' }]);
  });

  it('is compared with variables by one plan, whatever their values', async () => {
    const text = 'query ($name: String!) { projects(where: { oldestMilestone: { eq: $name } }) { nodes { code } } }';
    const before = generation.plans.misses;
    expect(await ask(text, { name: 'start' })).toEqual([{ code: 'P1' }]);
    expect(await ask(text, { name: 'roof' })).toEqual([]);
    expect(generation.plans.misses - before).toBe(1);
  });
});
