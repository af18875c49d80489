import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

/** The hub answers on the same host, subscriptions as an event stream, which takes the headers of the headers' editor as any request does. */
const fetcher = (params, { headers } = {}) =>
  isSubscription(params) ? createClient({ url: '/graphql/stream', headers, retryAttempts: 0 }).iterate(params) : answer(params, headers);

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the hub says what is wrong with it
  }
}

/** `application/graphql-response+json` makes the hub state failures as HTTP statuses too. */
async function answer(params, headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' },
    body: JSON.stringify(params),
  });
  return response.json();
}

// Whoever the hub does not know by their address alone enters a token in the headers' editor, and begins with an empty tab.
const { data } = await answer({ query: '{ operationExamples { document } }' }).catch(() => ({}));
const defaultTabs = (data?.operationExamples ?? []).map(({ document }) => ({ query: document }));

createRoot(document.querySelector('#graphiql')).render(
  createElement(
    GraphiQL,
    { fetcher, defaultEditorToolsVisibility: 'variables', ...(defaultTabs.length > 0 ? { defaultTabs } : {}) },
    createElement(GraphiQL.Logo, {}, 'Yiwang 一网'),
  ),
);
