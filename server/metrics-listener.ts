import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { errorBody } from './http-errors.ts';
import { HubProblem } from './hub-problem.ts';
import type { Metrics } from './metrics.ts';

/** Answers `GET /metrics` to whoever reaches it, and nothing else. */
export function createMetricsListener(metrics: Pick<Metrics, 'text' | 'contentType'>): Server {
  return createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' }).end(errorBody('BAD_REQUEST', 'There is nothing at this address.'));
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}

/** Only this machine reaches it. @throws {HubProblem} when the port is taken */
export async function listenOnLoopback(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, port);
  });
}

function cannotListen(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new HubProblem(`server.metricsPort ${port} on 127.0.0.1 is taken; stop what uses it, or choose another in hub.yaml`);
  if (error.code === 'EACCES') return new HubProblem(`server.metricsPort ${port} may not be used by this user; choose one above 1023 in hub.yaml`);
  return error;
}
