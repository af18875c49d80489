/**
 * One broker a vitest run: workers ask it for a server by name; it starts the server at the first question and stops it after the last test. So a run
 * that needs no database starts none.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type EngineName, type Service, startServer } from '../../scripts/services/index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    serviceBroker: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<EngineName, Promise<Service>>();
  const broker = createServer((request, response) => {
    const engine = request.url === '/postgres' ? 'postgres' : 'mariadb';
    let service = started.get(engine);
    if (!service) started.set(engine, (service = startServer(engine)));
    service.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : String(error)),
    );
  });
  broker.requestTimeout = 0;
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  project.provide('serviceBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);

  return async () => {
    broker.closeAllConnections();
    broker.close();
    // One that could not start has told the tests so.
    await Promise.allSettled(started.values().map(async (service) => (await service).stop()));
  };
}
