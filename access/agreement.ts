import type { RowRule } from '../schema/model/rights.ts';

/** What one department lets another read of one type, for a purpose and a time. 共享协议 */
export interface Agreement {
  readonly id: number;
  readonly provider: string;
  readonly consumer: string;
  readonly type: string;
  readonly fields: readonly string[];
  /** Only these rows; absent: all. */
  readonly rows?: RowRule;
  readonly purpose: string;
  /** Of everybody who asks under it, in a day of the hub's; absent: unlimited. */
  readonly operationsPerDay?: number;
  readonly rowsPerDay?: number;
}
