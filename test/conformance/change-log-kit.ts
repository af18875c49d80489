/** What the change log promises, whichever store holds it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { createChangeLog, type ChangeLog } from '../../changes/log.ts';
import type { Change } from '../../schema/model/change.ts';
import type { Store } from '../../store/store.ts';
import type { StoreKitSubject } from './store-kit.ts';

const HOUR = 3_600_000;
const change = (id: string, more: Partial<Change> = {}): Change => ({
  id,
  department: 'finance',
  source: 'finance',
  type: 'Payment',
  key: ['一'],
  rowKey: '1',
  op: 'UPDATED',
  changedFields: ['amount'],
  before: { amount: '1.50', at: null },
  after: { amount: '123456789012345678.90', at: '2024-06-30T12:00:00+08:00' },
  committedAt: '2024-06-30T12:00:00.123456+08:00',
  transaction: 't',
  mappingVersion: 3,
  ...more,
});

export function describeChangeLog(name: string, subject: StoreKitSubject): void {
  /** An instance that appends and reads; without calls from others it looks for itself. */
  const withLog = async <T>(
    work: (log: ChangeLog, store: Store) => Promise<T>,
    options: { readonly keep?: number; readonly clock?: () => number } = {},
  ): Promise<T> => {
    await using store = await subject.open();
    const wake = { call: () => undefined, listen: () => () => undefined, [Symbol.asyncDispose]: async () => undefined };
    const retention = { hours: 72, eventsPerDepartment: options.keep ?? 1_000_000 };
    await using log = createChangeLog({ store, wake, retention, ...(options.clock === undefined ? {} : { clock: options.clock }) });
    return await work(log, store); // not before it is over are they closed
  };
  const ids = async (log: ChangeLog, after = 0): Promise<string[]> => (await log.read(after, 10_000)).map(({ id }) => id);

  describe(`the change log in ${name}`, () => {
    beforeEach(() => subject.reset());

    it('gives back what was appended, in order, numbered without gaps, each once', async () => {
      await withLog(async (log) => {
        expect([await log.newest(), await log.oldest()]).toEqual([0, 1]);
        await log.append({ changes: [change('a'), change('b', { op: 'DELETED', after: null, key: null })] });
        await log.append({ changes: [change('b'), change('c')] });
        await log.append({ changes: [] });
        const found = await log.read(0, 10);
        expect(found.map(({ sequence, id }) => [sequence, id])).toEqual([
          [1, 'a'],
          [2, 'b'],
          [3, 'c'],
        ]);
        expect(found[0]).toEqual({ ...change('a'), sequence: 1 });
        expect(found[1]).toEqual({ ...change('b', { op: 'DELETED', after: null, key: null }), sequence: 2 });
        expect((await log.read(1, 1)).map(({ id }) => id)).toEqual(['b']);
      });
    });

    it('finds by department, source and type', async () => {
      await withLog(async (log) => {
        await log.append({ changes: [change('a'), change('b', { department: 'audit', source: 'audit' }), change('c', { type: 'Contract' })] });
        const found = async (filter: Parameters<ChangeLog['read']>[2]): Promise<string[]> => (await log.read(0, 10, filter)).map(({ id }) => id);
        expect([await found({ departments: ['audit'] }), await found({ types: ['Payment'] }), await found({ sources: [] })]).toEqual([['b'], ['a', 'b'], []]);
        expect(await found({ departments: ['finance'], types: ['Contract'] })).toEqual(['c']);
      });
    });

    it('is replayed to the byte from any place when the hub is started again', async () => {
      const before = await withLog(async (log) => {
        for (let place = 0; place < 5; place += 1) await log.append({ changes: [change(`${place}`), change(`${place}'`)] });
        return JSON.stringify(await log.read(3, 100));
      });
      await withLog(async (log) => {
        expect(JSON.stringify(await log.read(3, 100))).toBe(before);
        await log.append({ changes: [change('next')] });
        expect((await log.read(10, 1))[0]).toMatchObject({ sequence: 11, id: 'next' });
      });
    });

    it('never shows a number before a lower one, whoever else appends', async () => {
      await withLog((one) =>
        withLog(async (other) => {
          const writers = [one, one, other, other].map(async (log, writer) => {
            for (let place = 0; place < 12; place += 1) {
              const slow = place % 4 === writer;
              const along = async (): Promise<void> => void (slow && (await sleep(5)));
              await log.append({ changes: [change(`${writer}-${place}`), change(`${writer}-${place}'`)], along });
            }
          });
          const writing = Promise.all(writers);
          const read: string[] = [];
          let last = 0;
          while (read.length < 96) {
            await one.waitBeyond(last, AbortSignal.timeout(5_000));
            for (const { sequence, id } of await one.read(last, 7)) {
              expect(sequence).toBe(last + 1);
              last = sequence;
              read.push(id);
            }
          }
          await writing;
          expect(read).toEqual(await ids(other));
          expect(new Set(read).size).toBe(96);
          for (const writer of [0, 1, 2, 3])
            expect(read.filter((id) => id.startsWith(`${writer}-`) && !id.endsWith("'"))).toEqual(
              Array.from({ length: 12 }, (_, place) => `${writer}-${place}`),
            );
        }),
      );
    });

    it('takes nothing from a leader that has been superseded, nor what is written along', async () => {
      await withLog(async (log, store) => {
        const fence = await store.transaction((tables) => tables.leases.take('capture finance', 'first', 0));
        const along: Parameters<ChangeLog['append']>[0]['along'] = async (tables) => {
          await tables.captures.save('finance', { position: 'mine' });
          if (!(await tables.leases.holds('capture finance', 'first', fence ?? 0))) throw new Error('superseded');
        };
        await log.append({ changes: [change('a')], along });
        await sleep(5);
        expect(await store.transaction((tables) => tables.leases.take('capture finance', 'second', 5_000))).toBe((fence ?? 0) + 1);
        await store.captures.save('finance', { position: 'theirs' });
        await expect(log.append({ changes: [change('b')], along })).rejects.toThrow('superseded');
        expect([await ids(log), (await store.captures.get('finance'))?.position]).toEqual([['a'], 'theirs']);
        await log.append({ changes: [change('c')] });
        expect((await log.read(0, 10)).map(({ sequence }) => sequence)).toEqual([1, 2]);
      });
    });

    it('keeps every change for 72 hours, unless its department has too many that are newer', async () => {
      let now = Date.now();
      const clock = (): number => now;
      await withLog(
        async (log) => {
          await log.append({ changes: [1, 2, 3].map((place) => change(`f${place}`)) });
          await log.append({ changes: [1, 2, 3, 4].map((place) => change(`a${place}`, { department: 'audit' })) });
          now += 71 * HOUR;
          await log.append({ changes: [change('f4')] });
          // Three of each department stay: what was forgotten is told, department by department.
          expect(await ids(log)).toEqual(['f2', 'f3', 'a2', 'a3', 'a4', 'f4']);
          expect([await log.oldest({ departments: ['finance'] }), await log.oldest({ departments: ['audit'] }), await log.oldest()]).toEqual([2, 5, 5]);
          expect(await log.oldest({ departments: ['housing'] })).toBe(1);
        },
        { keep: 3, clock },
      );
    });

    it('forgets what is older, and never gives a number again', async () => {
      let now = Date.now();
      const clock = (): number => now;
      await withLog(
        async (log) => {
          await log.append({ changes: [change('a'), change('b')] });
          now += 73 * HOUR;
          await log.append({ changes: [change('c', { department: 'audit' })] });
          expect((await ids(log)).filter((id) => id !== 'c')).toEqual([]);
          expect(await log.oldest({ departments: ['finance'] })).toBe(3);
          await log.append({ changes: [change('d')] });
          expect((await log.read(3, 10)).map(({ sequence, id }) => [sequence, id])).toEqual([[4, 'd']]);
        },
        { clock },
      );
    });

    it('wakes whoever waits, also for what another instance appended, and at the signal', async () => {
      await withLog((one) =>
        withLog(async (other) => {
          const waiting = one.waitBeyond(0, AbortSignal.timeout(10_000));
          await other.append({ changes: [change('a')] });
          await waiting;
          expect(await ids(one)).toEqual(['a']);
          await one.waitBeyond(1, AbortSignal.timeout(20));
          expect(await one.newest()).toBe(1);
        }),
      );
    });
  });
}
