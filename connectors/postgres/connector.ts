import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import type { Connector, SourceConfig } from '../spi/connector.ts';
import { pollChanges } from '../spi/poll-changes.ts';
import { shownStatement, statementText, type Rendered, type RunContext, type Slot } from '../sql/fragment.ts';
import { createServerConnector, type Driver, type Prepared, type Session } from '../sql/server-connector.ts';
import { postgresDialect } from './dialect.ts';
import { fingerprintPostgres } from './fingerprint.ts';
import { introspectPostgres } from './introspect.ts';
import { postgresChanges, POSTGRES_CHANGES } from './changes.ts';
import { postgresChangeSetup } from './change-setup.ts';
import { storageOfTables } from './storage.ts';
import { queryInto, queryRaw } from './raw-query.ts';
import { RowClient } from './row-client.ts';
import { connectionConfig, readUrl } from './session.ts';

const IDLE_MS = 60_000;
/** How long a connection that is not wanted any more may take to part in order. */
const PART_MS = 1000;
/** The server's deadline is set in steps of this, so that it is seldom set anew. */
const STEP_MS = 500;

/**
 * A read-only connection pool to PostgreSQL, or to a server that speaks its protocol. Opens even while the server is down.
 * Statements are kept prepared per connection; a URL with `pgbouncer=true` or `prepare=false` says that connections are shared and must not keep any.
 */
export function createPostgresConnector(config: SourceConfig): Connector {
  const connector = createServerConnector(config, createDriver(config));
  return {
    ...connector,
    capabilities: { ...connector.capabilities, changes: POSTGRES_CHANGES },
    changes: (start, signal) => (start.mode === 'poll' ? pollChanges(connector, start, signal) : postgresChanges(config, start, signal)),
    changeSetup: (mode, tables, consumer) => postgresChangeSetup(config, mode, tables, consumer),
  };
}

function createDriver(config: SourceConfig): Driver {
  const { keepsPrepared } = readUrl(config.url);
  const connection = connectionConfig(config);
  const pool = new pg.Pool({
    ...connection,
    Client: RowClient,
    pipeline: keepsPrepared,
    max: config.pool.max,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);

  /** When a connection was last seen to answer; none yet for a new one. */
  const answeredAt = new WeakMap<pg.PoolClient, number>();
  let distrusted = 0;
  async function connect(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect();
      if ((answeredAt.get(client) ?? Infinity) > distrusted) return client;
      part(client);
    }
  }

  async function cancel(processId: number): Promise<void> {
    const client = new pg.Client({ ...connection, query_timeout: config.pool.connectMs });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select pg_cancel_backend($1)', [processId]);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    dialect: postgresDialect,
    prepare: (rendered) => prepare(rendered, keepsPrepared),
    connect: async (shared) => {
      const client = await connect();
      return openSession(client, { cancel, shared, onReturn: () => answeredAt.set(client, performance.now()) });
    },
    prints: true,
    shares: keepsPrepared,
    distrust: () => void (distrusted = performance.now()),
    failureOf,
    breaks: (error) => failureOf(error) === 'SOURCE_UNAVAILABLE' || isStale(error),
    isStale,
    introspect: (query) => introspectPostgres(query, config.schemas),
    storage: storageOfTables,
    versionQuery: 'select version()',
    close: () => pool.end(),
  };
}

interface SessionParts {
  readonly cancel: (processId: number) => Promise<void>;
  readonly shared: boolean;
  /** Called when the connection goes back to the pool, unbroken. */
  readonly onReturn: () => void;
}

