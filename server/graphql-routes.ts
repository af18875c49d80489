import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Admission } from './admission.ts';
import { answerType } from './answer-type.ts';
import { clientGone } from './client-gone.ts';
import { putDocument } from './documents/http-document.ts';
import type { ResolveDocument } from './documents/resolve-document.ts';
import { createDirectAnswers, type DirectAnswerOptions } from './direct-answers.ts';
import type { EventStreams } from './event-stream.ts';
import type { GraphqlServers } from './graphql-server.ts';
import { sendError, sentCode } from './http-errors.ts';
import type { Places } from './limits/places.ts';
import type { RequestRate } from './limits/request-rate.ts';
import type { RefusalRecorder } from './record-refusals.ts';
import type { RequestContext } from './request-context.ts';
import type { Authenticate } from './session.ts';
import type { Metrics } from './metrics.ts';

// Not in weak maps: what is young there outlives its request, and most of it is copied by the garbage collector.
declare module 'fastify' {
  interface FastifyRequest {
    startedAt: number;
    operationContext: RequestContext | null;
  }
}

export interface GraphqlRoutesParts {
  readonly serverOf: GraphqlServers;
  readonly answers: DirectAnswerOptions;
  readonly admission: Admission;
  readonly authenticate: Authenticate;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  readonly rate: RequestRate;
  /** For operations that are being answered. */
  readonly places: Places;
  readonly resolve: ResolveDocument;
  readonly refusals: RefusalRecorder;
}

const EVENTS = 'text/event-stream';
const JSON_TYPES = ['application/graphql-response+json', 'application/json'];

/** HEAD too: whoever asks for no answer would have an operation run, or hold a stream open that says nothing. */
const OTHER_METHODS = ['HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const;

/** GraphQL over HTTP at /graphql, over server-sent events there, when they are accepted, and at /graphql/stream. */
export function addGraphqlRoutes(
  app: FastifyInstance,
  { serverOf, answers, admission, authenticate, streams, metrics, rate, places, resolve, refusals }: GraphqlRoutesParts,
): void {
  app.decorateRequest('startedAt', 0);
  app.decorateRequest('operationContext', null);
  const answerKnown = createDirectAnswers(answers);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    onRequest(request, reply, done) {
      request.startedAt = performance.now();
      if (request.method === 'GET' && prefersHtml(request)) void reply.redirect('/graphiql', 302);
      else if (refusesEncoding(request, reply) || (!acceptsEvents(request) && (!acceptsAnswer(request, reply) || !enters(reply, admission)))) return;
      else done();
    },
    onResponse(request, reply, done) {
      if (!acceptsEvents(request)) metrics.request(reply.statusCode, (performance.now() - request.startedAt) / 1000);
      // What came to be an operation has been recorded as one.
      const context = request.operationContext;
      if (reply.statusCode >= 400 && !context?.recording.done && !acceptsEvents(request))
        refusals.request(request.raw, request.id, context?.session.principal, sentCode(reply.raw) ?? 'BAD_REQUEST');
      done();
    },
    async handler(request, reply) {
      if (acceptsEvents(request)) return streams.answer(request, reply);
      const session = await authenticate(request.raw);
      const context: RequestContext = { requestId: request.id, session, gone: clientGone(reply.raw), recording: { done: false } };
      request.operationContext = context;
      reply.raw.once('close', places.take(session.principal));
      rate.take(session.principal);
      reply.header('cache-control', 'no-store');
      putDocument(request, resolve, session.principal);
      const view = session.view();
      const server = await serverOf(view);
      const direct = await answerKnown(view, server.known, request, reply, context);
      if (direct !== undefined) return direct;
      const answer = fastifyApolloHandler(server.apollo, { context: async () => context });
      const body = await answer.call(app, request as never, reply as never);
      return reply.statusCode >= 400 && typeof body === 'string' ? withRequestId(body, request.id) : body;
    },
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    exposeHeadRoute: false,
    onRequest(request, reply, done) {
      if (!refusesEncoding(request, reply)) done();
    },
    handler: streams.answer,
  });
  refuseOtherMethods(app, '/graphql', 'Use GET for queries, or POST.');
  refuseOtherMethods(app, '/graphql/stream', 'Use GET or POST; each operation has a connection of its own.');
}

function refuseOtherMethods(app: FastifyInstance, url: string, message: string): void {
  const allow = 'GET, POST';
  app.route({
    method: [...OTHER_METHODS],
    url,
    onRequest: (_request, reply) => void sendError(reply, 405, 'BAD_REQUEST', message, { allow }),
    handler: () => undefined,
  });
  app.options(url, (_request, reply) => reply.code(204).header('allow', allow).send());
}

function refusesEncoding({ headers }: FastifyRequest, reply: FastifyReply): boolean {
  const encoding = headers['content-encoding'];
  if (!encoding || encoding.toLowerCase() === 'identity') return false;
  sendError(reply, 415, 'BAD_REQUEST', 'Send the request body uncompressed.');
  return true;
}

/** Before anything is done: an answer that nobody takes is no reason to run a mutation. */
function acceptsAnswer({ headers }: FastifyRequest, reply: FastifyReply): boolean {
  const accepts = answerType(headers.accept) !== undefined;
  if (!accepts) sendError(reply, 406, 'BAD_REQUEST', 'The accept header must include application/graphql-response+json or application/json.');
  return accepts;
}

function enters(reply: FastifyReply, admission: Admission): boolean {
  const leave = admission.enter();
  if (leave) reply.raw.once('close', leave);
  else sendError(reply, 503, 'SOURCE_BUSY', 'The hub is answering as many operations as it can; try again.', { 'retry-after': '1' });
  return leave !== undefined;
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

/** Whether the client wants events rather than JSON: clients that understand both list JSON first. */
function acceptsEvents({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes(EVENTS) === true && new Negotiator({ headers }).mediaType([...JSON_TYPES, EVENTS]) === EVENTS;
}
