import type { ServerResponse } from 'node:http';

/** Lets so many operations in at a time: more would only make all of them slow. */
export interface Admission {
  /** False: refuse. The place is free again when the response is finished or its client gone. */
  enter(response: ServerResponse): boolean;
  readonly inFlight: number;
}

export function createAdmission(maxInFlight: number): Admission {
  let inFlight = 0;
  const leave = (): void => {
    inFlight--;
  };
  return {
    enter(response) {
      if (inFlight >= maxInFlight) return false;
      inFlight++;
      response.once('close', leave);
      return true;
    },
    get inFlight() {
      return inFlight;
    },
  };
}
