import { readFileSync } from 'node:fs';
import type { BreakerSettings, Limits, SourceConfiguration } from '../../schema/model/configuration.ts';
import type { ErrorCode } from '../../schema/errors/register.ts';
import hubSchema from '../../schema/json-schema/hub.schema.json' with { type: 'json' };
import { DEFAULT_BREAKER, DEFAULT_LIMITS, DEFAULT_POOL, DEFAULT_STATEMENT_MS } from '../../schema/parse/configuration.ts';

/** What happens past a limit: an error's code, or a sentence. */
type Consequence = ErrorCode | (string & {});

/** What is particular to a limit; its default, range and meaning come from the code and the JSON Schema. */
interface Part {
  readonly unit: string;
  readonly past: Consequence;
}

const OF_OPERATIONS: Readonly<Record<keyof Limits, Part>> = {
  bodyBytes: { unit: 'bytes', past: 'LIMIT_BODY' },
  tokens: { unit: 'tokens', past: 'LIMIT_TOKENS' },
  depth: { unit: 'levels', past: 'LIMIT_DEPTH' },
  aliases: { unit: 'aliases', past: 'LIMIT_ALIASES' },
  rootFields: { unit: 'fields', past: 'LIMIT_ALIASES' },
  directives: { unit: 'directives', past: 'LIMIT_ALIASES' },
  selections: { unit: 'fields', past: 'LIMIT_COST' },
  cost: { unit: 'points', past: 'LIMIT_COST' },
  pageDefault: { unit: 'entities', past: 'the rest is on the next page' },
  pageMax: { unit: 'entities', past: 'LIMIT_PAGE' },
  offsetMax: { unit: 'entities', past: 'LIMIT_PAGE' },
  inMax: { unit: 'values', past: 'LIMIT_PAGE' },
  operationMs: { unit: 'ms', past: 'SOURCE_TIMEOUT' },
  sourceRowsMax: { unit: 'rows', past: 'JOIN_TOO_LARGE' },
  responseBytes: { unit: 'bytes', past: 'LIMIT_COST' },
  inFlight: { unit: 'operations', past: 'SOURCE_BUSY' },
  requestsPerSecond: { unit: 'requests', past: 'RATE_LIMITED' },
  requestsPerMinute: { unit: 'requests', past: 'RATE_LIMITED' },
  costPerMinute: { unit: 'points', past: 'RATE_LIMITED' },
  publishesPerMinute: { unit: 'publications', past: 'RATE_LIMITED' },
  inFlightPerPrincipal: { unit: 'operations', past: 'RATE_LIMITED' },
  connectionsPerPrincipal: { unit: 'connections', past: 'RATE_LIMITED' },
  authFailuresPerMinute: { unit: 'tokens', past: 'RATE_LIMITED' },
};

const OF_POOLS: Readonly<Record<keyof SourceConfiguration['pool'], Part>> = {
  max: { unit: 'connections', past: 'the call waits' },
  queue: { unit: 'calls', past: 'SOURCE_BUSY' },
  acquireMs: { unit: 'ms', past: 'SOURCE_BUSY' },
  connectMs: { unit: 'ms', past: 'SOURCE_UNAVAILABLE' },
};

const OF_BREAKERS: Readonly<Record<keyof BreakerSettings, Part>> = {
  failurePercent: { unit: '%', past: 'SOURCE_CIRCUIT_OPEN' },
  minCalls: { unit: 'calls', past: 'SOURCE_CIRCUIT_OPEN' },
  windowMs: { unit: 'ms', past: 'the call is forgotten' },
  openMs: { unit: 'ms', past: 'one call asks whether the source is back' },
};

