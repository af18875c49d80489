import { createHmac, randomBytes } from 'node:crypto';

/** A new key of which the secrets of all webhooks are made. */
export const createSigningKey = (): string => randomBytes(32).toString('base64url');

/** The secret of one webhook, in the form of Standard Webhooks: nobody keeps it, whoever has the key can make it again. */
export const secretOf = (signingKey: string, webhook: string): string =>
  `whsec_${createHmac('sha256', signingKey).update(`yiwang webhook\n${webhook}`).digest('base64')}`;

/** Headers that let the receiver know who sent it, when, and whether it has seen it. @see https://www.standardwebhooks.com */
export function signedHeaders(secret: string, id: string, body: string, now: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
