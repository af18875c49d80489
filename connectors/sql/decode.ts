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
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as unknown[];
      // An iterator would be made for each row.
      for (let i = 0; i < decoders.length; i++) {
        const { index, decode } = decoders[i] as (typeof decoders)[number];
        if (row[index] !== null) row[index] = decode(row[index]);
      }
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
        const { places, placeOf } = ordinalsOf(bindings);
        const found: (Row | Row[] | null)[] = places.map(() => null);
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i]!;
          found[placeOf(Number(row[0]))] = parseJson(row[1]);
        }
        return found.map((json) => [json ?? (empty === undefined ? null : (JSON.parse(empty) as Row[]))]);
      };
    }
    case 'measures': {
      const { query } = child as Child & { readonly kind: 'aggregate' };
      const decode = rowDecoder(query.measures.map(typeOfMeasure), 0, dialect, true);
      const empty = emptyJson(child!)!;
      return (rows, bindings) => {
        const { places, placeOf } = ordinalsOf(bindings);
        const found: (Row | null)[] = places.map(() => null);
        const measured = decode(rows);
        for (let i = 0; i < measured.length; i++) {
          const row = measured[i]!;
          found[placeOf(Number(row.pop()))] = row;
        }
        return found.map((row) => [row ?? (JSON.parse(empty) as Row)]);
      };
    }
    case 'list': {
      const { query } = child as Child & { readonly kind: 'many' };
      const decode = rowDecoder(query.columns.map(typeOfExpr), 0, dialect, true);
      return (rows, bindings) => {
        const { places, placeOf } = ordinalsOf(bindings);
        const lists = places.map((): Row[] => []);
        const listed = decode(rows);
        for (let i = 0; i < listed.length; i++) {
          const row = listed[i]!;
          lists[placeOf(Number(row.pop()))]?.push(row);
        }
        return lists.map((list) => [list]);
      };
    }
  }
}

interface Ordinals {
  /** Distinct, ascending: a result for each. */
  readonly places: readonly number[];
  /** Where an ordinal stands among them; where no gaps are left each is its own place. */
  readonly placeOf: (ordinal: number) => number;
}

function ordinalsOf({ keys = [] }: Bindings): Ordinals {
  const places = ascending(keys);
  if (places.at(-1) === places.length - 1) return { places, placeOf: (ordinal) => ordinal };
  const known = new Map(places.map((ordinal, place) => [ordinal, place]));
  return { places, placeOf: (ordinal) => known.get(ordinal) as number };
}

function ascending(keys: NonNullable<Bindings['keys']>): number[] {
  const ordinals: number[] = [];
  let last = -1;
  for (let i = 0; i < keys.length; i++) {
    const [ordinal] = keys[i]!;
    if (ordinal < last) return [...new Set(keys.map(([each]) => each))].sort((a, b) => a - b);
    if (ordinal > last) ordinals.push((last = ordinal));
  }
  return ordinals;
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
