import './production.ts';
import { boundHeap } from './bound-heap.ts';
import type { Hub, HubOptions } from './hub.ts';
import { createLog } from './log.ts';

const DRAIN_MS = 10_000;
/** Whatever hangs, the process is gone by then. */
const EXIT_MS = 14_000;
const ORPHAN_MS = 250;

export interface RunOptions extends HubOptions {
  readonly port?: number;
  readonly onListening?: (hub: Hub, address: string) => void;
}

/**
 * Runs a hub as this process until SIGTERM or SIGINT, then drains it and exits with 0 within 15 seconds. What the operator must mend is printed, and the
 * exit code is 1.
 */
export async function runHub(options: RunOptions): Promise<void> {
  const log = options.log ?? createLog(process.env['YIWANG_LOG_LEVEL']);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody handled it'));
  process.on('uncaughtException', (error) => log.error({ err: error }, 'an error was thrown and nobody caught it'));
  const { createHub } = await import('./hub.ts');
  const { HubProblem } = await import('./hub-problem.ts');
  let hub: Hub;
  try {
    hub = await createHub({ ...options, log });
    const address = await hub.listen(options.port);
    log.info({ address }, 'hub is listening');
    boundHeap();
    options.onListening?.(hub, address);
  } catch (error) {
    console.error(error instanceof HubProblem ? error.message : error);
    process.exit(1);
  }
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'hub is stopping');
    setTimeout(() => process.exit(0), EXIT_MS).unref();
    hub.drain(DRAIN_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the hub did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env['npm_lifecycle_event'] !== undefined) onceOrphaned(() => stop('SIGTERM'));
}

/** npm hands a signal to its shell alone, which dies of it and leaves this process behind: `npm start` and `npx yiwang start` would not end. */
function onceOrphaned(then: () => void): void {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    then();
  }, ORPHAN_MS).unref();
}
