import type { ServerResponse } from 'node:http';

/** Aborted when the client closes its connection before the response is written. */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
