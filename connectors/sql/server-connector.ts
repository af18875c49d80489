import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import type { Catalog } from '../../schema/model/catalog.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import { ALL_CAPABILITIES, checkCapabilities } from '../spi/check-capabilities.ts';
import type { CallOptions, Connector, Fingerprint, RunOptions, SourceConfig, TableRef } from '../spi/connector.ts';
import { checkCount, checkRowCount } from '../spi/count-rows.ts';
import type { Request } from '../spi/ir.ts';
import type { PrintedRows, RowSink } from '../spi/printed.ts';
import { typeOfExpr } from '../spi/type-of.ts';
import { compileRequest } from './compile.ts';
import type { Dialect } from './dialect.ts';
import type { Rendered, RunContext } from './fragment.ts';
import { Ending } from './ending.ts';
import { createGate } from './gate.ts';
import { createLanes } from './lanes.ts';
import { markPurpose } from './mark-purpose.ts';
import { isPointRead, keyedRead } from './point-read.ts';

/** A statement ready for one driver. */
export interface Prepared {
  /** For people: with its parameters shown as types. */
  readonly text: string;
  readonly bind: (context: RunContext) => Statement;
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The same for the same text; a driver may keep the statement prepared under it. */
  readonly name?: string;
}

/** One connection out of a pool, for one statement after the other. */
export interface Session {
  /** Rows as arrays. The server gives up by itself after about `timeoutMs`. */
  query(statement: Statement, timeoutMs: number): Promise<unknown[][]>;
  /** The same, into a sink; where rows come in its form. @returns how many */
  queryInto?(statement: Statement, timeoutMs: number, sink: RowSink): Promise<number>;
  /** One text a table, in order. On a shared connection it is asked behind all that is sent there in the same turn. @see Connector.fingerprint */
  fingerprint(tables: readonly TableRef[], timeoutMs: number): Promise<readonly string[]>;
  /** Asks the server to stop what the session is running; `query` then rejects. Never rejects itself. */
  cancel(): Promise<void>;
  /** Gives the connection back, or closes it at once when it is `broken`; what runs on it then rejects. */
  release(broken: boolean): void;
}

/** What differs between servers: how to connect, what their errors mean, how to read their catalog. */
export interface Driver {
  readonly dialect: Dialect;
  prepare(rendered: Rendered): Prepared;
  /** @param shared several statements will be on it at a time; only where `shares` */
  connect(shared: boolean): Promise<Session>;
  /** Its sessions have `queryInto`. */
  readonly prints?: boolean;
  /** Statements may be sent behind others that are not answered yet. */
  readonly shares?: boolean;
  /** A shared connection fell silent: others that have been idle since before may have, too, and are not taken any more. Only where `shares`. */
  distrust?(): void;
  /** What an error of the driver means; undefined for a fault of the statement. */
  failureOf(error: unknown): 'SOURCE_UNAVAILABLE' | 'SOURCE_TIMEOUT' | 'SOURCE_DRIFT' | 'JOIN_TOO_LARGE' | undefined;
  /** The connection cannot be used after this error. */
  breaks(error: unknown): boolean;
  /** The statement was refused for a reason that a fresh connection removes, before it gave any row. */
  isStale(error: unknown): boolean;
  introspect(query: (text: string, values?: readonly unknown[]) => Promise<unknown[][]>): Promise<Catalog>;
  /** @see Connector.storage */
  storage?(query: (text: string, values?: readonly unknown[]) => Promise<unknown[][]>, tables: readonly TableRef[]): Promise<readonly string[]>;
  readonly versionQuery: string;
  close(): Promise<void>;
}

/** What a call that is under way gives whoever must end it early. */
interface Tenure {
  stop?: (running: Promise<unknown>) => Promise<void>;
}

/** How long a cancelled statement may take to end before its connection is closed under it. */
const CANCEL_MS = 2000;
/** How long the pool may take to say goodbye to a server that may not listen. */
const CLOSE_MS = 2000;
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  SOURCE_UNAVAILABLE: 'cannot be reached or broke the answer off',
  SOURCE_TIMEOUT: 'did not answer in time',
  SOURCE_DRIFT: 'no longer has a table or column that is asked for, or no longer lets the hub read it',
  JOIN_TOO_LARGE: 'cannot hold an answer of this size; narrow the filter',
  INTERNAL_SERVER_ERROR: 'refused the statement',
};

