import pg from 'pg';
import type { Statement } from '../sql/server-connector.ts';
import type { RowSink } from '../spi/printed.ts';
import { arrayText } from './array-text.ts';
import type { ArrivedRow } from './row-client.ts';

/** What of the driver's connection a query writes to. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(message: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void;
  bind(message: { readonly statement: string; readonly values: readonly (string | null)[] }): void;
  execute(): void;
  sync(): void;
}

/** What becomes of a statement's rows. */
interface Outcome<T> {
  row(row: ArrivedRow): void;
  readonly result: T;
}

/**
 * A statement's rows as the server prints them. The driver's own query builds an emitter, a result with parsers and a description of every column for each
 * run; the hub knows its columns, so nothing is asked about them and a row is taken as it comes off the wire.
 */
class RawQuery<T> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly callback: (error: unknown, result?: T) => void;
  readonly outcome: Outcome<T>;

  constructor({ text, values, name = '' }: Statement, outcome: Outcome<T>, callback: RawQuery<T>['callback']) {
    this.text = text;
    this.values = values;
    this.name = name;
    this.callback = callback;
    this.outcome = outcome;
  }

  submit(connection: Wire): null {
    const { name, text } = this;
    const { stream, parsedStatements, submittedNamedStatements } = connection;
    const isKnown = name !== '' && (parsedStatements[name] !== undefined || submittedNamedStatements[name] !== undefined);
    stream.cork();
    if (!isKnown) {
      connection.parse({ text, name, types: [] });
      if (name !== '') submittedNamedStatements[name] = text;
    }
    connection.bind({ statement: name, values: this.values.map(parameterText) });
    connection.execute();
    connection.sync();
    stream.uncork();
    return null;
  }

  handleRowDescription(): void {} // none is asked for
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  handleDataRow(row: ArrivedRow): void {
    this.outcome.row(row);
  }

  handleError(error: unknown): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null, this.outcome.result);
  }
}
// The driver lets only its own kind share a connection.
Object.setPrototypeOf(RawQuery.prototype, pg.Query.prototype as object);

/** Rows as arrays of texts. */
export function queryRaw(client: pg.ClientBase, statement: Statement): Promise<unknown[][]> {
  const result: unknown[][] = [];
  return query(client, statement, { row: ({ fields }) => void result.push(fields), result });
}

/** Rows as they arrive. @param sink must not throw: a row that it refuses would count as a broken connection @returns how many */
export async function queryInto(client: pg.ClientBase, statement: Statement, sink: RowSink): Promise<number> {
  let rows = 0;
  const row = ({ bytes, cells }: ArrivedRow): void => {
    rows += 1;
    sink.row(bytes, cells);
  };
  sink.begin();
  await query(client, statement, { row, result: undefined });
  return rows;
}

function query<T>(client: pg.ClientBase, statement: Statement, outcome: Outcome<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    client.query(new RawQuery(statement, outcome, (error, result) => (error ? reject(error as Error) : resolve(result as T))) as unknown as pg.Submittable);
  });
}

/** A value that a slot of this engine's dialect binds, as the server reads it. */
function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayText(value) : String(value);
}
