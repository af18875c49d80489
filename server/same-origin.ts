import type { IncomingMessage } from 'node:http';

/** False when a page from elsewhere sent it: browsers say so themselves, all other programs say nothing. Guards what CORS does not: WebSockets and GET. */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
