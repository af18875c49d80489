import { createMemoryConnector, type MemoryTable } from '../../../connectors/registry.ts';
import type { Connector } from '../../../connectors/spi/connector.ts';
import type { Expr } from '../../../connectors/spi/ir.ts';
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

/** The hub's world as it was at a moment: rows of unified types held in memory, one set a source, read by the same planner and executor as today's. */
export interface Past {
  readonly view: View;
  readonly environment: ExecutionEnvironment;
  /** Puts a row there as it is; a row that is there already is completed. */
  put(type: string, source: string, key: readonly Canonical[], row: ChangeRow): void;
  undo(change: Change): void;
  redo(change: Change): void;
}

type Rows = Map<string, Record<string, WireValue>>;

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

export function createPast(view: View, environment: ExecutionEnvironment, clock: ExecutionEnvironment['clock']): Past {
  const { timeZone } = view.supergraph;
  const tables = new Map<string, Rows>();
  const rowsOf = (type: string, source: string): Rows => {
    const name = `${source}.${type}`;
    const known = tables.get(name) ?? new Map<string, Record<string, WireValue>>();
    tables.set(name, known);
    return known;
  };
  const supergraph: Supergraph = {
    ...view.supergraph,
    bindings: new Map([...view.supergraph.bindings].map(([type, bindings]) => [type, bindings.map((binding) => pastBinding(view.supergraph, binding))])),
    crosswalks: new Map(),
  };
  const connectors = new Map<string, Connector>();
  const connectorOf = (source: string): Connector => {
    const known = connectors.get(source) ?? createMemoryConnector({ source, catalog: { tables: [] }, tables: tablesOf(source), timeZone });
    connectors.set(source, known);
    return known;
  };
  /** A view of the rows that is always of now. */
  const tablesOf = (source: string): ReadonlyMap<string, MemoryTable> => {
    const live = new Map<string, MemoryTable>();
    live.get = (type: string) => [...rowsOf(type, source).values()];
    return live;
  };
  const wireRow = (type: string, row: ChangeRow): Record<string, WireValue> =>
    Object.fromEntries(
      Object.entries(row).map(([path, value]) => {
        const scalar = leafAt(supergraph.model, type, path)?.type.name ?? 'String';
        return [path, encodeWire(scalar, value, timeZone)];
      }),
    );
  const put: Past['put'] = (type, source, key, row) => {
    const rows = rowsOf(type, source);
    const id = JSON.stringify(key);
    rows.set(id, { ...rows.get(id), ...wireRow(type, row) });
  };
  const replace = ({ type, source, key }: Change, row: ChangeRow | null): void => {
    if (key === null) return;
    if (row === null) rowsOf(type, source).delete(JSON.stringify(key));
    else put(type, source, key, row);
  };
  return {
    view: { ...view, supergraph, plans: createPlanCache() },
    environment: { ...environment, connector: connectorOf, crosswalk: () => NO_CROSSWALK, clock },
    put,
    undo: (change) => replace(change, change.before),
    redo: (change) => replace(change, change.after),
  };
}

const NO_CROSSWALK = createCrosswalk({ slices: new Map(), authorities: new Map() });

/** The type as a table of its canonical values: entities are related by those, so no crosswalk is needed. */
function pastBinding({ model, timeZone }: Supergraph, binding: TypeBinding): TypeBinding {
  const unified = model.types.get(binding.type);
  const typeOf = (path: string): PhysicalType => TYPES[leafAt(model, binding.type, path)?.type.name ?? ''] ?? { kind: 'text' };
  const column = (path: string): Expr => ({ kind: 'column', column: path, type: typeOf(path) });
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
    rows: { kind: 'table', table: binding.type, columns: paths.map((path) => ({ name: path, type: typeOf(path) })) },
    key: (unified?.key ?? []).map(column),
    tables: [binding.type],
    fields: new Map(paths.filter((path) => binding.fields.has(path)).map((path) => [path, field(path)])),
  };
}
