import type { WireValue } from '../../schema/model/physical-type.ts';
import type { RunOptions } from './connector.ts';
import type { Bindings } from './ir.ts';

/**
 * A list's rows as the engine prints them, for whoever writes text of them anyway: no value becomes a string of its own on the way. Rows of columns only,
 * without nested ones.
 */
export interface PrintedRows {
  /** A cell's text → its value, by column; where absent the text is the value. */
  readonly decode: readonly (((text: string) => WireValue) | undefined)[];
  /** @returns how many rows were given. @throws {HubError} as `PreparedRequest.run`: what the sink has then is of no use */
  run(bindings: Bindings, call: RunOptions, sink: RowSink): Promise<number>;
}

/** Takes rows one by one, as they arrive. */
export interface RowSink {
  /** Rows follow from the first on; called again when the source is asked again. */
  begin(): void;
  /**
   * One row. At `at` its cells begin, in the order of the columns: each a 32-bit big-endian count of bytes, -1 for null, and so many bytes of UTF-8.
   * `bytes` may change as soon as it returns.
   */
  row(bytes: Buffer, at: number): void;
}
