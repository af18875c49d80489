/** The hub of the bench, in a process of its own: changes come from its sources, or on request straight into its log. */
import '../../../server/production.ts';
import { untilLive } from './until-live.ts';

const { startTestHub } = await import('../../helpers/hub.ts');

export type Order = { readonly kind: 'append'; readonly count: number; readonly text: string } | { readonly kind: 'memory' } | { readonly kind: 'end' };
export type Report =
  | { readonly kind: 'ready'; readonly address: string; readonly folder: string }
  | { readonly kind: 'appended' }
  | { readonly kind: 'memory'; readonly rss: number; readonly cpuMs: number };

const test = await startTestHub();
await untilLive(test.hub);
let made = 0;
const key = ['2301-320500-04-01-123456'];
const report = (message: Report): void => void process.send?.(message);

process.on('message', (order: Order) => void obey(order));

async function obey(order: Order): Promise<void> {
  if (order.kind === 'append') {
    const changes = Array.from({ length: order.count }, () => {
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
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    report({ kind: 'memory', rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
  } else {
    await test[Symbol.asyncDispose]();
    process.exit(0);
  }
}

report({ kind: 'ready', address: test.address, folder: test.folder });
