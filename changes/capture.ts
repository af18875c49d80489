import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Federation, Log } from '../federation/supergraph/federation.ts';
import type { HubConfiguration, SourceConfiguration } from '../schema/model/configuration.ts';
import type { Capture } from '../store/capture-table.ts';
import type { Store } from '../store/store.ts';
import { captureSource } from './capture-source.ts';
import { whileLeading } from './leadership.ts';
import { createChangeLog, type ChangeLog } from './log.ts';
import { openWake } from './wake.ts';

export interface Changes extends AsyncDisposable {
  readonly log: ChangeLog;
  /** How far each captured source of the live release has been read, by whichever instance. */
  readonly captures: () => Promise<readonly Capture[]>;
}

export interface ChangesOptions {
  readonly configuration: HubConfiguration;
  readonly store: Store;
  readonly federation: Federation;
  readonly logger: Log;
  /** False: the log is only read; other instances write it. Default true. */
  readonly reads?: boolean;
}

const leaseOf = (source: string): string => `capture ${source}`;

/**
 * Opens the change log and carries every source's changes into it, each by one of the instances that share the store. Follows the live release: a source
 * that it brings is read from then on, one that it takes away no longer. Does not wait for any source.
 */
export async function createChanges({ configuration, store, federation, logger, reads = true }: ChangesOptions): Promise<Changes> {
  const wake = await openWake(configuration, store, logger);
  const { retentionHours, retentionEvents } = configuration.changes;
  const log = createChangeLog({ store, wake, retention: { hours: retentionHours, eventsPerDepartment: retentionEvents } });
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  const capturing = new Map<string, Capturing>();
  const begin = (source: SourceConfiguration, after: Promise<void>): Capturing => {
    const stopped = new AbortController();
    const done = after.then(() =>
      whileLeading(
        { store, lease: leaseOf(source.name), holder, isGone },
        stopped.signal,
        (leadership) => captureSource({ source, configuration, store, federation, logger, log }, leadership),
        (error) => logger.warn({ source: source.name, err: error }, 'changes cannot be read'),
      ),
    );
    return { digest: JSON.stringify(source), stop: () => stopped.abort(), done };
  };
  const follow = (): void => {
    const wanted = reads ? capturedSources(federation.configuration()) : new Map<string, SourceConfiguration>();
    for (const [name, each] of capturing) {
      if (JSON.stringify(wanted.get(name)) === each.digest) continue;
      each.stop();
      capturing.set(name, { ...each, digest: '' });
    }
    for (const [name, source] of wanted) {
      const known = capturing.get(name);
      // One source has one reader: what was begun under another address ends first.
      if (known?.digest !== JSON.stringify(source)) capturing.set(name, begin(source, known?.done ?? Promise.resolve()));
    }
  };
  follow();
  const unfollow = federation.onGeneration(follow);
  return {
    log,
    captures: async () => {
      const known = capturedSources(federation.configuration());
      const captures = (await store.captures.list()).filter(({ source }) => known.has(source));
      const leaders = await Promise.all(captures.map(({ source }) => store.leases.holder(leaseOf(source))));
      return captures.map((capture, place) => (leaders[place] === undefined ? { ...capture, state: 'starting' as const } : capture));
    },
    async [Symbol.asyncDispose]() {
      unfollow();
      for (const each of capturing.values()) each.stop();
      await Promise.all([...capturing.values()].map(({ done }) => done));
      await log[Symbol.asyncDispose]();
      await wake[Symbol.asyncDispose]();
    },
  };
}

interface Capturing {
  /** Of the configuration that it reads by; empty once it has been stopped. */
  readonly digest: string;
  stop(): void;
  readonly done: Promise<void>;
}

const capturedSources = ({ sources }: HubConfiguration): Map<string, SourceConfiguration> =>
  new Map([...sources].filter(([, source]) => source.changes !== 'none'));

/** A holder on this machine whose process has ended. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
