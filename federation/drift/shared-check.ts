import type { Fingerprint } from '../../connectors/spi/connector.ts';

/** A check that many runs share: none is answered by one that began before its rows were read. */
export interface SharedCheck {
  /** A run begins. */
  begin(): CheckedRun;
}

export interface CheckedRun {
  /** Its rows are read, for the second time where it was tried again; `ask` works as long as it keeps its connection. */
  arrive(ask: Fingerprint): Arrival;
  /** It is over, however it went. */
  end(): void;
}

export interface Arrival {
  /** What this run does for all who wait, before it gives its connection back; absent: another does it. */
  readonly mine: Promise<void> | undefined;
  /** What the check finds; rejects when it could not be done, and must then be asked again. */
  readonly outcome: Promise<boolean>;
}

/** How long the first to wait holds on for others: a part of what its rows took, since others that take as long come as seldom. */
const WAIT_SHARE = 0.25;
const WAIT_MIN_MS = 1;
const WAIT_MAX_MS = 10;

interface Batch {
  size: number;
  readonly outcome: Promise<boolean>;
  readonly go: () => void;
}

/**
 * The first whose rows are read waits a moment, on its connection, for those who still run; then it checks for all of them. Nobody waits when nobody could
 * come: an answer alone is checked at once, and at any load no more checks are made than fit in the time.
 */
export function createSharedCheck(check: (ask: Fingerprint) => Promise<boolean>): SharedCheck {
  let running = 0;
  let open: Batch | undefined;
  const join = (batch: Batch): Arrival => {
    batch.size++;
    return { mine: undefined, outcome: batch.outcome };
  };
  const start = (ask: Fingerprint, tookMs: number): Arrival => {
    const full = Promise.withResolvers<void>();
    const timer = setTimeout(() => batch.go(), Math.min(WAIT_MAX_MS, Math.max(WAIT_MIN_MS, tookMs * WAIT_SHARE)));
    const outcome = full.promise.then(() => check(ask));
    const batch: Batch = {
      size: 1,
      outcome,
      go() {
        clearTimeout(timer);
        if (open === batch) open = undefined;
        full.resolve();
      },
    };
    open = batch;
    return { mine: outcome.then(() => undefined), outcome };
  };
  return {
    begin() {
      running++;
      const begun = performance.now();
      let isRunning = true;
      const leave = (): void => {
        if (!isRunning) return;
        isRunning = false;
        running--;
        // Half of all wait: the others will share the next one.
        if (open && open.size >= running) open.go();
      };
      return {
        arrive(ask) {
          const arrival = open ? join(open) : start(ask, performance.now() - begun);
          leave();
          return arrival;
        },
        end: leave,
      };
    },
  };
}
