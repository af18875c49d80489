import type { Row } from '../../connectors/spi/ir.ts';
import { encodeGlobalId } from '../../schema/api/global-id.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import { divideDecimal, normalizeDecimal } from '../../schema/model/decimal.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { compileExpression } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Ref, ValuePlan } from '../plan/plan.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { decodeWire } from '../values/decode-wire.ts';
import { fieldOf } from './bind-keys.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { slotReader, type Layout } from './layout.ts';

/** A canonical value of a row, or why it is missing. */
export type ReadValue = (row: Row, execution: Execution) => Canonical | FetchFailure;

/** Decimal places of an average that no `scale` rounds further. */
const AVERAGE_SCALE = 6;
const ignore = (): void => undefined;

/** Compiles a value plan once; reading a row then decides nothing. */
export function compileValue(supergraph: Supergraph, layout: Layout, value: ValuePlan): ReadValue {
  switch (value.kind) {
    case 'field': {
      const { decode } = fieldOf(supergraph, value.field);
      const [only] = value.columns;
      if (value.columns.length === 1 && only !== undefined) return (row) => decode([row[only] as WireValue], ignore);
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
    case 'average':
      return (row) => {
        const [sum, count] = [row[value.sum], row[value.count]];
        if (sum === null || count === null || Number(count) === 0) return null;
        const average = divideDecimal(String(sum), String(count), AVERAGE_SCALE);
        return average === null ? null : normalizeDecimal(average);
      };
    case 'via':
      return compileVia(supergraph, layout, value.ref, value.value, value.empty);
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

function compileVia(supergraph: Supergraph, layout: Layout, ref: Ref, inner: ValuePlan, empty: string | undefined): ReadValue {
  const slot = slotReader(layout, ref);
  const read = compileValue(supergraph, slot.layout, inner);
  return (row, execution) => {
    const related = slot.read(row);
    if (related instanceof FetchFailure) return related;
    const value = related === null || related === undefined ? null : read(related as Row, execution);
    return value === null && empty !== undefined ? empty : value;
  };
}
