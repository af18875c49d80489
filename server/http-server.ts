import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { RunStream } from '../changes/subscriptions/event-sink.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { Access } from '../access/access.ts';
import type { AccessLog } from '../access/log/open-access-log.ts';
import type { HubContext } from '../resolvers/context.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { createAdmission } from './admission.ts';
import type { TrustedDocuments } from '../access/documents/trusted-documents.ts';
import { createResolveDocument } from './documents/resolve-document.ts';
import { createEventStreams } from './event-stream.ts';
import type { ErrorFormat } from './format-error.ts';
import { addGraphqlRoutes } from './graphql-routes.ts';
import { createGraphqlServers } from './graphql-server.ts';
import { addConsole, type ConsoleFiles } from './console.ts';
import { answerBrokenRequest, answerErrorsInJson, sendError } from './http-errors.ts';
import { createPlaces } from './limits/places.ts';
import { createRequestRate } from './limits/request-rate.ts';
import type { Identification } from './authenticate/create-identify.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createMetricsListener, listenOnLoopback } from './metrics-listener.ts';
import { createOperate } from './operate.ts';
import { readJsonBodies } from './json-body.ts';
import { createRefusalRecorder } from './record-refusals.ts';
import { recordStreams } from './record-stream.ts';
import { createAuthenticate } from './session.ts';
import { addWebSockets } from './web-sockets.ts';
import { webhookSubscriptions } from './webhook-subscription.ts';

/** A method at an address, as Fastify has it. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

export interface HttpServerOptions {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly mappings: HubContext['mappings'];
  readonly alerts: HubContext['alerts'];
  readonly consumers: HubContext['consumers'];
  readonly captures: HubContext['captures'];
  readonly webhooks: HubContext['webhooks'];
  readonly access: Access;
  readonly accessLog: AccessLog;
  readonly identification: Identification;
  readonly documents: TrustedDocuments;
  readonly denied: HubContext['denied'];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  readonly examples: HubContext['examples'];
  /** Whoever connects over loopback is the developer, and messages suggest names of the schema. */
  readonly development: boolean;
  /** A listener of its own for the metrics. */
  readonly metricsPort: number | undefined;
  readonly console: ConsoleFiles;
  readonly runStream: RunStream;
}

/** The HTTP edge. It answers until `drain`. */
export interface HttpServer {
  /** What it answers: every method and address. */
  readonly routes: readonly Route[];
  /** @returns the address. Rejects with the system's error when the port is taken. @throws {HubProblem} when that of the metrics is */
  listen(host: string, port: number): Promise<string>;
  /** Refuses new requests with SHUTTING_DOWN, lets running ones finish, and ends those that take longer. */
  drain(timeoutMs: number): Promise<void>;
}

const MAX_CONNECTIONS = 2_000;
/** No route has a schema of Fastify's; loading its compilers takes longer than the rest of its start. */
const NO_SCHEMAS = {
  compilersFactory: {
    buildValidator: (): never => {
      throw new Error('unreachable: no route has a schema');
    },
    buildSerializer: (): never => {
      throw new Error('unreachable: no route has a schema');
    },
  },
};
const REQUEST_ID = /^[\w.:-]{1,64}$/;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { configuration, federation, accessLog, log, metrics, development } = options;
  const { limits } = configuration;
  const admission = createAdmission(limits.inFlight);
  let draining = false;
  metrics.observe({ federation, inFlight: () => admission.inFlight });
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384 },
    clientErrorHandler: answerBrokenRequest,
    schemaController: NO_SCHEMAS,
    frameworkErrors: (_error, _request, reply) => void sendError(reply as unknown as FastifyReply, 400, 'BAD_REQUEST', 'The address cannot be understood.'),
  });
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((each) => ({ method: each, url }))));
  app.server.maxConnections = MAX_CONNECTIONS;
  readJsonBodies(app);
  answerErrorsInJson(app, { log, bodyBytes: limits.bodyBytes, onError: metrics.error });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (draining && request.method === 'GET' && request.headers.accept === 'text/event-stream') {
      // An EventSource gives up for good at any answer but 200; a broken connection it tries again.
      reply.hijack();
      request.raw.socket.destroy();
    } else if (draining && !request.url.startsWith('/health'))
      sendError(reply, 503, 'SHUTTING_DOWN', 'The hub is stopping.', { 'retry-after': '1', connection: 'close' });
    else done();
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close'); // or an idle connection would hold the end up
    done(null, payload);
  });

  const errorFormat: ErrorFormat = { suggestions: development, onFault: (error) => log.error({ err: error }, 'fault in an operation') };
  const refusals = createRefusalRecorder(accessLog);
  const rate = createRequestRate(limits, metrics.limited);
  const places = createPlaces({ max: limits.inFlightPerPrincipal, limit: 'inFlightPerPrincipal', what: 'operations', onLimit: metrics.limited });
  const connections = createPlaces({
    max: limits.connectionsPerPrincipal,
    limit: 'connectionsPerPrincipal',
    what: 'WebSockets and event streams',
    onLimit: metrics.limited,
  });
  const resolve = createResolveDocument({ settings: configuration.documents, documents: options.documents, onDocument: metrics.document });
  const answers = { ...options, errorFormat, rate, onError: metrics.error };
  const serverOf = createGraphqlServers({ ...answers, refusals });
  await serverOf(federation.generation());
  const authenticate = refusals.watch(createAuthenticate({ ...options.identification, federation, access: options.access }));
  const parts = {
    authenticate,
    connections,
    operate: createOperate({ serverOf, admission, rate, places, resolve, refusals, errorFormat }),
    runStream: recordStreams(options.runStream, accessLog, options.access.agreements),
    errorFormat,
    onError: metrics.error,
  };
  options.webhooks.start(webhookSubscriptions({ ...parts, federation, access: options.access, denied: options.denied }));
  const streams = createEventStreams(parts);
  const sockets = addWebSockets(app.server, parts);
  addGraphqlRoutes(app, { metrics, admission, authenticate, streams, serverOf, rate, places, resolve, refusals, answers });
  addHealth(app, federation, accessLog, () => draining);
  app.get('/metrics', async (request, reply) => {
    const { view } = await authenticate(request.raw);
    if (!view().rights.actions.has('metrics:read')) return sendError(reply, 403, 'FORBIDDEN_FIELD', 'Your roles do not include this.');
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
  addConsole(app, options.console);
  const { metricsPort } = options;
  const metricsServer = metricsPort === undefined ? undefined : createMetricsListener(metrics);

  return {
    routes,
    async listen(host, port) {
      if (metricsServer && metricsPort !== undefined) await listenOnLoopback(metricsServer, metricsPort);
      return app.listen({ host, port });
    },
    async drain(timeoutMs) {
      draining = true;
      streams.drain();
      const hard = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
      await Promise.race([sockets.drain(), new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
      metricsServer?.close();
      metricsServer?.closeAllConnections();
      await app.close();
      await refusals[Symbol.asyncDispose]();
      clearTimeout(hard);
    },
  };
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function addHealth(app: FastifyInstance, federation: Federation, accessLog: AccessLog, isDraining: () => boolean): void {
  app.get('/health/live', (_request, reply) => reply.send({ status: 'live' }));
  app.get('/health/ready', (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' });
    const { failure } = accessLog.status();
    if (failure) return reply.code(503).send({ status: 'unready', code: 'AUDIT_UNAVAILABLE', accessLog: failure });
    // Ready with any source down: the others answer.
    return reply.send({ status: 'ready', generation: federation.generation().number, sources: Object.fromEntries(federation.catalogStates()) });
  });
}
