import { randomUUID } from 'node:crypto';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { HubContext } from '../resolvers/context.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { createAdmission } from './admission.ts';
import { startGraphqlServer } from './graphql-server.ts';
import { addConsole, type ConsoleFiles } from './console.ts';
import { answerBrokenRequest, answerErrorsInJson, sendError } from './http-errors.ts';
import { createAuthorize } from './identity.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface HttpServerOptions {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  readonly examples: HubContext['examples'];
  /** Whoever connects over loopback is the developer, and messages suggest names of the schema. */
  readonly development: boolean;
  readonly console: ConsoleFiles;
}

/** The HTTP edge. It answers until `drain`. */
export interface HttpServer {
  /** @returns the address. Rejects with the system's error when the port is taken. */
  listen(host: string, port: number): Promise<string>;
  /** Refuses new requests with SHUTTING_DOWN, lets running ones finish, and ends those that take longer. */
  drain(timeoutMs: number): Promise<void>;
}

const MAX_IN_FLIGHT = 256;
const MAX_CONNECTIONS = 2_000;
const REQUEST_ID = /^[\w.:-]{1,64}$/;
/** For which Fastify has no route of its own. */
const OTHER_METHODS = ['PUT', 'PATCH', 'DELETE', 'TRACE'] as const;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { configuration, federation, log, metrics, development } = options;
  const { limits } = configuration;
  const admission = createAdmission(MAX_IN_FLIGHT);
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
    frameworkErrors: (_error, _request, reply) => void sendError(reply as unknown as FastifyReply, 400, 'BAD_REQUEST', 'The address cannot be understood.'),
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.removeContentTypeParser('text/plain');
  answerErrorsInJson(app, { log, bodyBytes: limits.bodyBytes, onError: metrics.error });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (draining && !request.url.startsWith('/health'))
      sendError(reply, 503, 'SHUTTING_DOWN', 'The hub is stopping.', { 'retry-after': '1', connection: 'close' });
    else done();
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close'); // or an idle connection would hold the end up
    done(null, payload);
  });

  const graphql = await startGraphqlServer({
    ...options,
    errorFormat: { suggestions: development, onFault: (error) => log.error({ err: error }, 'fault in an operation') },
    onError: metrics.error,
  });
  addGraphql(app, { ...options, admit: (reply) => admission.enter(reply.raw), handler: graphql });
  addHealth(app, federation, () => draining);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  addConsole(app, options.console, options.examples);

  return {
    listen: (host, port) => app.listen({ host, port }),
    async drain(timeoutMs) {
      draining = true;
      const hard = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
      await app.close();
      await graphql.stop();
      clearTimeout(hard);
    },
  };
}

interface GraphqlParts extends HttpServerOptions {
  readonly admit: (reply: FastifyReply) => boolean;
  readonly handler: Awaited<ReturnType<typeof startGraphqlServer>>;
}

function addGraphql(app: FastifyInstance, { handler, admit, metrics, development }: GraphqlParts): void {
  const authorize = createAuthorize(development);
  const answer = fastifyApolloHandler(handler, { context: async (request, reply) => ({ requestId: request.id, reply, authorize: authorize(request.raw) }) });
  const started = new WeakMap<object, number>();
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest(request, reply, done) {
      started.set(request.raw, performance.now());
      const encoding = request.headers['content-encoding'];
      if (request.method === 'GET' && prefersHtml(request)) void reply.redirect('/graphiql', 302);
      else if (encoding !== undefined && encoding !== 'identity') sendError(reply, 415, 'BAD_REQUEST', 'Send the request body uncompressed.');
      else if (!admit(reply)) sendError(reply, 503, 'SOURCE_BUSY', 'The hub is answering as many operations as it can; try again.', { 'retry-after': '1' });
      else done();
    },
    onResponse(request, reply, done) {
      metrics.request(reply.statusCode, (performance.now() - (started.get(request.raw) ?? 0)) / 1000);
      done();
    },
    async handler(request, reply) {
      const body = await answer.call(app, request as never, reply as never);
      reply.header('cache-control', 'no-store');
      return reply.statusCode >= 400 && typeof body === 'string' ? withRequestId(body, request.id) : body;
    },
  });
  app.route({
    method: [...OTHER_METHODS],
    url: '/graphql',
    onRequest: (_request, reply) => void sendError(reply, 405, 'BAD_REQUEST', 'Use GET for queries, or POST.', { allow: 'GET, POST' }),
    handler: () => undefined,
  });
  app.options('/graphql', (_request, reply) => reply.code(204).header('allow', 'GET, POST').send());
}

/** Errors that Apollo finds before there is an operation know nothing of the request. */
function withRequestId(body: string, requestId: string): string {
  const answer = JSON.parse(body) as { errors?: { extensions?: Record<string, unknown> }[] };
  for (const { extensions } of answer.errors ?? []) if (extensions) extensions['requestId'] ??= requestId;
  return `${JSON.stringify(answer)}\n`;
}

function prefersHtml({ headers: { accept = '' }, url }: FastifyRequest): boolean {
  return accept.includes('text/html') && !url.includes('query=');
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function addHealth(app: FastifyInstance, federation: Federation, isDraining: () => boolean): void {
  app.get('/health/live', (_request, reply) => reply.send({ status: 'live' }));
  app.get('/health/ready', (_request, reply) =>
    isDraining() ? reply.code(503).send({ status: 'draining' }) : reply.send({ status: 'ready', generation: federation.generation().number }),
  );
}
