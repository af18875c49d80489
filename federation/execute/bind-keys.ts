import type { Row } from '../../connectors/spi/ir.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { FieldBinding } from '../supergraph/binding.ts';
import { decodeWire } from '../values/decode-wire.ts';
import { encodeWire } from '../values/encode-wire.ts';
import { bareText } from '../plan/bare-text.ts';
import type { FieldRef } from '../plan/output.ts';
import type { KeyPart, KeyRead, KeyWrite, ParameterWrite } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Execution } from './execution.ts';

export type BatchKey = readonly [number, ...WireValue[]];

export function fieldOf(supergraph: Supergraph, ref: FieldRef): FieldBinding {
  const field = supergraph.bindings
    .get(ref.type)
    ?.find((b) => b.source === ref.source)
    ?.fields.get(ref.path);
  if (!field) throw new HubError('INTERNAL_SERVER_ERROR', `no binding of ${ref.type}.${ref.path}`);
  return field;
}

/**
 * Keys of a batch: equal parents share an ordinal; `ordinals[i]` is that of row i, −1 where the row has no key in the target source.
 */
export function batchKeys(
  execution: Execution,
  parts: readonly KeyPart[],
  rows: readonly Row[],
): { readonly keys: BatchKey[]; readonly ordinals: number[]; readonly count: number } {
  const [only] = parts;
  if (parts.length === 1 && only && only.read.kind !== 'local' && only.write.kind !== 'local')
    return valueKeys(valueReader(execution, only.read), valueWriter(execution, only.write), rows);
  const readers = parts.map((part) => keyReader(execution, part.read));
  const writers = parts.map((part) => keyWriter(execution, part.write));
  const known = new Map<string, number>();
  const keys: BatchKey[] = [];
  let count = 0;
  const ordinals = rows.map((row) => {
    const canonical = readers.map((read) => read(row));
    const text = JSON.stringify(canonical);
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    const tuples = product(canonical.map((values, i) => [...new Set(values.flatMap((v) => writers[i]?.(v) ?? []))]));
    const ordinal = tuples.length > 0 ? count++ : -1;
    for (const tuple of tuples) keys.push([ordinal, ...tuple]);
    known.set(text, ordinal);
    return ordinal;
  });
  return { keys, ordinals, count };
}

/** Most keys are one value on each side, and there are many of them. */
function valueKeys(read: (row: Row) => Canonical, write: (value: Canonical) => WireValue, rows: readonly Row[]): ReturnType<typeof batchKeys> {
  const known = new Map<unknown, number>();
  const keys: BatchKey[] = [];
  let count = 0;
  const ordinals = rows.map((row) => {
    const value = read(row);
    if (value === null) return -1;
    const same = typeof value === 'object' ? `\u0000${JSON.stringify(value)}` : value;
    const seen = known.get(same);
    if (seen !== undefined) return seen;
    const key = write(value);
    const ordinal = key === null ? -1 : count++;
    if (key !== null) keys.push([ordinal, key]);
    known.set(same, ordinal);
    return ordinal;
  });
  return { keys, ordinals, count };
}

/** Keys given as canonical tuples, one an ordinal. */
export function canonicalKeys(execution: Execution, writes: readonly KeyWrite[], values: readonly (readonly Canonical[])[]): BatchKey[] {
  const writers = writes.map((write) => keyWriter(execution, write));
  return values.flatMap((tuple, ordinal) => product(tuple.map((value, i) => writers[i]?.(value) ?? [])).map((t): BatchKey => [ordinal, ...t]));
}

function product(lists: readonly (readonly WireValue[])[]): WireValue[][] {
  return lists.reduce<WireValue[][]>((all, list) => all.flatMap((head) => list.map((value) => [...head, value])), [[]]);
}

/** The canonical keys that a row's value stands for: one by value, any number through the crosswalk. */
export function keyReader(execution: Execution, read: KeyRead): (row: Row) => readonly Canonical[] {
  if (read.kind === 'local') {
    const { column, entity, source } = read;
    ready(execution, entity, source);
    return (row) => {
      const local = row[column] as WireValue;
      return local === null ? [] : execution.crosswalk.toCanonical(entity, source, String(local));
    };
  }
  const value = valueReader(execution, read);
  return (row) => {
    const found = value(row);
    return found === null ? [] : [found];
  };
}

/** The one canonical key that a row's value stands for, or null. */
function valueReader({ supergraph }: Execution, read: Exclude<KeyRead, { kind: 'local' }>): (row: Row) => Canonical {
  if (read.kind === 'wire') {
    const decode = decodeWire(read.scalar);
    return (row) => decode(row[read.column] as WireValue);
  }
  if (read.kind === 'row') return (row) => row[read.column] as WireValue;
  const { decode } = fieldOf(supergraph, read.field);
  const raw: WireValue[] = [];
  return (row) => {
    read.columns.forEach((column, i) => (raw[i] = row[column] as WireValue));
    return decode(raw, ignore);
  };
}

/** What a canonical key is called in the target source. */
export function keyWriter(execution: Execution, write: ParameterWrite): (value: Canonical) => readonly WireValue[] {
  if (write.kind === 'local') {
    const { entity, source, type } = write;
    ready(execution, entity, source);
    return (value) => execution.crosswalk.toLocal(entity, source, String(value)).map((local) => wireKey(type, local));
  }
  if (write.kind === 'scalar') {
    const { timeZone } = execution.supergraph;
    return (value) => [encodeWire(write.scalar, value, timeZone)];
  }
  if (write.kind === 'row') return (value) => [value as WireValue];
  const key = valueWriter(execution, write);
  return (value) => {
    const wire = key(value);
    return wire === null ? [] : [wire];
  };
}

/** The one name that a canonical key has in the target source, or null. */
function valueWriter({ supergraph }: Execution, write: Exclude<ParameterWrite, { kind: 'local' | 'scalar' }>): (value: Canonical) => WireValue {
  if (write.kind === 'row') return (value) => value as WireValue;
  const { encode, expr } = fieldOf(supergraph, write.field);
  const neverBlank = !('blank' in write) && expr !== undefined && bareText(expr) !== undefined;
  return (value) => {
    if (value === null || value === undefined) return null;
    const wire = encode(value);
    return neverBlank && wire === '' ? null : wire;
  };
}

/** A key that the crosswalk keeps as text, in the wire form of its column. */
export function wireKey(type: PhysicalType, text: string): WireValue {
  return (type.kind === 'integer' && type.bits !== 64) || type.kind === 'float' ? Number(text) : text;
}

function ready(execution: Execution, entity: string, source: string): void {
  if (execution.crosswalk.state(entity, source) === 'ready') return;
  throw new HubError('SOURCE_UNAVAILABLE', `the keys of ${entity} in ${source} have not been read yet`, { source });
}

const ignore = (): void => undefined;
