import pg from 'pg';
import type { Statement } from '../sql/server-connector.ts';
import { arrayText } from './array-text.ts';

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

/**
 * A statement's rows as the server prints them. The driver's own query builds an emitter, a result with parsers and a description of every column for each
 * run; the hub knows its columns, so nothing is asked about them and a row is taken as it comes off the wire.
 */
class RawQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly callback: (error: unknown, rows: unknown[][]) => void;
  readonly found: unknown[][] = [];

  constructor({ text, values, name = '' }: Statement, callback: RawQuery['callback']) {
    this.text = text;
    this.values = values;
    this.name = name;
    this.callback = callback;
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

  handleDataRow({ fields }: { readonly fields: unknown[] }): void {
    this.found.push(fields);
  }

  handleError(error: unknown): void {
    this.callback(error, []);
  }

  handleReadyForQuery(): void {
    this.callback(null, this.found);
  }
}
// The driver lets only its own kind share a connection.
Object.setPrototypeOf(RawQuery.prototype, pg.Query.prototype as object);

/** Rows as arrays of texts. */
export function queryRaw(client: pg.ClientBase, statement: Statement): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    client.query(new RawQuery(statement, (error, rows) => (error ? reject(error as Error) : resolve(rows))) as unknown as pg.Submittable);
  });
}

/** A value that a slot of this engine's dialect binds, as the server reads it. */
function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayText(value) : String(value);
}
