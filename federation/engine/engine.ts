import type { ColumnDef } from '../../connectors/spi/ir.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { HubQuery } from '../plan/plan.ts';

/** Rows of one place in a plan: a list for each parent, evaluated apart. Values are in wire form, timestamps with a zone. */
export interface EngineInput {
  readonly columns: readonly ColumnDef[];
  readonly lists: readonly (readonly (readonly WireValue[])[])[];
}

export type RowsQuery = Extract<HubQuery, { kind: 'rows' }>;
export type GroupsQuery = Extract<HubQuery, { kind: 'groups' }>;

/** Evaluates what no source can, over rows that were fetched; the meanings are those of `connectors/spi/ir.ts`. */
export interface RowEngine extends AsyncDisposable {
  /** By list: positions of the rows that pass, in the order asked; rows equal in all of it keep theirs. @throws {HubError} JOIN_TOO_LARGE | SOURCE_TIMEOUT */
  select(input: EngineInput, query: RowsQuery, signal: AbortSignal): Promise<number[][]>;
  /** By list: its groups, keys then measures. @throws {HubError} JOIN_TOO_LARGE | SOURCE_TIMEOUT */
  group(input: EngineInput, query: GroupsQuery, signal: AbortSignal): Promise<WireValue[][][]>;
}
