import { createMemoryConnector, type MemoryTable } from '../../../connectors/registry.ts';
import type { Connector } from '../../../connectors/spi/connector.ts';
import type { Expr } from '../../../connectors/spi/ir.ts';
import type { Dependencies } from '../../../federation/dependencies/dependencies.ts';
import type { ExecutionEnvironment } from '../../../federation/execute/execute-operation.ts';
import type { Supergraph } from '../../../federation/plan/supergraph.ts';
import type { FieldBinding, TypeBinding } from '../../../federation/supergraph/binding.ts';
import { createPlanCache, type View } from '../../../federation/supergraph/view.ts';
import { decodeWire } from '../../../federation/values/decode-wire.ts';
import { encodeWire } from '../../../federation/values/encode-wire.ts';
import { leafAt } from '../../../schema/api/leaves.ts';
import type { Canonical } from '../../../schema/model/canonical.ts';
import type { Change, ChangeRow } from '../../../schema/model/change.ts';
import { createCrosswalk } from '../../../federation/crosswalk/crosswalk.ts';
import type { PhysicalType, WireValue } from '../../../schema/model/physical-type.ts';
import { createReach, type Reach } from './past-reach.ts';
import { createPastTable, createRowName, type PastTable, type RowName } from './past-table.ts';
import { withTotals } from './past-totals.ts';

/** The hub's world as it was at a moment: rows of unified types held in memory, one set a source, read by the same planner and executor as today's. */
export interface Past {
  readonly view: View;
  readonly environment: ExecutionEnvironment;
  /** Until a row is set again, only what the rule reads of these subjects need be there. */
  focus(keys: readonly (readonly Canonical[])[]): void;
  /** Puts a row there as it is; a row that is there already is completed. */
  put(type: string, source: string, key: readonly Canonical[], row: ChangeRow): void;
  undo(change: Change): void;
  redo(change: Change): void;
}

/** Physical types that hold a scalar's canonical value. */
const TYPES: Readonly<Record<string, PhysicalType>> = {
  Int: { kind: 'integer', bits: 32 },
  BigInt: { kind: 'integer', bits: 64 },
  Float: { kind: 'float' },
  Decimal: { kind: 'decimal' },
  Boolean: { kind: 'boolean' },
  Date: { kind: 'date' },
  DateTime: { kind: 'timestamp', zoned: true },
  JSON: { kind: 'json' },
  GeoJSON: { kind: 'json' },
};

const typeOf = (model: Supergraph['model'], type: string, path: string): PhysicalType => TYPES[leafAt(model, type, path)?.type.name ?? ''] ?? { kind: 'text' };

export function createPast(view: View, environment: ExecutionEnvironment, dependencies: Dependencies, clock: ExecutionEnvironment['clock']): Past {
  const { timeZone, model } = view.supergraph;
  const tables = new Map<string, PastTable>();
  const nameOf = (type: string): RowName => createRowName((path) => typeOf(model, type, path), timeZone);
  const table = (type: string, source: string): PastTable => {
    const name = `${source}.${type}`;
    const known = tables.get(name) ?? createPastTable(nameOf(type));
    tables.set(name, known);
    return known;
  };
  let reach: Reach | undefined;
  const supergraph: Supergraph = {
    ...view.supergraph,
    bindings: new Map([...view.supergraph.bindings].map(([type, bindings]) => [type, bindings.map((binding) => pastBinding(view.supergraph, binding))])),
    crosswalks: new Map(),
  };
  const connectors = new Map<string, Connector>();
  const connectorOf = (source: string): Connector => {
    const known =
      connectors.get(source) ??
      withTotals(createMemoryConnector({ source, catalog: { tables: [] }, tables: tablesOf(source), timeZone }), (type) => table(type, source), timeZone);
    connectors.set(source, known);
    return known;
  };
  /** A view of the rows that is always of now. */
  const tablesOf = (source: string): ReadonlyMap<string, MemoryTable> => {
    const live = new Map<string, MemoryTable>();
    live.get = (type: string) => reach?.rows(type, source) ?? [...table(type, source).entries()].map(([, { row }]) => row);
    return live;
  };
  const wireRow = (type: string, row: ChangeRow): Record<string, WireValue> =>
    Object.fromEntries(
      Object.entries(row).map(([path, value]) => {
        const scalar = leafAt(model, type, path)?.type.name ?? 'String';
        return [path, encodeWire(scalar, value, timeZone)];
      }),
    );
  const put: Past['put'] = (type, source, key, row) => {
    const rows = table(type, source);
    const id = JSON.stringify(key);
    reach = undefined;
    rows.set(id, { ...rows.get(id)?.row, ...wireRow(type, row) });
  };
  const keyFields = model.types.get(dependencies.subject)?.key ?? [];
  const replace = ({ type, source, key }: Change, row: ChangeRow | null): void => {
    if (key === null) return;
    reach = undefined;
    if (row === null) table(type, source).set(JSON.stringify(key), undefined);
    else put(type, source, key, row);
  };
  return {
    view: { ...view, supergraph, plans: createPlanCache() },
    environment: { ...environment, connector: connectorOf, crosswalk: () => NO_CROSSWALK, clock },
    focus: (keys) => {
      const subjects = keys.map((key) => wireRow(dependencies.subject, Object.fromEntries(keyFields.map((field, i) => [field, key[i] ?? null]))));
      reach = createReach({ supergraph, dependencies, keys: subjects, table, nameOf });
    },
    put,
    undo: (change) => replace(change, change.before),
    redo: (change) => replace(change, change.after),
  };
}

const NO_CROSSWALK = createCrosswalk({ slices: new Map(), authorities: new Map() });

/** The type as a table of its canonical values: entities are related by those, so no crosswalk is needed. */
function pastBinding({ model, timeZone }: Supergraph, binding: TypeBinding): TypeBinding {
  const unified = model.types.get(binding.type);
  const column = (path: string): Expr => ({ kind: 'column', column: path, type: typeOf(model, binding.type, path) });
  const paths = [...new Set([...(unified?.key ?? []), ...binding.fields.keys()])];
  const field = (path: string): FieldBinding => {
    const scalar = leafAt(model, binding.type, path)?.type.name ?? 'String';
    const decode = decodeWire(scalar);
    return {
      path,
      scalar,
      reads: [column(path)],
      expr: column(path),
      decode: ([raw = null]) => decode(raw),
      encode: (value) => encodeWire(scalar, value, timeZone),
    };
  };
  return {
    type: binding.type,
    source: binding.source,
    department: binding.department,
    rows: { kind: 'table', table: binding.type, columns: paths.map((path) => ({ name: path, type: typeOf(model, binding.type, path) })) },
    key: (unified?.key ?? []).map(column),
    tables: [binding.type],
    fields: new Map(paths.filter((path) => binding.fields.has(path)).map((path) => [path, field(path)])),
  };
}
