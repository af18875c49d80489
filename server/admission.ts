/** Lets so many operations in at a time: more would only make all of them slow. */
export interface Admission {
  /** What gives the place back, once; undefined: refuse. */
  enter(): (() => void) | undefined;
  readonly inFlight: number;
}

export function createAdmission(maxInFlight: number): Admission {
  let inFlight = 0;
  return {
    enter() {
      if (inFlight >= maxInFlight) return undefined;
      inFlight++;
      let inside = true;
      return () => {
        if (inside) inFlight--;
        inside = false;
      };
    },
    get inFlight() {
      return inFlight;
    },
  };
}
