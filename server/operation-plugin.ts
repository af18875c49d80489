import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLResponse, HTTPGraphQLHead } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import {
  execute,
  getVariableValues,
  GraphQLError,
  type ASTNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { OperationResult } from '../federation/execute/execute-operation.ts';
import type { AccessLog } from '../access/log/open-access-log.ts';
import { isPlannedRoot } from '../federation/plan/plan-operation.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { View } from '../federation/supergraph/view.ts';
import type { HubContext } from '../resolvers/context.ts';
import { createLoaders } from '../resolvers/loaders.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { HubConfiguration, Limits } from '../schema/model/configuration.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { formatError, httpStatus, type ClientError, type ErrorFormat } from './format-error.ts';
import { jsonAnswer } from './json-answer.ts';
import { isNestedDeeper, MAX_NESTING } from './limits/nesting.ts';
import type { RequestRate } from './limits/request-rate.ts';
import { compileObjectCount, OBJECTS_PER_POINT, type ObjectCount } from './limits/operation-cost.ts';
import { recordOperation, type Recording } from './record-operation.ts';
import type { RequestContext } from './request-context.ts';
import { splitRootFields, type RootFields } from './root-fields.ts';

export interface OperationPluginOptions {
  readonly federation: Federation;
  readonly mappings: HubContext['mappings'];
  readonly alerts: HubContext['alerts'];
  readonly configuration: HubConfiguration;
  readonly errorFormat: ErrorFormat;
  readonly accessLog: AccessLog;
  readonly rate: RequestRate;
  readonly clock: () => Date;
  readonly examples: HubContext['examples'];
}

type Request = GraphQLRequestContext<BaseContext & RequestContext>;

const NONE: ReadonlyMap<string, string> = new Map();

/** Answers operations: the hub's own root fields by graphql-js, all others by the federation, whose JSON text goes out as it is. */
export function operationPlugin(options: OperationPluginOptions, view: View): ApolloServerPlugin<BaseContext & RequestContext> {
  const { limits } = options.configuration;
  const prepared = new WeakMap<OperationDefinitionNode, Prepared>();
  const prepare = (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Prepared => {
    const known = prepared.get(operation);
    if (known) return known;
    const isPlanned = (name: string): boolean => operation.operation === 'query' && isPlannedRoot(view, name);
    const made = { roots: splitRootFields(document, operation, isPlanned), objects: compileObjectCount(schema, document, operation, limits) };
    prepared.set(operation, made);
    return made;
  };

  return {
    async requestDidStart() {
      let variables: Readonly<Record<string, unknown>> = {};
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return;
          if (!schema.getRootType(operation.operation))
            throw clientError('GRAPHQL_VALIDATION_FAILED', `The hub has no ${operation.operation} operations.`, operation);
          checkTransport(operation, contextValue.stream);
          variables = coerce(schema, operation, request.variables ?? {});
          const { objects, roots } = prepare(schema, document, operation);
          checkLimits(limits, objects, variables);
          // The same field under several aliases is as many requests.
          if (roots.repeats > 0) await options.rate.take(contextValue.session.principal, roots.repeats).catch(tooMany);
        },
        async responseForOperation(request: Request) {
          const { schema, document, operation, contextValue } = request;
          if (!document || !operation) return null; // Apollo says why
          if (contextValue.stream && operation.operation === 'subscription') {
            const { principal } = contextValue.session;
            contextValue.stream.request = { requestId: contextValue.requestId, document, operation, text: request.source ?? '', variables, view, principal };
            return success({ data: null });
          }
          using deadline = createDeadline(contextValue.gone, limits.operationMs);
          const { roots } = prepare(schema, document, operation);
          const { requestId, session, gone } = contextValue;
          const facts = { requestId, gone, view, operation, text: request.source ?? '', principal: session.principal, own: roots.ownNames };
          const recording = recordOperation(options.accessLog, facts);
          contextValue.recorded = true;
          const failed = (error: unknown): GraphQLResponse => refusal(formatError(error, options.errorFormat, { requestId }));
          try {
            if (operation.operation === 'mutation') await recording.intent();
            const response = await deadline.race(answer(options, request, variables, view, roots, deadline, recording)).catch(failed);
            const { codes, hasData } = outcomeOf(response);
            await recording.answer(codes, hasData);
            return response;
          } catch (error) {
            return failed(error);
          }
        },
      };
    },
  };
}

interface Prepared {
  readonly roots: RootFields;
  readonly objects: ObjectCount;
}

