import type { GraphQLResponse, HTTPGraphQLHead, BaseContext } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import { execute, type DocumentNode, type ExecutionResult, type OperationDefinitionNode } from 'graphql';
import { createTally } from '../federation/execute/tally.ts';
import type { SourceReads } from '../federation/plan/source-reads.ts';
import type { OperationResult } from '../federation/execute/execute-operation.ts';
import type { Federation } from '../federation/supergraph/federation.ts';
import type { AccessLog } from '../access/log/open-access-log.ts';
import type { View } from '../federation/supergraph/view.ts';
import type { HubContext } from '../resolvers/context.ts';
import { createLoaders } from '../resolvers/loaders.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { compareText } from '../schema/model/compare-text.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { formatError, httpStatus, type ClientError, type ErrorFormat } from './format-error.ts';
import { jsonAnswer } from './json-answer.ts';
import type { InputCount } from './limits/input-count.ts';
import type { ObjectCount } from './limits/operation-cost.ts';
import type { RequestRate } from './limits/request-rate.ts';
import { createNotedReads } from './noted-reads.ts';
import { recordOperation, type Recording } from './record-operation.ts';
import type { RequestContext } from './request-context.ts';
import type { RootFields } from './root-fields.ts';

export interface AnswerOptions {
  readonly federation: Federation;
  readonly access: HubContext['access'];
  readonly denied: HubContext['denied'];
  readonly mappings: HubContext['mappings'];
  readonly alerts: HubContext['alerts'];
  readonly consumers: HubContext['consumers'];
  readonly captures: HubContext['captures'];
  readonly webhooks: HubContext['webhooks'];
  readonly configuration: HubConfiguration;
  readonly errorFormat: ErrorFormat;
  readonly accessLog: AccessLog;
  readonly rate: RequestRate;
  readonly clock: () => Date;
  readonly examples: HubContext['examples'];
}

/** An operation of a view that was parsed and validated. */
export interface CheckedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly text: string;
  readonly roots: RootFields;
  readonly objects: ObjectCount;
  readonly inputs: InputCount;
  /** Variables that may not be null, whatever their type says. */
  readonly notNull: readonly string[];
}

