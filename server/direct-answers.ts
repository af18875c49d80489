import type { FastifyReply, FastifyRequest } from 'fastify';
import type { View } from '../federation/supergraph/view.ts';
import { answerOperation, type AnswerOptions } from './answer-operation.ts';
import { answerType } from './answer-type.ts';
import { checkVariables } from './check-variables.ts';
import { finishErrors } from './graphql-server.ts';
import { printAnswer } from './json-answer.ts';
import type { KnownOperations } from './known-operations.ts';
import type { RequestContext } from './request-context.ts';

export interface DirectAnswerOptions extends AnswerOptions {
  readonly onError: (code: string) => void;
}

/** The answer to an operation that is known; undefined when it must go Apollo's way, which says what is wrong with it. */
export type AnswerKnown = (
  view: View,
  known: KnownOperations,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
) => Promise<string | Buffer | undefined>;

/** The only kind of body that no other site's page can send without being asked. */
const JSON_BODY = /^application\/json(?:$|;)/;

/**
 * The short way of an operation that a client sends again and again: half of what a small answer costs is to find out once more that its text is valid.
 * Same checks, same execution, same answer; only queries by POST, without extensions.
 */
export function createDirectAnswers(options: DirectAnswerOptions): AnswerKnown {
  return async (view, known, request, reply, context) => {
    const contentType = request.method === 'POST' && JSON_BODY.test(request.headers['content-type'] ?? '') && answerType(request.headers.accept);
    const asked = contentType && readBody(request.body);
    const checked = asked && known.find(asked.operationName, asked.query);
    if (!contentType || !checked) return undefined;
    const variables = asked.variables ?? {};
    let coerced: Readonly<Record<string, unknown>>;
    try {
      coerced = checkVariables(options, view.schema, checked, variables, context.session.principal);
    } catch {
      return undefined;
    }
    const { http, body } = await answerOperation(options, view, checked, { variables, coerced, context });
    if (body.kind !== 'single') throw new Error('unreachable: nothing is answered in parts');
    finishErrors(body.singleResult.errors, context.requestId, options.onError);
    if (http.status !== undefined) void reply.code(http.status);
    for (const [name, value] of http.headers) void reply.header(name, value);
    void reply.header('content-type', contentType);
    const answer = printAnswer(body.singleResult);
    if (typeof answer === 'string') return answer;
    reply.raw.once('close', answer.release);
    return answer.bytes;
  };
}

interface Asked {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** Undefined for whatever is not exactly a plain request. */
function readBody(body: unknown): Asked | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, operationName, variables, extensions } = body as Readonly<Record<string, unknown>>;
  const isPlain =
    typeof query === 'string' &&
    (operationName === undefined || operationName === null || typeof operationName === 'string') &&
    (variables === undefined || variables === null || (typeof variables === 'object' && !Array.isArray(variables))) &&
    (extensions === undefined || extensions === null);
  return isPlain ? (body as Asked) : undefined;
}
