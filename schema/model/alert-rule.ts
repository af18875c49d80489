import type { EntityTest } from './check.ts';

/**
 * A condition on an entity that the hub watches (`alerts.yaml`). It is evaluated again whenever a change in any department can alter what `select`
 * gives, and its state is kept for each subject: pending for `forMs`, firing, resolved.
 */
export interface AlertRule extends EntityTest {
  /** Its name, e.g. `paid-ahead-of-progress`. */
  readonly rule: string;
  /** CEL over the selection; a firing alert ends where it is true. Default: as soon as `when` is not true. Between the two it goes on firing. */
  readonly resolve?: string;
  /** `when` must hold for so long before the alert fires. Default 0. */
  readonly forMs: number;
  /** Also evaluated without any change: when the day turns, or after so many milliseconds. Rules that read the day turn with it even if they do not say so. */
  readonly every?: 'day' | number;
}
