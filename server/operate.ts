import { randomUUID } from 'node:crypto';
import type { StreamRequest } from '../changes/subscriptions/stream-request.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Admission } from './admission.ts';
import type { ClientError } from './format-error.ts';
import { stringifyAnswer } from './json-answer.ts';
import type { GraphqlServers } from './graphql-server.ts';
import type { RequestRate } from './limits/request-rate.ts';
import type { StreamSlot } from './request-context.ts';
import type { Session } from './session.ts';

/** An operation as a client of any transport sends it. */
export interface OperationText {
  readonly query?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

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

export type Operate = (operation: OperationText, asker: Asker) => Promise<Outcome>;

/** The way of an HTTP request (parsing, validation, limits, execution, errors) for transports that are not one request and one answer. */
export function createOperate(serverOf: GraphqlServers, admission: Admission, rate: RequestRate): Operate {
  return async ({ query, operationName, variables, extensions }, { session, gone, requestId = randomUUID(), mutations = true }) => {
    const leave = admission.enter();
    if (!leave) throw new HubError('SOURCE_BUSY', 'The hub is answering as many operations as it can; try again.', { retryAfterMs: 1_000 });
    const stream: StreamSlot = { mutations };
    try {
      await rate.take(session.principal);
      const request = {
        ...(query === undefined ? {} : { query }),
        ...(operationName ? { operationName } : {}),
        ...(variables ? { variables } : {}),
        ...(extensions ? { extensions } : {}),
      };
      const { apollo } = await serverOf(session.view());
      const { body } = await apollo.executeOperation(request, { contextValue: { requestId, session, gone, stream, recording: { done: false } } });
      if (stream.request) return { kind: 'stream', request: stream.request };
      if (body.kind !== 'single') throw new Error('unreachable: nothing is answered in parts');
      const { singleResult } = body;
      if (singleResult.data === undefined) return { kind: 'refusal', errors: (singleResult.errors ?? []) as readonly ClientError[] };
      return { kind: 'answer', text: stringifyAnswer(singleResult).trimEnd() };
    } finally {
      leave();
    }
  };
}