/** Figures that nobody needs to change; each is read from the line of code that holds it. */
const FIXED: readonly (readonly [what: string, file: string, name: string, unit: string, past: Consequence])[] = [
  ['nesting of variables', 'server/limits/nesting.ts', 'MAX_NESTING', 'levels', 'BAD_USER_INPUT'],
  ['fields of input objects in the arguments of an operation', 'server/limits/input-count.ts', 'INPUT_FIELDS_MAX', 'fields', 'LIMIT_COST'],
  ['objects that one point of cost stands for', 'server/limits/operation-cost.ts', 'OBJECTS_PER_POINT', 'objects', ''],
  ['objects of introspection, as many times what loads the whole schema', 'server/limits/introspection-size.ts', 'WHOLE_SCHEMAS', 'times', 'LIMIT_COST'],
  ['validation errors in an answer', 'server/graphql-server.ts', 'MAX_VALIDATION_ERRORS', 'errors', 'the others are left out'],
  ['operations of one WebSocket at a time', 'server/web-socket.ts', 'OPERATIONS_MAX', 'operations', 'RATE_LIMITED'],
  ['a WebSocket’s `connection_init`', 'server/web-socket.ts', 'INIT_MS', 'ms', 'closed with 4408'],
  ['between two pings of a WebSocket; the first must be answered', 'server/web-socket.ts', 'PING_MS', 'ms', 'cut off'],
  ['a frame that a WebSocket sends to the hub', 'server/web-sockets.ts', 'FRAME_BYTES', 'bytes', 'closed with 1009'],
  ['event streams at a time', 'server/event-stream.ts', 'STREAMS_MAX', 'streams', 'SOURCE_BUSY'],
  ['events that wait for one client', 'server/outbound-queue.ts', 'QUEUE_EVENTS', 'events', 'SLOW_CONSUMER'],
  ['events that wait for one client', 'server/outbound-queue.ts', 'QUEUE_BYTES', 'bytes', 'SLOW_CONSUMER'],
  [
    'wait of a subscription for a source that decides what it is told',
    'changes/subscriptions/channel.ts',
    'SOURCE_WAIT_MS',
    'ms',
    'it ends with the source’s error',
  ],
  ['named consumers of one principal', 'changes/subscriptions/consumers.ts', 'CONSUMERS_MAX', 'consumers', 'BAD_USER_INPUT'],
  ['webhooks', 'changes/webhooks/webhooks.ts', 'WEBHOOKS_MAX', 'webhooks', 'BAD_USER_INPUT'],
  ['an endpoint’s answer to a webhook', 'changes/webhooks/post-event.ts', 'ANSWER_MS', 'ms', 'it is tried again'],
  ['connections of clients', 'server/http-server.ts', 'MAX_CONNECTIONS', 'connections', 'closed at once'],
  ['a request, from its first byte to its last', 'server/http-server.ts', 'requestTimeout', 'ms', 'closed with HTTP 408'],
  ['a request’s headers', 'server/http-server.ts', 'headersTimeout', 'ms', 'closed with HTTP 408'],
  ['a request’s headers', 'server/http-server.ts', 'maxHeaderSize', 'bytes', 'closed with HTTP 431'],
  ['an idle connection of a client', 'server/http-server.ts', 'keepAliveTimeout', 'ms', 'closed'],
  ['what runs when the hub is told to stop', 'server/main.ts', 'DRAIN_MS', 'ms', 'cut off'],
  ['stopping as a whole', 'server/main.ts', 'EXIT_MS', 'ms', 'the process ends'],
  ['wait for a source’s tables at the start', 'federation/sources/source-pool.ts', 'INTROSPECT_MS', 'ms', 'the source joins later'],
  ['from a publication until another instance asks the store', 'mappings/follow-releases.ts', 'POLL_MS', 'ms', ''],
  ['between two looks for missing sources whose turn it is', 'federation/supergraph/federation.ts', 'REJOIN_MS', 'ms', ''],
  ['between two attempts of a missing source to join, at most', 'federation/sources/source-pool.ts', 'RETRY_LONGEST_MS', 'ms', ''],
  ['start of a process of a SQLite source', 'connectors/sqlite/pool.ts', 'START_MAX_MS', 'ms', 'it is ended'],
  ['a source’s answer about its health', 'federation/supergraph/federation.ts', 'HEALTH_MS', 'ms', 'it counts as down'],
  ['keys in one statement to a source', 'federation/execute/run-fetches.ts', 'KEYS_PER_BATCH', 'keys', 'several statements run side by side'],
  ['what is left of a deadline for a second try after a lost connection', 'federation/sources/guard-connector.ts', 'RETRY_MS', 'ms', 'no second try'],
  ['processes that read one SQLite file', 'connectors/sqlite/pool.ts', 'PROCESSES_MAX', 'processes', 'the call waits'],
  ['a statement’s end once it is told to stop', 'connectors/sql/server-connector.ts', 'CANCEL_MS', 'ms', 'its connection is closed'],
  ['an expression in a mapping', 'federation/expression/parse.ts', 'MAX_EXPRESSION_LENGTH', 'characters', 'MAPPING_INVALID'],
  ['nesting of an expression', 'federation/expression/parse.ts', 'MAX_EXPRESSION_DEPTH', 'levels', 'MAPPING_INVALID'],
];

const SOURCE = hubSchema.definitions.source.properties;

