import { createServer } from 'node:net';
import { ServiceError } from './service.ts';

// Above 32767 the system hands ports to outgoing connections.
const LOWEST = 20_000;
const HIGHEST = 31_999;

/** A port that nobody listens on at the moment; somebody may still be faster. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (await isFree(port)) return port;
  }
  throw new ServiceError(`no free port between ${LOWEST} and ${HIGHEST}`);
}

/** The port that the variable asks for, or undefined when it asks for none. @throws {ServiceError} when it is no port */
export function configuredPort(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new ServiceError(`${variable} must be a port from 1 to 65535, not "${text}"`);
  return port;
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
