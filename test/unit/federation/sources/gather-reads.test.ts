import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import type { Connector, KeyedRead, RunOptions } from '../../../../connectors/spi/connector.ts';
import type { Bindings, Request, Row } from '../../../../connectors/spi/ir.ts';
import { gatherReads } from '../../../../federation/sources/gather-reads.ts';
import { HubError } from '../../../../schema/errors/hub-error.ts';

const SINGLE = { kind: 'rows' } as Request;
const KEYED: KeyedRead = { key: 'id', limit: 1, request: { kind: 'batch', few: true, keys: [], children: [] } };
const CALL = { timeoutMs: 3_000, maxRows: 10 };

interface Ran {
  readonly together: boolean;
  readonly bindings: Bindings;
  readonly call: RunOptions;
}

/** A source whose row of a key is the key; it says otherwise for the statements that `fail` names. */
function open(fail: (ran: Ran) => Promise<never> | undefined = () => undefined, takesSeveral = true) {
  const ran: Ran[] = [];
  const rowOf = (key: unknown): Row[] => (key === 'none' ? [] : [[key as string], ['a second row']]);
  const inner: Connector = {
    ...createMemoryConnector({ source: 's', catalog: { source: 's', tables: [] } as never, tables: new Map() }),
    prepare(request) {
      if (request !== SINGLE && !takesSeveral) throw new HubError('SOURCE_CAPABILITY_MISSING', 'no', { source: 's' });
      return {
        statement: request.kind,
        ...(request === SINGLE && { keyed: KEYED }),
        async run(bindings, call) {
          const each: Ran = { together: request !== SINGLE, bindings, call };
          ran.push(each);
          const failed = fail(each);
          if (failed) return failed;
          return each.together ? (bindings.keys ?? []).map(([, key]) => [rowOf(key)]) : rowOf(bindings.variables?.['id']).slice(0, 1);
        },
      };
    },
  };
  const prepared = gatherReads(inner, 'd').prepare(SINGLE);
  const read = (id: string, call: Partial<RunOptions> = {}, more: Bindings = {}): Promise<unknown> =>
    prepared
      .run({ ...more, variables: { ...more.variables, id } }, { ...CALL, signal: new AbortController().signal, ...call })
      .catch((error: unknown) => error);
  return { ran, read };
}

const refusal = (code: ConstructorParameters<typeof HubError>[0]): Promise<never> => Promise.reject(new HubError(code, 'no', { source: 's', department: 'd' }));

describe('gatherReads', () => {
  it('asks with one statement for what is asked in one turn, and gives each its own rows', async () => {
    const { ran, read } = open();
    expect(await Promise.all([read('a'), read('none'), read('c')])).toEqual([[['a']], [], [['c']]]);
    expect(ran.map(({ bindings }) => bindings.keys)).toEqual([
      [
        [0, 'a'],
        [1, 'none'],
        [2, 'c'],
      ],
    ]);
    expect(await read('later')).toEqual([['later']]);
    expect(ran.map(({ together }) => together)).toEqual([true, false]);
  });

  it('asks apart for other rights, other values and other purposes', async () => {
    const { ran, read } = open();
    const mine = ['north'];
    const year = (value: number, regions: readonly string[] = mine): Bindings => ({ lists: { regions }, variables: { year: value } });
    await Promise.all([
      read('a', {}, year(2023)),
      read('b', {}, year(2023)),
      read('c', {}, year(2023, ['south'])),
      read('d', {}, year(2024)),
      read('e', { purpose: 'audit' }, year(2023)),
      read('f', { alone: true }, year(2023)),
    ]);
    expect(ran.map(({ together, bindings }) => (together ? bindings.keys?.map(([, key]) => key) : bindings.variables?.['id']))).toEqual([
      'f',
      ['a', 'b'],
      'c',
      'd',
      'e',
    ]);
  });

  it('takes at most 64 keys at a time', async () => {
    const { ran, read } = open();
    const ids = Array.from({ length: 150 }, (_, i) => `k${i}`);
    expect(await Promise.all(ids.map((id) => read(id)))).toEqual(ids.map((id) => [[id]]));
    expect(ran.map(({ bindings }) => bindings.keys?.length)).toEqual([64, 64, 22]);
  });

  it('tells all what the source says of itself', async () => {
    const { ran, read } = open(() => refusal('SOURCE_BUSY'));
    expect(await Promise.all([read('a'), read('b')])).toMatchObject([{ code: 'SOURCE_BUSY' }, { code: 'SOURCE_BUSY' }]);
    expect(ran).toHaveLength(1);
  });

  it('asks each alone where several cannot be asked at once', async () => {
    const { read } = open(() => undefined, false);
    expect(await Promise.all([read('a'), read('b')])).toEqual([[['a']], [['b']]]);
  });

  it('asks each alone when the source refuses the statement: one value may be at fault', async () => {
    const { read } = open(({ together, bindings }) => (together || bindings.variables?.['id'] === 'bad' ? refusal('INTERNAL_SERVER_ERROR') : undefined));
    expect(await Promise.all([read('a'), read('bad'), read('c')])).toMatchObject([[['a']], { code: 'INTERNAL_SERVER_ERROR' }, [['c']]]);
  });

  it('lets one go without the others, and the source once all have gone', async () => {
    let stop: AbortSignal | undefined;
    const { read } = open(({ call }) => {
      stop = call.signal;
      return sleep(5_000, undefined, { signal: call.signal })
        .then(() => refusal('SOURCE_TIMEOUT'))
        .catch(() => refusal('SOURCE_TIMEOUT'));
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const asked = [read('a', { signal: one.signal }), read('b', { signal: other.signal })] as const;
    await sleep(100);
    one.abort();
    expect(await asked[0]).toMatchObject({ code: 'SOURCE_TIMEOUT', source: 's', department: 'd' });
    expect(stop?.aborted).toBe(false);
    other.abort();
    expect(await asked[1]).toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(stop?.aborted).toBe(true);
  });
});
