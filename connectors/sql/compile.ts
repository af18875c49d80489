import type { Bindings, Request, Row } from '../spi/ir.ts';
import { compileBatch } from './batch.ts';
import { createDecoder } from './decode.ts';
import type { Dialect } from './dialect.ts';
import { render, type Rendered } from './fragment.ts';
import { compileAggregate, compileQuery } from './query.ts';
import { createContext } from './scope.ts';
import { simplify } from './simplify.ts';

/** A request as one statement of an engine. */
export interface CompiledRequest extends Rendered {
  /** As it was translated. */
  readonly request: Request;
  /** The driver's rows (arrays) as result rows; changes them in place. */
  readonly decode: (rows: unknown[][], bindings: Bindings) => Row[];
}

/** Translates a request to SQL. Pure. */
export function compileRequest(asked: Request, dialect: Dialect): CompiledRequest {
  const request = simplify(asked);
  const context = createContext(dialect);
  const statement =
    request.kind === 'rows'
      ? compileQuery(request.query, context)
      : request.kind === 'aggregate'
        ? compileAggregate(request.query, context)
        : compileBatch(request, context);
  return { ...render(statement), request, decode: createDecoder(request, dialect) };
}

export { statementText } from './fragment.ts';