/** What one request brings to it. */
export interface OperationInput {
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly context: BaseContext & RequestContext;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The one way to an answer, whatever the transport: what must hold for every operation belongs here. Its record is durable before the answer is given. Never rejects. */
export async function answerOperation(options: AnswerOptions, view: View, checked: CheckedOperation, input: OperationInput): Promise<GraphQLResponse> {
  const { context } = input;
  const { requestId, session, gone } = context;
  const { operation, text, roots } = checked;
  using deadline = createDeadline(gone, options.configuration.limits.operationMs);
  using recording = recordOperation(options.accessLog, { requestId, gone, view, operation, text, principal: session.principal, own: roots.ownNames });
  context.recording.done = true;
  const failed = (error: unknown): GraphQLResponse => refusal(formatError(error, options.errorFormat, { requestId }));
  try {
    if (operation.operation === 'mutation') await recording.intent();
    const response = await deadline.race(answer(options, view, checked, input, deadline, recording)).catch(failed);
    const { codes, hasData } = outcomeOf(response);
    await recording.answer(codes, hasData);
    return response;
  } catch (error) {
    return failed(error);
  }
}

async function answer(
  options: AnswerOptions,
  view: View,
  { document, operation, text, roots }: CheckedOperation,
  input: OperationInput,
  deadline: Deadline,
  recording: Recording,
): Promise<GraphQLResponse> {
  const { federation, errorFormat } = options;
  const { variables, coerced, extensions, context } = input;
  const { requestId } = context;
  const { principal } = context.session;
  const tally = recording.tally ?? (options.access.agreements.limits(principal) ? createTally(0) : undefined);
  const noted = createNotedReads(tally);
  /** Before anything of it is shown. */
  const account = async (planned: readonly SourceReads[]): Promise<void> => {
    const reads = noted.with(planned);
    recording.reads(reads);
    await options.access.agreements.spend(
      principal,
      reads.flatMap(({ fields }) => fields),
      (type) => tally?.entities.get(type)?.count ?? 0,
    );
  };
  const own = roots.own ? await executeOwn(options, view, roots.own, input, deadline, noted.note) : undefined;
  const ownErrors = (own?.errors ?? []).map((error) => formatError(error, errorFormat, { path: error.path, locations: error.locations ?? [], requestId }));
  if (own && (!roots.planned || !own.data)) {
    if (own.data === undefined) return refusal(ownErrors);
    await account([]);
    const data = JSON.stringify(own.data);
    checkLength({ data }, options.configuration.limits.responseBytes);
    return success(jsonAnswer(data, ownErrors));
  }
  const explain = extensions?.['explain'] === true;
  if (explain) context.session.authorize('explain');
  if (explain) recording.explained();
  options.mappings.usage.note(text, operation.name?.value, variables);
  const result = await federation.execute({
    document,
    operation,
    text,
    variables,
    coerced,
    view,
    signal: deadline.signal,
    purpose: principal.purpose,
    explain,
    provenance: extensions?.['provenance'] === true,
    ...(tally ? { tally } : {}),
    apart: true,
    foreign: own?.data ? new Map(Object.entries(own.data).map(([key, value]) => [key, JSON.stringify(value)])) : NONE,
  });
  await account(result.reads);
  const errors = result.errors.map(({ error, path }) => formatError(error, errorFormat, { path, requestId }));
  checkLength(result, options.configuration.limits.responseBytes);
  return success(jsonAnswer(result.data, [...ownErrors, ...errors], said(view, result), result.bytes));
}

/** That the data have no more bytes in UTF-8; a character has at most three for each of its units. @throws {HubError} LIMIT_COST */
function checkLength({ data, bytes }: Pick<OperationResult, 'data' | 'bytes'>, max: number): void {
  const apart = bytes?.length ?? 0;
  if (apart + data.length * 3 > max && apart + Buffer.byteLength(data) > max)
    throw new HubError('LIMIT_COST', `The answer has more than ${max.toLocaleString('en')} bytes; ask for smaller pages or fewer fields.`);
}

/** What is told beside the data: which keys its totals miss, and what was asked for. */
function said(view: View, { explain, provenance, openKeys }: OperationResult): Readonly<Record<string, unknown>> | undefined {
  if (!explain && !provenance && !openKeys) return undefined;
  return { ...(openKeys ? { openKeys } : {}), ...(explain ? { explain: shownExplanation(view, explain) } : {}), ...(provenance ? { provenance } : {}) };
}

async function executeOwn(
  { configuration, federation, access, denied, mappings, alerts, consumers, captures, webhooks, accessLog, clock, examples }: AnswerOptions,
  view: View,
  document: DocumentNode,
  { variables, context: { session } }: OperationInput,
  { signal }: Deadline,
  note: HubContext['note'],
): Promise<ExecutionResult> {
  const context: HubContext = {
    configuration,
    federation,
    access,
    denied,
    mappings,
    alerts,
    consumers,
    captures,
    webhooks,
    accessLog,
    view,
    principal: session.principal,
    clock,
    examples,
    signal,
    loaders: createLoaders(federation, signal),
    note,
    authorize: session.authorize,
  };
  return execute({ schema: view.schema, document, contextValue: context, variableValues: variables });
}

/** Statements name tables, columns and rules that restricted rights hide; of those only how much was read is told. */
function shownExplanation(view: View, explain: NonNullable<OperationResult['explain']>): object {
  if (view.supergraph.restriction === undefined) return explain;
  // How many rows there are of what is too few to be told, and how long they take, would tell of them.
  if ((view.supergraph.features.totals?.size ?? 0) > 0)
    return { fetches: explain.fetches.map(({ source }) => ({ source })).toSorted((a, b) => compareText(a.source, b.source)) };
  // In an order of their own: which came first would tell how long each took.
  const order = explain.fetches.toSorted((a, b) => compareText(a.source, b.source) || a.rows - b.rows);
  return { fetches: order.map(({ source, rows, ms }) => ({ source, rows, ms })) };
}

/** Errors and data of an answer that is about to leave. */
function outcomeOf({ body }: GraphQLResponse): { readonly codes: readonly string[]; readonly hasData: boolean } {
  const result = body.kind === 'single' ? body.singleResult : {};
  return { codes: (result.errors ?? []).map(({ extensions }) => String(extensions?.['code'])), hasData: result.data !== undefined };
}

export function success(singleResult: ReturnType<typeof jsonAnswer>): GraphQLResponse {
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
