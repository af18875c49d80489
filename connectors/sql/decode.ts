import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { Bindings, Child, Request, Row } from '../spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../spi/type-of.ts';
import { batchForm } from './batch.ts';
import type { Dialect } from './dialect.ts';
import { emptyJson } from './keyed-child.ts';

/** Driver rows to result rows. */
export type Decoder = (rows: unknown[][], bindings: Bindings) => Row[];

/** What turns the rows of a request's statement into result rows; changes them in place. */
export function createDecoder(request: Request, dialect: Dialect): Decoder {
  switch (request.kind) {
    case 'rows':
      return rowDecoder(request.query.columns.map(typeOfExpr), request.query.children.length, dialect);
    case 'aggregate':
      return rowDecoder([...(request.query.by ?? []).map(typeOfExpr), ...request.query.measures.map(typeOfMeasure)], 0, dialect);
    case 'batch':
      return batchDecoder(request, dialect);
  }
}

/** Values of these types, then children as JSON; a last cell that `tagged` rows have besides stays. */
function rowDecoder(types: readonly PhysicalType[], children: number, dialect: Dialect, tagged = false): (rows: unknown[][]) => Row[] {
  const decoders = types.flatMap((type, index) => {
    const decode = dialect.decode(type) as ((raw: unknown) => WireValue) | undefined;
    return decode === undefined ? [] : [{ index, decode }];
  });
  const start = types.length;
  const width = start + children;
  return (rows) => {
    for (const row of rows) {
      for (const { index, decode } of decoders) if (row[index] !== null) row[index] = decode(row[index]);
      for (let index = start; index < width; index += 1) row[index] = parseJson(row[index]);
      // A select of nothing has a cell all the same.
      if (width === 0 && !tagged) row.length = 0;
    }
    return rows as Row[];
  };
}

function batchDecoder(request: Request & { readonly kind: 'batch' }, dialect: Dialect): Decoder {
  const count = request.children.length;
  const [child] = request.children;
  switch (batchForm(request, dialect.listsAsRows)) {
    case 'joined':
      return (rows) => rows.map((row) => Array.from({ length: count }, (_, index) => parseJson(row[index + 1])));
    case 'json': {
      const empty = emptyJson(child!);
      return (rows, bindings) => {
        const found = new Map(rows.map((row) => [Number(row[0]), parseJson(row[1])]));
        return ordinalsOf(bindings).map((ordinal) => [found.get(ordinal) ?? (empty === undefined ? null : (JSON.parse(empty) as Row[]))]);
      };
    }
    case 'measures': {
      const { query } = child as Child & { readonly kind: 'aggregate' };
      const decode = rowDecoder(query.measures.map(typeOfMeasure), 0, dialect, true);
      const empty = emptyJson(child!)!;
      return (rows, bindings) => {
        const found = new Map(decode(rows).map((row) => [Number(row.pop()), row]));
        return ordinalsOf(bindings).map((ordinal) => [found.get(ordinal) ?? (JSON.parse(empty) as Row)]);
      };
    }
    case 'list': {
      const { query } = child as Child & { readonly kind: 'many' };
      const decode = rowDecoder(query.columns.map(typeOfExpr), 0, dialect, true);
      return (rows, bindings) => {
        const found = new Map<number, Row[]>(ordinalsOf(bindings).map((ordinal) => [ordinal, []]));
        for (const row of decode(rows)) found.get(Number(row.pop()))?.push(row);
        return [...found.values()].map((list) => [list]);
      };
    }
  }
}

/** Distinct, ascending as the caller gives them. */
function ordinalsOf({ keys = [] }: Bindings): number[] {
  return [...new Set(keys.map(([ordinal]) => ordinal))].sort((a, b) => a - b);
}

/** @throws {HubError} JOIN_TOO_LARGE for text that the engine could not hold and cut off */
function parseJson(value: unknown): Row | Row[] | null {
  if (typeof value !== 'string') return null;
  try {
    return JSON.parse(value) as Row | Row[] | null;
  } catch (error) {
    throw new HubError('JOIN_TOO_LARGE', 'a source cannot hold the nested lists of this answer; narrow the filter', { cause: error });
  }
}
