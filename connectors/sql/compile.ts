import { HubError } from '../../schema/errors/hub-error.ts';
import type { PhysicalType, WireValue } from '../../schema/model/physical-type.ts';
import type { Request, Row } from '../spi/ir.ts';
import { typeOfExpr, typeOfMeasure } from '../spi/type-of.ts';
import { compileBatch } from './batch.ts';
import type { Dialect } from './dialect.ts';
import { render, type Rendered } from './fragment.ts';
import { compileAggregate, compileQuery } from './query.ts';
import { createContext } from './scope.ts';

/** A request as one statement of an engine. */
export interface CompiledRequest extends Rendered {
  /** The driver's rows (arrays) as result rows; changes them in place. */
  readonly decode: (rows: unknown[][]) => Row[];
}

/** Translates a request to SQL. Pure. */
export function compileRequest(request: Request, dialect: Dialect): CompiledRequest {
  const context = createContext(dialect);
  const statement =
    request.kind === 'rows'
      ? compileQuery(request.query, context)
      : request.kind === 'aggregate'
        ? compileAggregate(request.query, context)
        : compileBatch(request, context);
  return { ...render(statement), decode: decoderOf(request, dialect) };
}

function decoderOf(request: Request, dialect: Dialect): (rows: unknown[][]) => Row[] {
  if (request.kind === 'batch') {
    const count = request.children.length;
    return (rows) => rows.map((row) => Array.from({ length: count }, (_, index) => parseJson(row[index + 1])));
  }
  const { types, children } =
    request.kind === 'rows'
      ? { types: request.query.columns.map(typeOfExpr), children: request.query.children.length }
      : { types: groupTypes(request), children: 0 };
  const decoders = types.flatMap((type, index) => {
    const decode = dialect.decode(type) as ((raw: unknown) => WireValue) | undefined;
    return decode === undefined ? [] : [{ index, decode }];
  });
  const width = types.length + children;
  return (rows) => {
    for (const row of rows) {
      for (const { index, decode } of decoders) if (row[index] !== null) row[index] = decode(row[index]);
      for (let index = types.length; index < width; index += 1) row[index] = parseJson(row[index]);
      row.length = width;
    }
    return rows as Row[];
  };
}

function groupTypes({ query }: Request & { readonly kind: 'aggregate' }): PhysicalType[] {
  return [...(query.by ?? []).map(typeOfExpr), ...query.measures.map(typeOfMeasure)];
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

export { statementText } from './fragment.ts';
