import { BrokenCircuitError, circuitBreaker, CircuitState, handleWhen } from 'cockatiel';
import type { CallOptions, Connector } from '../../connectors/spi/connector.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import type { BreakerSettings } from '../../schema/model/configuration.ts';
import { createFailureWindow } from './failure-window.ts';

export interface GuardOptions {
  readonly department: string;
  readonly breaker: BreakerSettings;
  /** Told of every run once it is over, refused ones included. Must not throw. */
  readonly onCall?: (call: SourceCall) => void;
}

/** How one run of a statement went, as the hub saw it: with its wait for a connection and its second try. */
export interface SourceCall {
  readonly source: string;
  readonly outcome: 'ok' | ErrorCode;
  readonly ms: number;
}

/** A second try with less time than this would only fail again. */
const RETRY_MS = 20;

/**
 * The same source behind a circuit breaker. A run whose connection breaks is tried once more within what is left of its deadline. A source that failed
 * too often is left alone for `openMs`, then asked by one run at a time: all others fail at once with SOURCE_CIRCUIT_OPEN. Whatever a run throws is a
 * HubError that names department and source and, where trying again helps, says when. Reading the catalog and health are not held up and do not count.
 */
export function guardConnector(connector: Connector, { department, breaker, onCall }: GuardOptions): Connector {
  const { source } = connector;
  let openUntil = 0;
  const circuit = circuitBreaker(
    // Before one run says whether the source is back, a run that says nothing about it must not close the circuit.
    handleWhen((error) => isFailure(error) || (circuit.state === CircuitState.HalfOpen && error instanceof Unsaid)),
    { halfOpenAfter: breaker.openMs, breaker: createFailureWindow(breaker) },
  );
  circuit.onBreak(() => (openUntil = performance.now() + breaker.openMs));

  const isOpen = (): HubError =>
    new HubError('SOURCE_CIRCUIT_OPEN', `source "${source}" failed repeatedly and is left alone for a moment`, {
      source,
      department,
      retryAfterMs: circuit.state === CircuitState.Open ? Math.max(1, Math.ceil(openUntil - performance.now())) : breaker.openMs,
    });

  function named(error: unknown): HubError {
    if (!(error instanceof HubError))
      return new HubError('INTERNAL_SERVER_ERROR', `source "${source}" failed in a way that the hub does not know`, { source, department, cause: error });
    const retryAfterMs = error.retryAfterMs ?? (error.retryable ? breaker.openMs : undefined);
    if (error.source === source && error.department === department && error.retryAfterMs === retryAfterMs) return error;
    return new HubError(error.code, error.message, {
      source,
      department,
      cause: error.cause ?? error,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  async function guarded<T, C extends CallOptions>(run: (call: C) => Promise<T>, call: C): Promise<T> {
    // The one run that asks whether the source is back may take its whole deadline; the others do not wait for what it learns.
    if (circuit.state === CircuitState.HalfOpen) throw isOpen();
    try {
      const answer = await circuit.execute(() =>
        runTwice(run, call).then(
          (value) => ({ value }),
          (error: unknown) => sorted(named(error), call),
        ),
      );
      if ('value' in answer) return answer.value;
      throw answer.refusal;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw isOpen();
      throw error instanceof Unsaid ? error.error : error;
    }
  }

  async function reported<T>(work: Promise<T>): Promise<T> {
    const start = performance.now();
    let outcome: SourceCall['outcome'] = 'ok';
    try {
      return await work;
    } catch (error) {
      outcome = error instanceof HubError ? error.code : 'INTERNAL_SERVER_ERROR';
      throw error;
    } finally {
      onCall?.({ source, outcome, ms: performance.now() - start });
    }
  }

  return {
    source,
    capabilities: connector.capabilities,
    introspect: (call) => connector.introspect(call),
    fingerprint: (tables, call) => connector.fingerprint(tables, call),
    health: (call) => connector.health(call),
    close: () => connector.close(),
    ...(connector.storage ? { storage: (tables, call) => connector.storage!(tables, call) } : {}),
    ...(connector.changes ? { changes: (start, signal) => connector.changes!(start, signal) } : {}),
    ...(connector.changeSetup ? { changeSetup: (mode, tables, consumer) => connector.changeSetup!(mode, tables, consumer) } : {}),
    prepare(request) {
      const prepared = connector.prepare(request);
      const { printed } = prepared;
      return {
        ...prepared,
        run: (bindings, call) => reported(guarded((within) => prepared.run(bindings, within), call)),
        ...(printed && {
          printed: {
            decode: printed.decode,
            run: (bindings, call, sink) => reported(guarded((within) => printed.run(bindings, within, sink), call)),
          },
        }),
      };
    },
  };
}

/** Wraps an error that tells nothing about the source's health: the hub asked too much at once, or the caller went away. */
class Unsaid extends Error {
  readonly error: HubError;

  constructor(error: HubError) {
    super(error.message);
    this.error = error;
  }
}

function isFailure(error: unknown): boolean {
  return error instanceof HubError && (error.code === 'SOURCE_UNAVAILABLE' || error.code === 'SOURCE_TIMEOUT');
}

/** An error that a working source may give is an answer. @throws any other */
function sorted(error: HubError, { signal }: CallOptions): { readonly refusal: HubError } {
  if (error.code === 'SOURCE_BUSY' || (error.code === 'SOURCE_TIMEOUT' && signal.aborted)) throw new Unsaid(error);
  if (isFailure(error)) throw error;
  return { refusal: error };
}

async function runTwice<T, C extends CallOptions>(run: (call: C) => Promise<T>, call: C): Promise<T> {
  const start = performance.now();
  try {
    return await run(call);
  } catch (error) {
    const timeoutMs = Math.floor(call.timeoutMs - (performance.now() - start));
    if (!(error instanceof HubError && error.connectionLost) || call.signal.aborted || timeoutMs < RETRY_MS) throw error;
    return run({ ...call, timeoutMs });
  }
}
