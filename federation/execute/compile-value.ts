import type { Row } from '../../connectors/spi/ir.ts';
import { encodeGlobalId } from '../../schema/api/global-id.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { compileExpression } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import type { ValuePlan } from '../plan/output.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { averageOf } from '../values/average.ts';
import { decodeWire } from '../values/decode-wire.ts';
import { fieldOf } from './bind-keys.ts';
import { compileCheckFailed } from './compile-checks.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { slotReader, type Layout } from './layout.ts';

/** A canonical value of a row, or why it is missing. */
export type ReadValue = (row: Row, execution: Execution) => Canonical | FetchFailure;

const ignore = (): void => undefined;

/** Compiles a value plan once; reading a row then decides nothing. */
export function compileValue(supergraph: Supergraph, layout: Layout, value: ValuePlan): ReadValue {
  switch (value.kind) {
    case 'field': {
      const { decode } = fieldOf(supergraph, value.field);
      const [only] = value.columns;
      if (value.columns.length === 1 && only !== undefined) {
        // Decoders read it at once and keep nothing of it.
        const raw: WireValue[] = [null];
        return (row) => {
          raw[0] = row[only] as WireValue;
          return decode(raw, ignore);
        };
      }
      return (row) =>
        decode(
          value.columns.map((c) => row[c] as WireValue),
          ignore,
        );
    }
    case 'canonicalKey':
      return (row, { crosswalk }) => {
        const local = row[value.column];
        return local === null || local === undefined ? null : (crosswalk.toCanonical(value.entity, value.source, String(local as WireValue))[0] ?? null);
      };
    case 'wire': {
      const decode = decodeWire(value.scalar);
      return (row) => decode(row[value.column] as WireValue);
    }
    case 'canonical':
      return (row) => (row[value.column] ?? null) as Canonical;
    case 'enough': {
      const decode = decodeWire(value.scalar);
      return (row) => (Number(row[value.count] ?? 0) < value.atLeast ? null : decode(row[value.column] as WireValue));
    }
    case 'average':
      return (row) => averageOf(row[value.sum] as WireValue, row[value.count] as WireValue);
    case 'via':
      return compileVia(supergraph, layout, value);
    case 'check':
      return compileCheckFailed(supergraph, layout, value.check);
    case 'computed': {
      const read = value.values.map((v) => compileValue(supergraph, layout, v));
      const types = Object.fromEntries(value.names.map((name, i) => [name, { kind: 'scalar', scalar: value.types[i] ?? 'String' } as const]));
      const compute = compileExpression(parseExpression(value.expression), types, {
        timeZone: supergraph.timeZone,
        scalar: value.scalar,
        ...(value.scale === undefined ? {} : { scale: value.scale }),
      });
      return (row, execution) => {
        const values: Record<string, Canonical> = {};
        for (let i = 0; i < read.length; i++) {
          const operand = (read[i] as ReadValue)(row, execution);
          if (operand instanceof FetchFailure) return operand;
          values[value.names[i] ?? ''] = operand;
        }
        return compute(values, value.asOf === undefined ? execution.clock : { ...execution.clock, asOf: value.asOf });
      };
    }
    case 'globalId': {
      const read = value.key.map((v) => compileValue(supergraph, layout, v));
      return (row, execution) => {
        const key: Canonical[] = [];
        for (const part of read) {
          const k = part(row, execution);
          if (k instanceof FetchFailure) return k;
          key.push(k);
        }
        return encodeGlobalId(value.type, key as string[]);
      };
    }
  }
}

function compileVia(supergraph: Supergraph, layout: Layout, { ref, value: inner, empty, only }: Extract<ValuePlan, { kind: 'via' }>): ReadValue {
  const slot = slotReader(layout, ref);
  const read = compileValue(supergraph, slot.layout, inner);
  return (row, execution) => {
    const found = slot.read(row);
    if (found instanceof FetchFailure) return found;
    const related = only ? (found as Row[] | null)?.[0] : found;
    const value = related === null || related === undefined ? null : read(related as Row, execution);
    return value === null && empty !== undefined ? empty : value;
  };
}
