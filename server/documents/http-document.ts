import type { FastifyRequest } from 'fastify';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { Principal } from '../../schema/model/principal.ts';
import type { ResolveDocument, SentOperation } from './resolve-document.ts';

/** Puts an operation's text into an HTTP request that names it, and takes out what is empty; whatever is no operation stays, for others to refuse. @throws {HubError} as `ResolveDocument` */
export function putDocument(request: FastifyRequest, resolve: ResolveDocument, principal: Principal): void {
  if (request.method === 'POST') {
    const { body } = request;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
    const { query, extensions, operationName } = body as Readonly<Record<string, unknown>>;
    if (!isTextOrAbsent(query) || !isObjectOrAbsent(extensions)) return;
    request.body = resolve((operationName === '' ? { ...body, operationName: null } : body) as SentOperation, principal);
    return;
  }
  const url = new URL(request.url, 'http://localhost');
  const { searchParams: parameters } = url;
  // Twice the same parameter is refused by whoever reads them next.
  if (['query', 'documentId', 'operationName', 'variables', 'extensions'].some((name) => parameters.getAll(name).length > 1)) return;
  const extensions = objectOf(parameters.get('extensions'));
  const documentId = parameters.get('documentId') ?? undefined;
  const resolved = resolve({ query: parameters.get('query') ?? undefined, documentId, extensions }, principal);
  if (resolved.query === undefined || resolved.query === '') return;
  for (const name of ['operationName', 'variables']) if (parameters.get(name) === '') parameters.delete(name);
  parameters.delete('documentId');
  parameters.set('query', resolved.query);
  if (resolved.extensions) parameters.set('extensions', JSON.stringify(resolved.extensions));
  else parameters.delete('extensions');
  request.raw.url = `${url.pathname}${url.search}`;
}

const isTextOrAbsent = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';
const isObjectOrAbsent = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));

function objectOf(text: string | null): Readonly<Record<string, unknown>> | undefined {
  if (text === null || text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HubError('BAD_REQUEST', 'extensions are not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HubError('BAD_REQUEST', 'extensions are no object.');
  return value as Readonly<Record<string, unknown>>;
}
