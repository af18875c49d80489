import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { SourceCall } from '../federation/sources/guard-connector.ts';
import type { DocumentKind } from './documents/resolve-document.ts';
import type { LimitName } from './limits/principal-key.ts';
import type { Federation } from '../federation/supergraph/federation.ts';

/** What the hub counts, in Prometheus' form. */
export interface Metrics {
  readonly request: (status: number, seconds: number) => void;
  readonly error: (code: string) => void;
  readonly limited: (limit: LimitName) => void;
  readonly document: (kind: DocumentKind) => void;
  readonly sourceCall: (call: SourceCall) => void;
  readonly accessLog: (records: number, bytes: number) => void;
  /** Adds what is read at the moment of asking. */
  observe(parts: { readonly federation: Federation; readonly inFlight: () => number }): void;
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'yiwang_' });
  const requests = new Counter({ name: 'yiwang_requests_total', help: 'HTTP answers of /graphql', labelNames: ['status'], registers });
  const requestSeconds = new Histogram({ name: 'yiwang_request_seconds', help: 'From the request to the end of its answer', buckets: SECONDS, registers });
  const errors = new Counter({ name: 'yiwang_errors_total', help: 'Errors in answers', labelNames: ['code'], registers });
  const limited = new Counter({ name: 'yiwang_limited_total', help: 'Refused by a limit of a principal or an address', labelNames: ['limit'], registers });
  const documents = new Counter({ name: 'yiwang_documents_total', help: 'Operations by how their text came', labelNames: ['kind'], registers });
  const calls = new Counter({ name: 'yiwang_source_calls_total', help: 'Statements run in a source', labelNames: ['source', 'outcome'], registers });
  const callSeconds = new Histogram({
    name: 'yiwang_source_call_seconds',
    help: 'A statement, from the call to its last row',
    labelNames: ['source'],
    buckets: SECONDS,
    registers,
  });
  const records = new Counter({ name: 'yiwang_access_log_records_total', help: 'Records made durable', registers });
  const recordBytes = new Counter({ name: 'yiwang_access_log_bytes_total', help: 'Their size', registers });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'yiwang_event_loop_delay_p99_seconds',
    help: '99th percentile since the last scrape',
    registers,
    collect() {
      this.set(delay.percentile(99) / 1e9);
      delay.reset();
    },
  });
  // Finding a label's own count costs more than counting.
  const requestCounts = new Map<string, Counter.Internal>();
  const documentCounts = new Map<string, Counter.Internal>();
  const callCounts = new Map<string, Counter.Internal>();
  const callTimes = new Map<string, Histogram.Internal<'source'>>();
  const secondsOf = (source: string): Histogram.Internal<'source'> => {
    let found = callTimes.get(source);
    if (!found) callTimes.set(source, (found = callSeconds.labels(source)));
    return found;
  };
  const observed = (name: string, help: string, read: () => number): void => {
    new Gauge({ name, help, registers, collect() { this.set(read()); } }); // prettier-ignore
  };
  return {
    request(status, seconds) {
      countOf(requests, requestCounts, String(status), { status }).inc();
      requestSeconds.observe(seconds);
    },
    error: (code) => errors.inc({ code }),
    limited: (limit) => limited.inc({ limit }),
    document: (kind) => countOf(documents, documentCounts, kind, { kind }).inc(),
    sourceCall({ source, outcome, ms }) {
      countOf(calls, callCounts, `${source} ${outcome}`, { source, outcome }).inc();
      // What the breaker refuses takes no time and says nothing about the source's.
      if (outcome !== 'SOURCE_CIRCUIT_OPEN') secondsOf(source).observe(ms / 1000);
    },
    accessLog(count, bytes) {
      records.inc(count);
      recordBytes.inc(bytes);
    },
    observe({ federation, inFlight }) {
      observed('yiwang_requests_in_flight', 'Operations being answered', inFlight);
      observed('yiwang_generation', 'Number of the generation that answers', () => federation.generation().number);
      observed('yiwang_plan_cache_hits', 'In this generation', () => federation.generation().plans.hits);
      observed('yiwang_plan_cache_misses', 'In this generation', () => federation.generation().plans.misses);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => {
      delay.disable();
      registry.clear();
    },
  };
}

function countOf<T extends string>(
  counter: Counter<T>,
  known: Map<string, Counter.Internal>,
  key: string,
  labels: Partial<Record<T, string | number>>,
): Counter.Internal {
  let found = known.get(key);
  if (!found) known.set(key, (found = counter.labels(labels)));
  return found;
}
