import type { Session } from './server-connector.ts';

/** One connection on which short statements run, each sent behind the others without waiting for their answers. */
export interface Lane {
  /** Rejects when no connection was to be had. */
  readonly session: Promise<Session>;
  /** An answer came: nothing is stuck. */
  progress(): void;
  /** Nothing was answered for so long that the server or the way to it may be gone. */
  isStuck(): boolean;
  /** Lets nobody else on; once all have left, the connection is closed. */
  spoil(): void;
  /** Closes the connection under all who are on it. */
  break(): void;
  leave(): void;
}

export interface LaneOptions {
  /** A connection of the pool's, and what gives its place back. */
  readonly open: () => Promise<{ readonly session: Session; readonly leave: () => void }>;
  /** Do others wait for a connection? */
  readonly isWanted: () => boolean;
}

/** Statements on one connection at a time. */
const DEPTH = 16;
/** So many at most while others wait for a connection. */
const SERVED_MAX = 64;
/** Where nothing was answered for so long, a statement is stuck, and nobody else should stand behind it. */
const STUCK_MS = 50;

/** @returns a place on a connection that has room, otherwise on a new one */
export function createLanes({ open, isWanted }: LaneOptions): () => Lane {
  const lanes: State[] = [];

  interface State extends Lane {
    inside: number;
    served: number;
    answeredAt: number;
    isGood: boolean;
  }

  function create(): State {
    const opening = open();
    const session = opening.then((opened) => opened.session);
    const lane: State = {
      session,
      inside: 0,
      served: 0,
      answeredAt: performance.now(),
      isGood: true,
      progress: () => void (lane.answeredAt = performance.now()),
      isStuck: () => performance.now() - lane.answeredAt >= STUCK_MS,
      spoil: () => void (lane.isGood = false),
      break() {
        lane.isGood = false;
        session.then((opened) => opened.release(true)).catch(() => undefined);
      },
      leave() {
        if (--lane.inside > 0) return;
        lanes.splice(lanes.indexOf(lane), 1);
        opening
          .then((opened) => {
            opened.session.release(!lane.isGood);
            opened.leave();
          })
          .catch(() => undefined); // nothing was opened
      },
    };
    lanes.push(lane);
    return lane;
  }

  return () => {
    const wanted = isWanted();
    const now = performance.now();
    const lane =
      lanes.find(
        ({ inside, isGood, served, answeredAt }) =>
          inside < DEPTH && isGood && (!wanted || served < SERVED_MAX) && (inside === 0 || now - answeredAt < STUCK_MS),
      ) ?? create();
    if (lane.inside === 0) lane.answeredAt = now;
    lane.inside++;
    lane.served++;
    return lane;
  };
}
