import { randomUUID } from 'node:crypto';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Admission } from './admission.ts';
import type { ResolveDocument, SentOperation } from './documents/resolve-document.ts';
import { formatError, type ClientError, type ErrorFormat } from './format-error.ts';
import { stringifyAnswer } from './json-answer.ts';
import type { GraphqlServers } from './graphql-server.ts';
import type { Places } from './limits/places.ts';
import type { RequestRate } from './limits/request-rate.ts';
import type { RefusalRecorder } from './record-refusals.ts';
import type { RequestContext, StreamSlot } from './request-context.ts';
import type { Session } from './session.ts';

export interface Asker {
  readonly session: Session;
  readonly gone: AbortSignal;
  /** Default: a new one. */
  readonly requestId?: string;
  /** Default true. */
  readonly mutations?: boolean;
}

/** What came of an operation: its one answer as JSON text, why it was refused as a whole, or a subscription that is to be run. */
export type Outcome =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'refusal'; readonly errors: readonly ClientError[] }
  | { readonly kind: 'stream'; readonly request: StreamRequest };

export type Operate = (operation: SentOperation, asker: Asker) => Promise<Outcome>;

export interface OperateParts {
  readonly serverOf: GraphqlServers;
  readonly admission: Admission;
  readonly rate: RequestRate;
  /** For operations that are being answered. */
  readonly places: Places;
  readonly resolve: ResolveDocument;
  readonly refusals: RefusalRecorder;
  readonly errorFormat: ErrorFormat;
}

/** The way of an HTTP request (parsing, validation, limits, execution, errors) for transports that are not one request and one answer. */
export function createOperate({ serverOf, admission, rate, places, resolve, refusals, errorFormat }: OperateParts): Operate {
  const resolved = (sent: SentOperation, context: RequestContext) => {
    try {
      return resolve(sent, context.session.principal);
    } catch (error) {
      refusals.operation(context, undefined, sent.query, [formatError(error, errorFormat)]);
      throw error;
    }
  };
  return async (sent, { session, gone, requestId = randomUUID(), mutations = true }) => {
    const leave = admission.enter();
    if (!leave) throw new HubError('SOURCE_BUSY', 'The hub is answering as many operations as it can; try again.', { retryAfterMs: 1_000 });
    const stream: StreamSlot = { mutations };
    let leavePlace: (() => void) | undefined;
    try {
      leavePlace = places.take(session.principal);
      rate.take(session.principal);
      const context: RequestContext = { requestId, session, gone, stream, recording: { done: false } };
      const { query, operationName, variables, extensions } = resolved(sent, context);
      const request = {
        ...(query === undefined ? {} : { query }),
        ...(operationName ? { operationName } : {}),
        ...(variables ? { variables } : {}),
        ...(extensions ? { extensions } : {}),
      };
      const { apollo } = await serverOf(session.view());
      const { body } = await apollo.executeOperation(request, { contextValue: context });
      if (stream.request) return { kind: 'stream', request: stream.request };
      if (body.kind !== 'single') throw new Error('unreachable: nothing is answered in parts');
      const { singleResult } = body;
      if (singleResult.data === undefined) return { kind: 'refusal', errors: (singleResult.errors ?? []) as readonly ClientError[] };
      return { kind: 'answer', text: stringifyAnswer(singleResult).trimEnd() };
    } finally {
      leavePlace?.();
      leave();
    }
  };
}