async function answer(
  options: OperationPluginOptions,
  request: Request,
  coerced: Readonly<Record<string, unknown>>,
  view: View,
  roots: RootFields,
  deadline: Deadline,
  recording: Recording,
): Promise<GraphQLResponse> {
  const { federation, errorFormat } = options;
  const { contextValue, document, operation, source } = request;
  const { requestId } = contextValue;
  if (!document || !operation) throw new Error('unreachable: there is an operation');
  const own = roots.own ? await executeOwn(options, request, view, roots.own, deadline) : undefined;
  const ownErrors = (own?.errors ?? []).map((error) => formatError(error, errorFormat, { path: error.path, locations: error.locations ?? [], requestId }));
  if (own && (!roots.planned || !own.data)) {
    if (own.data === undefined) return refusal(ownErrors);
    return success(jsonAnswer(JSON.stringify(own.data), ownErrors));
  }
  const explain = request.request.extensions?.['explain'] === true;
  if (explain) contextValue.session.authorize('explain');
  if (explain) recording.explained();
  const result: OperationResult = await federation.execute({
    document,
    operation,
    text: source ?? '',
    variables: request.request.variables ?? {},
    coerced,
    view,
    signal: deadline.signal,
    explain,
    tally: recording.tally,
    foreign: own?.data ? new Map(Object.entries(own.data).map(([key, value]) => [key, JSON.stringify(value)])) : NONE,
  });
  recording.reads(result.reads);
  const errors = result.errors.map(({ error, path }) => formatError(error, errorFormat, { path, requestId }));
  return success(jsonAnswer(result.data, [...ownErrors, ...errors], result.explain === undefined ? undefined : { explain: result.explain }));
}

async function executeOwn(
  { configuration, federation, mappings, alerts, clock, examples }: OperationPluginOptions,
  { contextValue, request }: Request,
  view: View,
  document: DocumentNode,
  { signal }: Deadline,
): Promise<ExecutionResult> {
  const context: HubContext = {
    configuration,
    federation,
    mappings,
    alerts,
    view,
    principal: contextValue.session.principal,
    clock,
    examples,
    signal,
    loaders: createLoaders(federation, signal),
    authorize: contextValue.session.authorize,
  };
  return execute({ schema: view.schema, document, contextValue: context, variableValues: request.variables });
}

/** Errors and data of an answer that is about to leave. */
function outcomeOf({ body }: GraphQLResponse): { readonly codes: readonly string[]; readonly hasData: boolean } {
  const result = body.kind === 'single' ? body.singleResult : {};
  return { codes: (result.errors ?? []).map(({ extensions }) => String(extensions?.['code'])), hasData: result.data !== undefined };
}

function success(singleResult: ReturnType<typeof jsonAnswer>): GraphQLResponse {
  return { http: head(), body: { kind: 'single', singleResult } };
}

/** Nothing could be answered: no `data`, and an HTTP status that says so. */
function refusal(error: ClientError | readonly ClientError[]): GraphQLResponse {
  const errors = Array.isArray(error) ? (error as readonly ClientError[]) : [error as ClientError];
  const http = head(httpStatus(errors[0]?.extensions.code ?? 'INTERNAL_SERVER_ERROR'));
  if (http.status === 503) http.headers.set('retry-after', String(Math.ceil((errors[0]?.extensions.retryAfterMs ?? 1_000) / 1_000)));
  return { http, body: { kind: 'single', singleResult: { errors } } };
}

function head(status?: number): HTTPGraphQLHead {
  return { ...(status === undefined ? {} : { status }), headers: new HeaderMap() };
}

function coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Record<string, unknown>): Readonly<Record<string, unknown>> {
  if (isNestedDeeper(raw, MAX_NESTING)) throw clientError('BAD_USER_INPUT', `The variables nest more than ${MAX_NESTING} levels deep.`, operation);
  if (!operation.variableDefinitions || operation.variableDefinitions.length === 0) return {};
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions, raw, { maxErrors: 1 });
  if (errors) throw clientError('BAD_USER_INPUT', errors[0]?.message ?? 'A variable is unusable.', errors[0]?.nodes?.[0] ?? operation);
  return coerced ?? {};
}

/** Subscriptions need a transport for several answers; what any web page could send must change nothing. */
function checkTransport(operation: OperationDefinitionNode, stream: RequestContext['stream']): void {
  if (operation.operation === 'subscription' && !stream)
    throw clientError('BAD_REQUEST', 'Subscribe over a WebSocket (graphql-transport-ws), or send accept: text/event-stream.', operation);
  if (operation.operation === 'mutation' && stream?.mutations === false) throw clientError('BAD_REQUEST', 'Send mutations by POST.', operation);
}

function checkLimits(limits: Limits, objects: ObjectCount, variables: Readonly<Record<string, unknown>>): void {
  const count = objects(variables);
  const cost = Math.ceil(count / OBJECTS_PER_POINT);
  if (cost <= limits.cost) return;
  const number = (value: number): string => value.toLocaleString('en');
  const message = `The operation costs ${number(cost)} (up to ${number(count)} objects); at most ${number(limits.cost)} is allowed: ask for smaller pages or fewer nested lists.`;
  throw new GraphQLError(message, { originalError: new HubError('LIMIT_COST', message), extensions: { http: { status: 400, headers: new HeaderMap() } } });
}

/** @throws what makes Apollo answer with 429 */
function tooMany(error: unknown): never {
  if (!(error instanceof HubError)) throw error;
  const headers = new HeaderMap([['retry-after', String(Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))]]);
  throw new GraphQLError(error.message, { originalError: error, extensions: { http: { status: httpStatus(error.code), headers } } });
}

function clientError(code: 'BAD_REQUEST' | 'BAD_USER_INPUT' | 'GRAPHQL_VALIDATION_FAILED', message: string, node: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node, extensions: { code, http: { status: 400, headers: new HeaderMap() } } });
}
