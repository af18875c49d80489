import { createHmac } from 'node:crypto';

/** What stands in the log for an entity's key: the same for the same entity, and no way back to the key without the secret. 96 bits in base64url. */
export function subjectKey(secret: string, type: string, key: string): string {
  return createHmac('sha256', secret).update(`${type}\n${key}`).digest('base64url').slice(0, 16);
}
