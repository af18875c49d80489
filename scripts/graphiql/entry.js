import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

/** The hub answers on the same host; `application/graphql-response+json` makes it state failures as HTTP statuses too. */
async function fetcher(params, { headers } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' },
    body: JSON.stringify(params),
  });
  return response.json();
}

// Whoever the hub does not know by their address alone enters a token in the headers' editor, and begins with an empty tab.
const { data } = await fetcher({ query: '{ operationExamples { document } }' }).catch(() => ({}));
const defaultTabs = (data?.operationExamples ?? []).map(({ document }) => ({ query: document }));

createRoot(document.querySelector('#graphiql')).render(
  createElement(
    GraphiQL,
    { fetcher, defaultEditorToolsVisibility: 'variables', ...(defaultTabs.length > 0 ? { defaultTabs } : {}) },
    createElement(GraphiQL.Logo, {}, 'Yiwang 一网'),
  ),
);