/** A connector to a database server: bounded pool, deadlines, cancellation in the server, and errors that are safe to show. */
export function createServerConnector(config: SourceConfig, driver: Driver): Connector {
  const { source, department } = config;
  const gate = createGate({ source, max: config.pool.max, queue: config.pool.queue, acquireMs: config.pool.acquireMs });
  const enterLane = createLanes({ open: openLane, isWanted: () => gate.waiting > 0 });
  let closing: Promise<void> | undefined;

  const failure = (code: ErrorCode, cause?: unknown, connectionLost = false): HubError =>
    new HubError(code, `source "${source}" ${MESSAGES[code]}`, { source, department, cause, connectionLost });
  const failureFrom = (error: unknown): HubError => (error instanceof HubError ? error : failure(driver.failureOf(error) ?? 'INTERNAL_SERVER_ERROR', error));

  /** Runs work on a session of its own. When the call ends early, the caller hears at once and the server is told to stop. */
  function withSession<T>(call: CallOptions, work: (session: Session) => Promise<T>, shared = false): Promise<T> {
    if (closing !== undefined) return Promise.reject(failure('SOURCE_UNAVAILABLE', 'closed'));
    const { signal, timeoutMs } = call;
    if (signal.aborted) return Promise.reject(failure('SOURCE_TIMEOUT', signal.reason));
    return new Promise((resolve, reject) => {
      const ending = new Ending();
      const tenure: Tenure = {};
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const end = (reason: unknown): void => {
        settle();
        ending.end(reason);
        reject(failure('SOURCE_TIMEOUT', reason));
        void tenure.stop?.(running);
      };
      const onAbort = (): void => end(signal.reason);
      const timer = setTimeout(() => end(new Error(`${timeoutMs} ms are over`)), timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      const running = shared ? share(ending, tenure, work) : occupy(ending, tenure, work);
      running.then(
        (result) => {
          settle();
          resolve(result);
        },
        (error: unknown) => {
          settle();
          reject(failureFrom(error));
        },
      );
    });
  }

  async function occupy<T>(ending: Ending, tenure: Tenure, work: (session: Session) => Promise<T>): Promise<T> {
    const leave = await gate.enter(ending);
    let broken = true;
    let session: Session | undefined;
    try {
      session = await driver.connect(false);
      const opened = session;
      tenure.stop = (running) =>
        stop(
          running,
          () => opened.cancel(),
          () => opened.release(true),
        );
      if (ending.isOver) {
        broken = false;
        throw ending.reason;
      }
      const result = await work(session);
      // A request to stop that comes late would hit whatever runs next on the connection.
      broken = ending.isOver;
      return result;
    } catch (error) {
      broken &&= ending.isOver || driver.breaks(error);
      throw session ? lostOr(error) : error;
    } finally {
      session?.release(broken);
      leave();
    }
  }

  /** On a connection that others use as well: nothing that runs there is told to stop, it would hit whichever statement is on. */
  async function share<T>(ending: Ending, tenure: Tenure, work: (session: Session) => Promise<T>): Promise<T> {
    const lane = enterLane();
    let session: Session | undefined;
    try {
      session = await lane.session;
      tenure.stop = (running) => {
        if (lane.isStuck()) {
          lane.spoil();
          driver.distrust?.();
        }
        return stop(
          running,
          () => Promise.resolve(),
          () => lane.break(),
        );
      };
      if (ending.isOver) throw ending.reason;
      const result = await work(session);
      lane.progress();
      return result;
    } catch (error) {
      if (driver.breaks(error)) lane.spoil();
      throw session ? lostOr(error) : error;
    } finally {
      lane.leave();
    }
  }

  async function openLane(): Promise<{ readonly session: Session; readonly leave: () => void }> {
    const leave = await gate.enter(new Ending());
    try {
      return { session: await driver.connect(true), leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  const lostOr = (error: unknown): unknown => (driver.failureOf(error) === 'SOURCE_UNAVAILABLE' ? failure('SOURCE_UNAVAILABLE', error, true) : error);

  /** Ends what still runs for a caller that is gone. */
  async function stop(running: Promise<unknown>, cancel: () => Promise<void>, close: () => void): Promise<void> {
    const timer = setTimeout(close, CANCEL_MS);
    await Promise.allSettled([running, cancel()]);
    clearTimeout(timer);
  }

  async function run<T>(query: (session: Session) => Promise<T>, call: Omit<RunOptions, 'maxRows'>, shared: boolean): Promise<T> {
    const attempt = (): Promise<T> =>
      withSession(
        call,
        async (session) => {
          const fingerprint: Fingerprint = (tables) => session.fingerprint(tables, call.timeoutMs);
          if (shared) {
            const [rows] = await Promise.all([query(session), call.verify?.(fingerprint, 'behind')]);
            return rows;
          }
          const rows = await query(session);
          const held = call.verify?.(fingerprint, 'after');
          if (held) await held;
          return rows;
        },
        shared,
      );
    // Each connection has a statement of its own that an altered table has made stale, and is closed for it; after all of them a new one serves.
    for (let stale = 0; ; stale++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof HubError) || !driver.isStale(error.cause) || stale >= config.pool.max) throw error;
      }
    }
  }

  function printedRows({ query: { columns } }: FlatRequest, prepared: Prepared, shared: boolean): PrintedRows {
    return {
      decode: columns.map((expr) => driver.dialect.decode(typeOfExpr(expr)) as ((text: string) => WireValue) | undefined),
      run: async (bindings, call, sink) => {
        const statement = marked(prepared.bind({ bindings, maxRows: call.maxRows }), call);
        const held = holdFaults(sink);
        const count = await run((session) => session.queryInto!(statement, call.timeoutMs, held.sink), call, shared);
        held.throwFault();
        checkCount(count, call.maxRows, source);
        return count;
      },
    };
  }

  return {
    source,
    capabilities: ALL_CAPABILITIES,
    ...(driver.storage && {
      storage: (tables, call) =>
        withSession(call, (session) => driver.storage!((text, values = []) => session.query({ text, values }, call.timeoutMs), tables)),
    }),
    introspect: (call) => withSession(call, (session) => driver.introspect((text, values = []) => session.query({ text, values }, call.timeoutMs))),
    fingerprint: (tables, call) => (tables.length === 0 ? Promise.resolve([]) : withSession(call, (session) => session.fingerprint(tables, call.timeoutMs))),
    prepare: (request) => {
      checkCapabilities(request, ALL_CAPABILITIES, source);
      const compiled = compileRequest(request, driver.dialect);
      const prepared = driver.prepare(compiled);
      const shared = driver.shares === true && isPointRead(compiled.request);
      const keyed = keyedRead(compiled.request);
      return {
        statement: prepared.text,
        ...(keyed && { keyed }),
        run: async (bindings, call) => {
          if (request.kind === 'batch' && (bindings.keys ?? []).length === 0) return [];
          const statement = marked(prepared.bind({ bindings, maxRows: call.maxRows }), call);
          const rows = compiled.decode(await run((session) => session.query(statement, call.timeoutMs), call, shared), bindings);
          checkRowCount(request, rows, call.maxRows, source);
          return rows;
        },
        ...(driver.prints === true && isFlat(request) ? { printed: printedRows(request, prepared, shared) } : {}),
      };
    },
    health: async (call) => {
      const start = performance.now();
      try {
        const rows = await withSession(call, (session) => session.query({ text: driver.versionQuery, values: [] }, call.timeoutMs));
        return { status: 'up', latencyMs: performance.now() - start, engine: String(rows[0]?.[0]) };
      } catch (error) {
        const code = error instanceof HubError && error.code === 'SOURCE_TIMEOUT' ? 'SOURCE_TIMEOUT' : 'SOURCE_UNAVAILABLE';
        return { status: 'down', code, reason: error instanceof HubError ? error.message : 'unknown' };
      }
    },
    close: () => (closing ??= gate.empty().then(() => Promise.race([driver.close(), new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())]))),
  };
}

/** A sink's own fault is none of the connection: it is thrown when all rows have been read. */
function holdFaults(sink: RowSink): { readonly sink: RowSink; readonly throwFault: () => void } {
  let fault: Error | undefined;
  return {
    sink: {
      begin() {
        fault = undefined;
        sink.begin();
      },
      row(bytes, at) {
        if (fault) return;
        try {
          sink.row(bytes, at);
        } catch (error) {
          fault = error instanceof Error ? error : new Error('a row cannot be printed', { cause: error });
        }
      },
    },
    throwFault() {
      if (fault) throw fault;
    },
  };
}

type FlatRequest = Extract<Request, { kind: 'rows' }>;

function isFlat(request: Request): request is FlatRequest {
  return request.kind === 'rows' && request.query.children.length === 0 && request.query.columns.length > 0;
}

/** Purposes are many, so that none of their statements is kept prepared under a name. */
function marked(statement: Statement, { purpose }: CallOptions): Statement {
  return purpose === undefined ? statement : { text: markPurpose(statement.text, purpose), values: statement.values };
}