/** The page on limits: defaults from the code, ranges and meanings from the JSON Schema of hub.yaml. */
export function pages(): Record<string, string> {
  const operations = table(OF_OPERATIONS, DEFAULT_LIMITS, hubSchema.properties.limits.properties, (key) => `limits.${key}`);
  const sources = [
    table(OF_POOLS, DEFAULT_POOL, SOURCE.pool.properties, (key) => `pool.${key}`),
    table({ statementMs: { unit: 'ms', past: 'SOURCE_TIMEOUT' } }, { statementMs: DEFAULT_STATEMENT_MS }, { statementMs: SOURCE.statementMs }, (key) => key),
    table(OF_BREAKERS, DEFAULT_BREAKER, SOURCE.breaker.properties, (key) => `breaker.${key}`),
  ].flat();
  const fixed = FIXED.map(([what, file, name, unit, past]) => row(what, `${grouped(figure(file, name))} ${unit}`, printed(past), `\`${file}\``));
  return {
    'docs/reference/limits.md': `<!-- Written by \`npm run docs\` from schema/parse/configuration.ts, schema/json-schema/hub.schema.json and the code; do not edit. -->

# Limits

Nothing in the hub is without a bound. What can be set is set in [hub.yaml](hub-yaml.md); every code is explained in [errors](errors.md).

## Of an operation

Under \`limits\`. An operation that exceeds one is refused whole, before any source is asked; \`operationMs\` and \`sourceRowsMax\` are met while it runs and fail the
fields that they concern. What is counted of a principal is counted by department and subject, on each instance, whatever the transport; the
development identity is not counted. Tokens that are not valid are counted by the address of the connection: behind a proxy that is the proxy's, so set
\`authFailuresPerMinute\` by what all its clients may do together. A token that was found valid before passes whatever others at its address do.

${HEAD}
${operations.join('\n')}

Cost: ${figure('server/limits/operation-cost.ts', 'OBJECTS_PER_POINT')} objects that the operation may answer with cost one point; lists count as long as their page, with variables put in first.

## Of a source

Under each source in \`sources\`. The smaller of \`statementMs\` and what is left of \`operationMs\` is a statement's deadline, its wait for a connection included.
Database servers are told the same deadline and end by themselves what the hub can no longer stop.

${HEAD}
${sources.join('\n')}

A read whose connection breaks is tried once more within its deadline; a timeout is not. When at least \`failurePercent\` of at least \`minCalls\` calls within
\`windowMs\` failed with \`SOURCE_UNAVAILABLE\` or \`SOURCE_TIMEOUT\`, the source is left alone for \`openMs\`: calls fail at once with \`SOURCE_CIRCUIT_OPEN\`. Then one
call at a time asks whether it is back. \`SOURCE_BUSY\` and calls that their client gave up do not count.

\`pool.queue\` calls may wait however slow the source is. Up to eight times as many may while the source has lately been quick enough to serve them within a
quarter of \`acquireMs\`, and the first of them has not waited for half of it: a burst is not refused by a source that has nothing to do.

## Fixed

| Of | Figure | Past it | In |
| --- | --- | --- | --- |
${fixed.join('\n')}

## Seen in /metrics

\`yiwang_errors_total{code}\` counts errors in answers by their code, \`yiwang_limited_total{limit}\` what a principal's or an address's limit refused, \`yiwang_source_calls_total{source,outcome}\` every call to a source with \`ok\` or its code, and
\`yiwang_source_call_seconds{source}\` its time. \`yiwang_requests_in_flight\` and \`yiwang_event_loop_delay_p99_seconds\` show how busy the hub itself is.
`,
  };
}

const HEAD = '| Key | Default | Allowed | What | Past it |\n| --- | --- | --- | --- | --- |';

interface Described {
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

function table<K extends string>(
  parts: Readonly<Record<K, Part>>,
  defaults: Readonly<Record<K, number>>,
  schema: Readonly<Record<K, Described>>,
  key: (name: K) => string,
): string[] {
  return (Object.keys(parts) as K[]).map((name) => {
    const { unit, past } = parts[name];
    const { description, minimum = 0, maximum = 0 } = schema[name];
    return row(`\`${key(name)}\``, `${grouped(defaults[name])} ${unit}`, `${grouped(minimum)} – ${grouped(maximum)}`, description, printed(past));
  });
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const grouped = (figure: number): string => figure.toLocaleString('en');
const printed = (past: Consequence): string => past.replaceAll(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g, '`$&`');

/** The number that a constant or an option has in a file. @throws when it is no longer there: then this page needs its new name */
function figure(file: string, name: string): number {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const found = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)[;,\\s]`).exec(text)?.[1];
  if (found === undefined) throw new Error(`${file} has no figure ${name}`);
  return Number(found.replaceAll('_', ''));
}
