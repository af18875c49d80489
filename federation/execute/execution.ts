import type { CallOptions, PreparedRequest } from '../../connectors/spi/connector.ts';
import type { Request } from '../../connectors/spi/ir.ts';
import type { HubError } from '../../schema/errors/hub-error.ts';
import type { Crosswalk } from '../crosswalk/crosswalk.ts';
import type { RowEngine } from '../engine/engine.ts';
import type { HubStage } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { CursorCodec } from '../values/cursor.ts';
import type { AnswerBytes } from './answer-bytes.ts';
import type { Tally } from './tally.ts';

/** What one run of a plan shares. */
export interface Execution {
  readonly supergraph: Supergraph;
  readonly crosswalk: Crosswalk;
  readonly prepare: (source: string, request: Request) => PreparedRequest;
  readonly call: (source: string) => CallOptions & { readonly maxRows: number };
  readonly engine: RowEngine;
  /** Aborts what runs outside a source. */
  readonly signal: AbortSignal;
  readonly cursors: CursorCodec;
  /** Coerced variables of the operation. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The hub's clock, read once: `now` in RFC 3339 with the hub's offset, `asOf` its date. */
  readonly clock: Clock;
  readonly errors: FieldError[];
  /** Where the writers are in the response. */
  readonly path: (string | number)[];
  /** JSON text of root fields that are not planned, by response key. */
  readonly foreign: ReadonlyMap<string, string>;
  /** Takes what is written as bytes, of which the number stands in the text between two PART_MARKs. Absent: all is text. */
  readonly bytes?: AnswerBytes | undefined;
  readonly trace?: (fetch: FetchTrace) => void;
  readonly tally?: Tally;
  readonly stage?: (stage: StageTrace) => void;
}

export interface Clock {
  readonly now: string;
  readonly asOf: string;
}

export interface FieldError {
  readonly error: HubError;
  readonly path: readonly (string | number)[];
}

export interface FetchTrace {
  /** Tells requests of the plan apart. */
  readonly request: Request;
  readonly source: string;
  readonly statement: string;
  readonly keys?: number;
  readonly rows: number;
  /** They went into the answer as the source printed them. */
  readonly printed?: true;
  readonly ms: number;
}

export interface StageTrace {
  readonly stage: HubStage;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly ms: number;
}
