import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, StoreTables } from '../store/store.ts';

export interface LeadershipOptions {
  readonly store: Store;
  /** Of what one instance only may do at a time. */
  readonly lease: string;
  readonly holder: string;
  /** Called for a holder that cannot come back. */
  readonly isGone?: (holder: string) => boolean;
}

/** One instance's time as the leader. */
export interface Leadership {
  /** Ends with the leadership, or with the instance. */
  readonly signal: AbortSignal;
  /** Called first in every transaction of the leader, so that one who has been superseded without knowing writes nothing. @throws */
  readonly assert: (tables: StoreTables) => Promise<void>;
}

/** How long a leader that says nothing stays leader. */
const LEASE_MS = 5_000;
const RENEW_MS = 1_500;
const RETRY_MS = 1_000;

/** Waits to be the leader and works while it is, again and again, whatever happens. Never rejects; ends with the signal. */
export async function whileLeading(
  { store, lease, holder, isGone }: LeadershipOptions,
  stopped: AbortSignal,
  work: (leadership: Leadership) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      const fence = await store.transaction((tables) => tables.leases.take(lease, holder, LEASE_MS, isGone));
      if (fence !== undefined) await lead(store, { lease, holder, fence }, stopped, work);
    } catch (error) {
      if (!stopped.aborted && !(error instanceof Superseded)) onError(error);
    }
    await sleep(RETRY_MS, undefined, { signal: stopped, ref: false }).catch(() => undefined);
  }
  await store.leases.release(lease, holder).catch(() => undefined);
}

async function lead(
  store: Store,
  { lease, holder, fence }: { readonly lease: string; readonly holder: string; readonly fence: number },
  stopped: AbortSignal,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([stopped, ended.signal]);
  const renew = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(RENEW_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      const still = await store.transaction((tables) => tables.leases.take(lease, holder, LEASE_MS)).catch(() => undefined);
      if (still !== fence) ended.abort(new Superseded());
    }
  };
  const renewing = renew();
  try {
    await work({
      signal,
      assert: async (tables) => {
        if (!(await tables.leases.holds(lease, holder, fence))) throw new Superseded();
      },
    });
  } finally {
    ended.abort();
    await renewing;
  }
}

class Superseded extends Error {}
