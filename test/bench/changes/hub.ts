/** The hub of the bench, in a process of its own: changes come from its sources, or on request straight into its log. */
import '../../../server/production.ts';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoggedChange } from '../../../schema/model/change.ts';
import { untilLive } from './until-live.ts';

const { startTestHub } = await import('../../helpers/hub.ts');

export type Order =
  /** Changes of a project's name; of payments: those in the log, told again. */
  | { readonly kind: 'append'; readonly count: number; readonly text: string; readonly of?: 'payments' }
  /** @param collect garbage first, which stops the hub for a while */
  | { readonly kind: 'memory'; readonly collect: boolean }
  | { readonly kind: 'end' };
export type Report =
  | { readonly kind: 'ready'; readonly address: string; readonly folder: string }
  | { readonly kind: 'appended' }
  /** @param delayMs p99 of the event loop's since the last report */
  | { readonly kind: 'memory'; readonly rss: number; readonly cpuMs: number; readonly delayMs: number };

const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
const test = await startTestHub();
await untilLive(test.hub);
let made = 0;
let logged: readonly LoggedChange[] | undefined;
const key = ['2301-320500-04-01-123456'];
const report = (message: Report): void => void process.send?.(message);

process.on('message', (order: Order) => void obey(order));

async function obey(order: Order): Promise<void> {
  if (order.kind === 'append') {
    const payments = order.of && (logged ??= (await test.hub.changes.log.read(0, 10_000)).filter(({ type }) => type === 'Payment'));
    const changes = Array.from({ length: order.count }, (_, i) => {
      const payment = payments?.[i % payments.length];
      if (payment) {
        made += 1;
        return { ...payment, id: `b${made}`, transaction: `b${made}`, committedAt: new Date().toISOString() };
      }
      const id = `b${++made}`;
      const common = { id, transaction: id, committedAt: '2024-06-30T12:00:00+08:00', rowKey: '1', mappingVersion: 1, type: 'Project', key };
      const name = `${id} ${order.text}`;
      return {
        ...common,
        department: 'development',
        source: 'development',
        op: 'UPDATED' as const,
        changedFields: ['name'],
        before: { name: '' },
        after: { name },
      };
    });
    await test.hub.changes.log.append({ changes });
    report({ kind: 'appended' });
  } else if (order.kind === 'memory') {
    if (order.collect) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    report({ kind: 'memory', rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000, delayMs: delays.percentile(99) / 1e6 });
    delays.reset();
  } else {
    await test[Symbol.asyncDispose]();
    process.exit(0);
  }
}

report({ kind: 'ready', address: test.address, folder: test.folder });
