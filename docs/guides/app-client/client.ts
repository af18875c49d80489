/** A client for one hub: typed operations over plain fetch, nothing else. Copy it into your app. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** One entry of `errors`. The code is stable, the message is for people. */
export interface HubErrorEntry {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly department?: string;
    readonly source?: string;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly requestId?: string;
  };
}

/** `data` may be there beside errors: a department that fails leaves its own fields null and the others' whole. */
export interface Answer<Data> {
  readonly data: Data | undefined;
  readonly errors: readonly HubErrorEntry[];
}

export interface HubClient {
  query<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Answer<Data>>;
}

export interface HubClientOptions {
  /** e.g. `http://127.0.0.1:4000/graphql` */
  readonly url: string;
  /** How often to ask again when every error says that this may help. Default 1. */
  readonly retries?: number;
}

const DEFAULT_WAIT_MS = 500;

export function createHubClient({ url, retries = 1 }: HubClientOptions): HubClient {
  return {
    async query<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Answer<Data>> {
      const body = JSON.stringify({ query: print(document), variables });
      for (let attempt = 0; ; attempt++) {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body,
        });
        const { data, errors = [] } = (await response.json()) as { data?: Data | null; errors?: HubErrorEntry[] };
        const mayHelp = errors.length > 0 && errors.every((error) => error.extensions.retryable);
        if (!mayHelp || attempt >= retries) return { data: data ?? undefined, errors };
        await new Promise((resolve) => setTimeout(resolve, Math.max(...errors.map((error) => error.extensions.retryAfterMs ?? DEFAULT_WAIT_MS))));
      }
    },
  };
}
