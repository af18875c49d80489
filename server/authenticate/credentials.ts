import type { IncomingMessage } from 'node:http';
import { HubError } from '../../schema/errors/hub-error.ts';
import { PURPOSE_MAX, readPurpose } from '../../schema/model/purpose.ts';

/** What a request or a socket's first message says of who asks and why. */
export interface Credentials {
  readonly token?: string;
  readonly purpose?: string;
}

const AUTHORIZATION = 'authorization';

/**
 * `Authorization: Bearer …` and `x-purpose` (UTF-8, percent-encoded where it is not ASCII) of a request; of a socket, `authorization` and `purpose` in the
 * payload of `connection_init`, which go before its request's headers. @throws {HubError} UNAUTHENTICATED | BAD_REQUEST
 */
export function readCredentials({ headers, rawHeaders }: IncomingMessage, init: Readonly<Record<string, unknown>> = {}): Credentials {
  if (countAuthorizations(rawHeaders) > 1) throw new HubError('UNAUTHENTICATED', 'The request has more than one Authorization header.');
  const token = bearer(init['authorization'] ?? init['Authorization'] ?? headers.authorization);
  const purpose = purposeOf(init['purpose'] ?? init['x-purpose'] ?? decoded(headers['x-purpose']));
  return { ...(token === undefined ? {} : { token }), ...(purpose === undefined ? {} : { purpose }) };
}

/** Of several the parser keeps one. */
export function countAuthorizations(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
  }
  return count;
}

function bearer(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const token = typeof value === 'string' ? /^Bearer +([\w.~+/=-]+)$/i.exec(value)?.[1] : undefined;
  if (token === undefined) throw new HubError('UNAUTHENTICATED', 'Send the token as "Authorization: Bearer …".');
  return token;
}

function decoded(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') return '';
  try {
    // Header bytes are read as Latin-1; clients that write UTF-8 as it is are understood too.
    const utf8 = Buffer.from(header, 'latin1').toString('utf8');
    return decodeURIComponent(utf8.includes('\uFFFD') ? header : utf8);
  } catch {
    return '';
  }
}

function purposeOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = readPurpose(value);
  if (text === undefined)
    throw new HubError(
      'BAD_REQUEST',
      `The purpose must be text of at most ${PURPOSE_MAX} characters; in the header x-purpose percent-encode what is not ASCII.`,
    );
  return text;
}
