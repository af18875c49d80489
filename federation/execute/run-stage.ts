import type { Bindings, ColumnDef, Expr, Row } from '../../connectors/spi/ir.ts';
import { truncateDate } from '../../schema/model/date.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { hubType } from '../engine/hub-column.ts';
import type { HubColumn, HubStage, RowShape } from '../plan/plan.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { compileValue } from './compile-value.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';

interface CompiledStage {
  readonly columns: readonly ColumnDef[];
  readonly read: readonly ((row: Row, execution: Execution) => WireValue)[];
}

const compiled = new WeakMap<HubStage, CompiledStage>();

/**
 * Lists after a step that only the hub can take.
 * @throws {HubError} of the source that failed to give a value: what is filtered, ordered or added up without it would be wrong
 */
export async function runStage(
  execution: Execution,
  shape: RowShape,
  stage: HubStage,
  lists: readonly Row[][],
  variables: Bindings['variables'],
): Promise<Row[][]> {
  const { columns, read } = compiledStage(execution, shape, stage);
  const input = { columns, lists: lists.map((rows) => rows.map((row) => read.map((column) => column(row, execution)))) };
  const query = variables === undefined ? stage.query : bound(stage.query, variables);
  const start = performance.now();
  const result =
    query.kind === 'groups'
      ? ((await execution.engine.group(input, query, execution.signal)) as Row[][])
      : (await execution.engine.select(input, query, execution.signal)).map((kept, list) => kept.map((i) => lists[list]?.[i] as Row));
  execution.stage?.({ stage, rowsIn: count(lists), rowsOut: count(result), ms: performance.now() - start });
  return result;
}

/** A query with its variables' values in their places. */
function bound<T>(node: T, variables: NonNullable<Bindings['variables']>): T {
  if (Array.isArray(node)) return node.map((each: unknown) => bound(each, variables)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const expr = node as unknown as Expr;
  if (expr.kind === 'variable') return { kind: 'literal', value: variables[expr.name] ?? null, type: expr.type } as T;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bound(value as unknown, variables)])) as T;
}

const count = (lists: readonly (readonly unknown[])[]): number => lists.reduce((sum, list) => sum + list.length, 0);

function compiledStage(execution: Execution, shape: RowShape, stage: HubStage): CompiledStage {
  const known = compiled.get(stage);
  if (known) return known;
  const made: CompiledStage = {
    columns: stage.columns.map(({ scalar, truncate }, i) => ({ name: `c${i}`, type: hubType(truncate ? 'Date' : scalar) })),
    read: stage.columns.map((column) => compileColumn(execution, shape, column)),
  };
  compiled.set(stage, made);
  return made;
}

function compileColumn({ supergraph }: Execution, shape: RowShape, { value, scalar, truncate }: HubColumn): CompiledStage['read'][number] {
  const read = compileValue(supergraph, { kind: 'row', shape }, value);
  return (row, execution) => {
    const canonical = read(row, execution);
    if (canonical instanceof FetchFailure) throw canonical.error;
    if (canonical === null) return null;
    // A canonical time has the hub's offset, so that its first ten characters are its day here; a month has a first day.
    return truncate ? truncateDate(`${String(canonical as string)}-01`.slice(0, 10), truncate) : encodeWire(scalar, canonical, supergraph.timeZone);
  };
}