function openSession(client: pg.PoolClient, { cancel, shared, onReturn }: SessionParts): Session {
  let released = false;
  const ignore = (): void => undefined;
  client.on('error', ignore);
  const gather = shared ? gatherWrites(client) : undefined;
  const limited = <T>(timeoutMs: number, run: () => Promise<T>): Promise<T> => {
    gather?.();
    const limiting = limitTime(client, timeoutMs);
    if (!limiting) return run();
    // Of several statements each goes right behind its own limit.
    return client.pipeline ? Promise.all([run(), limiting]).then(([result]) => result) : limiting.then(run);
  };
  return {
    query: (statement, timeoutMs) => limited(timeoutMs, () => queryRaw(client, statement)),
    queryInto: (statement, timeoutMs, sink) => limited(timeoutMs, () => queryInto(client, statement, sink)),
    fingerprint: (tables, timeoutMs) => {
      const ask = async (): Promise<readonly string[]> => {
        const limiting = limitTime(client, timeoutMs);
        const [found] = await Promise.all([fingerprintPostgres(client, tables), limiting]);
        return found;
      };
      return gather ? gather().last(tables, ask) : ask();
    },
    cancel: () => cancel((client as unknown as { readonly processID: number }).processID),
    release: (broken) => {
      if (released) return;
      released = true;
      client.off('error', ignore);
      if (broken) return part(client);
      onReturn();
      client.release();
    },
  };
}

/** Closes a connection of the pool; a server that no longer listens would leave its socket open for ever. */
function part(client: pg.PoolClient): void {
  client.release(true);
  setTimeout(() => (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(), PART_MS).unref();
}

/** What is sent on a connection while the same requests are read, and leaves in one piece. */
interface Gathered {
  /** Asks behind all else, once for all who ask about the same list. */
  last(about: object, ask: Ask): ReturnType<Ask>;
}

type Ask = () => Promise<readonly string[]>;

function gatherWrites(client: pg.PoolClient): () => Gathered {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  let gathered: Gathered | undefined;
  return () => {
    if (gathered) return gathered;
    const asked = new Map<object, { readonly ask: Ask } & PromiseWithResolvers<readonly string[]>>();
    stream.cork();
    setImmediate(() => {
      gathered = undefined;
      for (const { ask, resolve } of asked.values()) resolve(ask());
      stream.uncork();
    });
    gathered = {
      last(about, ask) {
        let question = asked.get(about);
        if (!question) asked.set(about, (question = { ask, ...Promise.withResolvers<readonly string[]>() }));
        return question.promise;
      },
    };
    return gathered;
  };
}

const limits = new WeakMap<pg.PoolClient, number>();

/** Sets the server's own deadline, if it is another. */
function limitTime(client: pg.PoolClient, timeoutMs: number): Promise<void> | undefined {
  const limit = Math.ceil(timeoutMs / STEP_MS) * STEP_MS;
  return limits.get(client) === limit ? undefined : setLimit(client, limit);
}

async function setLimit(client: pg.PoolClient, limit: number): Promise<void> {
  limits.set(client, limit);
  try {
    await client.query(`set statement_timeout = ${Number.isFinite(limit) ? limit : 0}`);
  } catch (error) {
    limits.delete(client);
    throw error;
  }
}

function prepare(rendered: Rendered, keepsPrepared: boolean): Prepared {
  // A slot that occurs several times, such as a batch's keys, is sent once.
  const slots: Slot[] = [];
  const parameter = (index: number): string => {
    const slot = rendered.slots[index]!;
    const known = slots.indexOf(slot);
    return `$${known < 0 ? slots.push(slot) : known + 1}`;
  };
  const text = statementText(rendered, parameter);
  const name = keepsPrepared ? createHash('sha256').update(text).digest('base64url').slice(0, 32) : undefined;
  return {
    text: shownStatement(rendered, parameter),
    bind: (context: RunContext) => ({ text, values: slots.map((slot) => slot.bind(context)), ...(name === undefined ? {} : { name }) }),
  };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function failureOf(error: unknown): ReturnType<Driver['failureOf']> {
  const code = codeOf(error);
  if (code === '57014') return 'SOURCE_TIMEOUT';
  if (code === '42P01' || code === '42703' || code === '3F000' || code === '42501') return 'SOURCE_DRIFT';
  if (code === '54000' || code === '53200') return 'JOIN_TOO_LARGE';
  // Everything without an SQLSTATE comes from the network or the driver.
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|28|3D|53|57|58|XX)/.test(code) ? undefined : 'SOURCE_UNAVAILABLE';
}

/** A prepared statement that the server forgot, or whose table was altered. */
function isStale(error: unknown): boolean {
  const code = codeOf(error);
  return code === '26000' || (code === '0A000' && error instanceof Error && error.message.includes('cached plan'));
}
