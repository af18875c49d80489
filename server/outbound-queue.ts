/** What waits to be read by one client. Its bounds are what a client may fall behind before it is let go. */
export interface OutboundQueue {
  /** Hands bytes to the connection; past a bound, `onFull` is called once and nothing more is sent. */
  send(bytes: Buffer): void;
  /** Resolves when at most half of each bound is in use, or at the end. */
  ready(): Promise<void>;
  /** Nothing is sent any more and nobody waits. */
  end(): void;
}

export const QUEUE_BYTES = 1_048_576;
export const QUEUE_EVENTS = 1_000;

/** @param write calls back when the bytes have left this process */
export function createOutboundQueue(write: (bytes: Buffer, done: () => void) => void, onFull: () => void): OutboundQueue {
  let [bytes, events, ended] = [0, 0, false];
  let waiting: (() => void)[] = [];
  const release = (): void => {
    if (!ended && (bytes > QUEUE_BYTES / 2 || events > QUEUE_EVENTS / 2)) return;
    const [released] = [waiting, (waiting = [])];
    for (const resolve of released) resolve();
  };
  return {
    send(data) {
      if (ended) return;
      // An event that is larger than the queue may pass when it is alone.
      if (events > 0 && (bytes + data.length > QUEUE_BYTES || events >= QUEUE_EVENTS)) {
        ended = true;
        release();
        onFull();
        return;
      }
      bytes += data.length;
      events += 1;
      write(data, () => {
        bytes -= data.length;
        events -= 1;
        release();
      });
    },
    ready: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        release();
      }),
    end() {
      ended = true;
      release();
    },
  };
}
