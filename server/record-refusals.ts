import type { IncomingMessage } from 'node:http';
import type { GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { AccessLog } from '../access/log/open-access-log.ts';
import type { AccessEvent, Who } from '../access/log/record.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { Principal } from '../schema/model/principal.ts';
import { countCodes, documentHash, nameOf, whoOf } from './record-operation.ts';
import type { RequestContext } from './request-context.ts';
import type { Authenticate } from './session.ts';

/** Writes refusals without letting whoever is refused fill the disk: many alike are one record with their count. */
export interface RefusalRecorder extends AsyncDisposable {
  /** An operation that did not pass the schema, the limits or the rights. */
  operation(context: RequestContext, operation: OperationDefinitionNode | undefined, text: string | undefined, errors: readonly GraphQLFormattedError[]): void;
  /** A request that did not come to be an operation. */
  request(request: IncomingMessage, requestId: string, principal: Principal | undefined, code: string): void;
  /** The same way to a session; whoever is refused one is recorded. */
  watch(authenticate: Authenticate): Authenticate;
}

interface Refusal {
  readonly request: string;
  readonly who: Who;
  readonly operation?: NonNullable<AccessEvent['operation']>;
  readonly codes: readonly string[];
}

/** So many alike in a window have a record of their own. */
const SINGLE_MAX = 20;
const WINDOW_MS = 60_000;
/** Who is refused for more kinds of reasons than are kept apart shares one count. */
const KINDS_MAX = 2_000;
const OTHERS = 'others';

interface Count {
  readonly first: Refusal;
  seen: number;
}

export function createRefusalRecorder(log: AccessLog): RefusalRecorder {
  const counts = new LRUCache<string, Count>({ max: KINDS_MAX + 1 });
  const quietly = (event: AccessEvent): Promise<void> => log.record(event).catch(() => undefined); // it says nothing that left the hub

  const flush = async (): Promise<void> => {
    const more = [...counts.values()].filter(({ seen }) => seen > SINGLE_MAX);
    counts.clear();
    await Promise.all(more.map(({ first, seen }) => quietly({ ...eventOf(first), count: seen - SINGLE_MAX })));
  };
  const timer = setInterval(() => void flush(), WINDOW_MS);
  timer.unref();

  function refused(refusal: Refusal): void {
    const kind = JSON.stringify([refusal.who.subject, refusal.who.peer, refusal.codes]);
    const key = counts.has(kind) || counts.size < KINDS_MAX ? kind : OTHERS;
    const count = counts.get(key) ?? { first: refusal, seen: 0 };
    count.seen++;
    counts.set(key, count);
    if (count.seen <= SINGLE_MAX) void quietly(eventOf(refusal));
  }

  const known = new WeakSet<IncomingMessage>();
  return {
    operation({ requestId, session }, operation, text, errors) {
      const codes = errors.map(({ extensions }) => String(extensions?.['code']));
      const what = operation ? { operation: { type: operation.operation, ...nameOf(operation), hash: documentHash(text ?? '') } } : {};
      refused({ request: requestId, who: whoOf(session.principal), codes, ...what });
    },
    request(request, requestId, principal, code) {
      if (!known.has(request)) refused({ request: requestId, who: principal ? whoOf(principal) : strangerAt(request), codes: [code] });
    },
    watch: (authenticate) => async (request, credentials) => {
      try {
        return await authenticate(request, credentials);
      } catch (error) {
        known.add(request);
        refused({ request: '', who: strangerAt(request), codes: [error instanceof HubError ? error.code : 'INTERNAL_SERVER_ERROR'] });
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush();
    },
  };
}

function strangerAt({ socket }: IncomingMessage): Who {
  return { subject: '', roles: [], peer: socket.remoteAddress ?? '' };
}

function eventOf({ request, who, operation, codes }: Refusal): AccessEvent {
  return { kind: 'refusal', request, who, ...(operation ? { operation } : {}), decision: 'refused', errors: countCodes(codes) };
}
