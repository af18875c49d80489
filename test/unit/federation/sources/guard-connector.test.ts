import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryConnector } from '../../../../connectors/memory/connector.ts';
import type { CallOptions, Connector } from '../../../../connectors/spi/connector.ts';
import type { Request, Row } from '../../../../connectors/spi/ir.ts';
import { guardConnector, type SourceCall } from '../../../../federation/sources/guard-connector.ts';
import { HubError, type HubErrorDetails } from '../../../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../../../schema/errors/register.ts';
import { DEFAULT_BREAKER } from '../../../../schema/parse/configuration.ts';

const RUN = { maxRows: 10, timeoutMs: 3_000 };
const live = (): AbortSignal => new AbortController().signal;
const fail =
  (code: ErrorCode, details: HubErrorDetails = {}) =>
  () =>
    Promise.reject(new HubError(code, 'source "s" said no', { source: 's', ...details }));

/** What a source does at its next runs; without anything said it answers. */
function open(...script: ((call: CallOptions) => Promise<Row[]>)[]) {
  const calls: SourceCall[] = [];
  const given: number[] = [];
  const inner: Connector = {
    ...createMemoryConnector({ source: 's', catalog: { source: 's', tables: [] } as never, tables: new Map() }),
    prepare: () => ({
      statement: 'select 1',
      run: (_bindings, call) => {
        given.push(call.timeoutMs);
        return (script.shift() ?? (() => Promise.resolve([[1]])))(call);
      },
    }),
  };
  const connector = guardConnector(inner, { department: 'd', breaker: DEFAULT_BREAKER, onCall: (call) => calls.push(call) });
  const prepared = connector.prepare({} as Request);
  const run = (signal = live()): Promise<unknown> => prepared.run({}, { ...RUN, signal }).catch((error: unknown) => error);
  return { connector, script, calls, given, run, outcomes: () => calls.map(({ outcome }) => outcome) };
}

async function opened(code: ErrorCode = 'SOURCE_UNAVAILABLE'): Promise<ReturnType<typeof open>> {
  const source = open(...Array.from({ length: 10 }, () => fail(code)));
  for (let i = 0; i < 10; i++) await source.run();
  return source;
}

describe('guardConnector', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each(['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT'] as const)('leaves a source alone after ten times %s, and says for how long', async (code) => {
    const source = await opened(code);
    vi.advanceTimersByTime(500);
    expect(await source.run()).toMatchObject({ code: 'SOURCE_CIRCUIT_OPEN', department: 'd', source: 's', retryable: true, retryAfterMs: 1_500 });
    expect(source.given).toHaveLength(10);
    expect(source.outcomes().slice(-2)).toEqual([code, 'SOURCE_CIRCUIT_OPEN']);
  });

  it('asks again after two seconds by one run alone; the others do not wait for it', async () => {
    const source = await opened();
    vi.advanceTimersByTime(2_000);
    let answer: (rows: Row[]) => void = () => undefined;
    source.script.push(() => new Promise((resolve) => (answer = resolve)));
    const probe = source.run();
    expect(await source.run()).toMatchObject({ code: 'SOURCE_CIRCUIT_OPEN', retryAfterMs: 2_000 });
    answer([[7]]);
    expect(await probe).toEqual([[7]]);
    expect(await source.run()).toEqual([[1]]);
  });

  it('stays open for another two seconds when the source still fails', async () => {
    const source = await opened();
    vi.advanceTimersByTime(2_000);
    source.script.push(fail('SOURCE_UNAVAILABLE'));
    expect(await source.run()).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await source.run()).toMatchObject({ code: 'SOURCE_CIRCUIT_OPEN' });
  });

  it.each(['SOURCE_BUSY', 'an abandoned run'])('learns nothing from %s: neither that the source fails nor that it is back', async (what) => {
    const end = new AbortController();
    const unsaid = what === 'SOURCE_BUSY' ? fail('SOURCE_BUSY') : () => (end.abort(), fail('SOURCE_TIMEOUT')());
    const working = open(...Array.from({ length: 30 }, () => unsaid));
    for (let i = 0; i < 30; i++) await working.run(end.signal);
    expect(await working.run()).toEqual([[1]]);
    const failing = await opened();
    vi.advanceTimersByTime(2_000);
    failing.script.push(unsaid);
    await failing.run(end.signal);
    expect(await failing.run()).toMatchObject({ code: 'SOURCE_CIRCUIT_OPEN' });
  });

  it('takes an error that a working source gives for an answer', async () => {
    const source = open(...Array.from({ length: 30 }, () => fail('SOURCE_DRIFT')));
    for (let i = 0; i < 30; i++) expect(await source.run()).toMatchObject({ code: 'SOURCE_DRIFT' });
    expect(await source.run()).toEqual([[1]]);
  });

  it('tries once more after a lost connection, within what is left of the deadline', async () => {
    const lost = (): Promise<never> => (vi.advanceTimersByTime(1_000), fail('SOURCE_UNAVAILABLE', { connectionLost: true })());
    const once = open(lost);
    expect(await once.run()).toEqual([[1]]);
    expect(once.given).toEqual([3_000, 2_000]);
    expect(once.outcomes()).toEqual(['ok']);
    const twice = open(lost, lost);
    expect(await twice.run()).toMatchObject({ code: 'SOURCE_UNAVAILABLE', department: 'd' });
    expect(twice.given).toHaveLength(2);
  });

  it.each([
    ['a timeout', fail('SOURCE_TIMEOUT'), undefined],
    ['a refused connection', fail('SOURCE_UNAVAILABLE'), undefined],
    ['a lost connection at the end of the time', () => (vi.advanceTimersByTime(2_990), fail('SOURCE_UNAVAILABLE', { connectionLost: true })()), undefined],
    ['a lost connection whose caller is gone', fail('SOURCE_UNAVAILABLE', { connectionLost: true }), AbortSignal.abort()],
  ])('does not try again after %s', async (_what, failure, signal) => {
    const source = open(failure);
    expect(await source.run(signal)).toBeInstanceOf(HubError);
    expect(source.given).toHaveLength(1);
  });

  it('names department and source, and when to try again, in every error; keeps what nobody foresaw for the log', async () => {
    const source = open(
      fail('SOURCE_BUSY', { retryAfterMs: 250 }),
      fail('SOURCE_UNAVAILABLE'),
      () => Promise.reject(new Error('password=1234')),
      fail('JOIN_TOO_LARGE'),
    );
    expect(await source.run()).toMatchObject({ code: 'SOURCE_BUSY', department: 'd', source: 's', retryAfterMs: 250 });
    expect(await source.run()).toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: 'source "s" said no', retryAfterMs: 2_000 });
    const unforeseen = await source.run();
    expect(unforeseen).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', department: 'd', source: 's', cause: new Error('password=1234') });
    expect((unforeseen as HubError).message).not.toContain('password');
    expect(((await source.run()) as HubError).retryAfterMs).toBeUndefined();
  });

  it('lets health and catalog through while the circuit is open', async () => {
    const { connector } = await opened();
    expect(await connector.health({ signal: live(), timeoutMs: 100 })).toMatchObject({ status: 'up' });
    expect(await connector.introspect({ signal: live(), timeoutMs: 100 })).toMatchObject({ source: 's' });
  });
});
