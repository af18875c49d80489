/** What waits to be read by one client. Its bounds are what a client may fall behind before it is let go. */
export interface OutboundQueue {
  /** Hands a message to the connection, in pieces that many connections may share; past a bound, `onFull` is called once and nothing more is sent. */
  send(...pieces: readonly Buffer[]): void;
  /** Resolves when at most half of each bound is in use, or at the end. */
  ready(): Promise<void>;
  /** Nothing is sent any more and nobody waits. */
  end(): void;
}

export const QUEUE_BYTES = 1_048_576;
export const QUEUE_EVENTS = 1_000;
/** How long a client that is let go may take to read why: that stands behind all that it has not read yet. */
export const SLOW_CLOSE_MS = 30_000;

/** Less is copied sooner than it is written in pieces. */
const PIECE_BYTES = 4_096;

/** @param write one message; calls back when all of it has left this process */
export function createOutboundQueue(write: (pieces: readonly Buffer[], done: () => void) => void, onFull: () => void): OutboundQueue {
  let [bytes, events, ended] = [0, 0, false];
  let waiting: (() => void)[] = [];
  const release = (): void => {
    if (!ended && (bytes > QUEUE_BYTES / 2 || events > QUEUE_EVENTS / 2)) return;
    const [released] = [waiting, (waiting = [])];
    for (const resolve of released) resolve();
  };
  return {
    send(...pieces) {
      if (ended) return;
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      // An event that is larger than the queue may pass when it is alone.
      if (events > 0 && (bytes + length > QUEUE_BYTES || events >= QUEUE_EVENTS)) {
        ended = true;
        release();
        onFull();
        return;
      }
      bytes += length;
      events += 1;
      write(pieces.length === 1 || length > PIECE_BYTES ? pieces : [Buffer.concat(pieces, length)], () => {
        bytes -= length;
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
