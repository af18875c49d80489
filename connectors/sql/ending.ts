/** The early end of one call. What an AbortSignal is, for one listener at a time and at a fraction of its cost: there is one for every statement. */
export class Ending {
  isOver = false;
  reason: unknown;
  /** Told at once when the call ends early. */
  listener: (() => void) | undefined;

  end(reason: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.reason = reason;
    this.listener?.();
  }
}
