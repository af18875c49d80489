/** A subscriber inside this process, in place of a socket: what it gets is what a client would. */
import { parse, type OperationDefinitionNode } from 'graphql';
import type { EventSink } from '../../changes/subscriptions/event-sink.ts';
import type { StreamRequest } from '../../changes/subscriptions/stream-request.ts';
import type { View } from '../../federation/supergraph/view.ts';

export interface SinkClient {
  readonly sink: EventSink;
  readonly texts: string[];
  /** Of the last event, or of what was looked at since. */
  readonly cursor: () => string | undefined;
  leave(): void;
}

/** @param leaveAfter it breaks off right after so many events */
export function createSinkClient(leaveAfter = Infinity): SinkClient {
  const texts: string[] = [];
  const controller = new AbortController();
  let cursor: string | undefined;
  return {
    texts,
    cursor: () => cursor,
    leave: () => controller.abort(),
    sink: {
      send(payload, at) {
        if (texts.length >= leaveAfter) return;
        texts.push(payload.toString());
        cursor = at;
        if (texts.length >= leaveAfter) controller.abort();
      },
      advance(at) {
        if (!controller.signal.aborted) cursor = at;
      },
      ready: async () => undefined,
      signal: controller.signal,
    },
  };
}

/** A request that needs no schema, for topics that evaluate without one. */
export function plainRequest(variables: Readonly<Record<string, unknown>> = {}): StreamRequest {
  const text = 'subscription { s }';
  const document = parse(text);
  const view = { number: 1, key: 'full' } as View;
  const operation = document.definitions[0] as OperationDefinitionNode;
  return {
    requestId: 'r',
    document,
    operation,
    text,
    rawVariables: variables,
    variables,
    view,
    currentView: () => view,
    principal: { subject: 'tester', roles: [], attributes: {} },
  };
}
